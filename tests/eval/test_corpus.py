"""Which label belongs to which passage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from framelens.data.annotations import Gold, GoldPassage
from framelens.data.scored import ScoredPassage
from framelens.errors import FramelensError
from framelens.eval.corpus import Corpus, Labels, join

TEXTS = ("The dam broke.", "They let it break.", "No one came.")


def record(doc_id: str, passage: int, text: str, /, **meta: object) -> ScoredPassage:
    return ScoredPassage(doc_id, passage, text, {"blame": 0.8, "threat": 0.1}, {"blame": True, "threat": False}, meta)


def label(id: str, text: str, doc_id: str = "", weight: float | None = None) -> GoldPassage:
    return GoldPassage(id, text, "", doc_id or id, {"blame": Gold(0.98, {}, {})}, {"weight": weight})


ARTICLE = [record("a.txt", number, text) for number, text in enumerate(TEXTS)]


def joined(records: list[ScoredPassage], *labels: GoldPassage, by: str | None = None) -> Corpus:
    return join(records, Labels(labels), by)


def test_the_id_of_a_record_is_its_labels() -> None:
    corpus = joined([record("x1", 0, TEXTS[0]), record("x2", 0, TEXTS[1])], label("x2", TEXTS[1]))
    assert corpus.rows.tolist() == [1]
    assert corpus.truth.tolist() == [[1, -1]]
    assert corpus.unmatched == ()


def test_document_and_number_name_a_passage() -> None:
    assert joined(ARTICLE, label("a.txt#2", TEXTS[2])).rows.tolist() == [2]


def test_else_the_document_and_the_text_do_whatever_its_white_space() -> None:
    assert joined(ARTICLE, label("77", "They let\r\nit  break. ", doc_id="a.txt")).rows.tolist() == [1]
    assert joined(ARTICLE, label("77", TEXTS[1], doc_id="b.txt")).unmatched == ("77",)


def test_of_several_passages_of_the_document_the_text_tells_which() -> None:
    assert joined(ARTICLE, label("a.txt", TEXTS[1])).rows.tolist() == [1]


def test_an_id_with_another_text_is_no_match_and_is_told_apart() -> None:
    corpus = joined(ARTICLE, label("a.txt#0", "Another text."), label("b.txt#0", TEXTS[0]))
    assert len(corpus.rows) == 0
    assert corpus.unmatched == ("a.txt#0", "b.txt#0")
    assert corpus.other_text == ("a.txt#0",)


def test_a_passage_takes_one_label_and_a_label_one_passage() -> None:
    twice = joined([*ARTICLE, *ARTICLE], label("a.txt#0", TEXTS[0]))
    assert twice.rows.tolist() == [0]
    both = joined(ARTICLE, label("a.txt#0", TEXTS[0]), label("77", TEXTS[0], doc_id="a.txt"))
    assert both.rows.tolist() == [0]
    assert both.unmatched == ("77",)


def test_passages_of_a_document_share_its_number_also_where_records_are_passages() -> None:
    assert joined([*ARTICLE, record("b.txt", 0, "x")], label("a.txt#0", TEXTS[0])).documents.tolist() == [0, 0, 0, 1]
    named = [
        record("r1", 0, "x", source="wire", doc_id="7"),
        record("r2", 0, "y", source="wire", doc_id="7"),
        record("r3", 0, "z", source="blog", doc_id="7"),
    ]
    assert joined(named, label("r1", "x")).documents.tolist() == [0, 0, 1]


def test_probabilities_decisions_and_groups_are_laid_out_by_passage() -> None:
    records = [record("x1", 0, "x", source="wire"), record("x2", 0, "y", source="blog"), record("x3", 0, "z")]
    corpus = joined(records, label("x1", "x"), by="source")
    assert corpus.frames == ("blame", "threat")
    assert corpus.p.tolist() == [[np.float32(0.8), np.float32(0.1)]] * 3
    assert corpus.said.tolist() == [[True, False]] * 3
    assert [corpus.group_names[group] for group in corpus.groups] == ["wire", "blog", "(none)"]


def test_weights_are_all_or_none_and_equal_ones_say_nothing() -> None:
    records = [record("x1", 0, "x"), record("x2", 0, "y")]
    weighted = [label("x1", "x", weight=2.0), label("x2", "y", weight=5.0)]
    corpus = joined(records, *weighted)
    assert corpus.weights is not None
    assert corpus.weights.tolist() == [2.0, 5.0]
    assert joined(records, weighted[0], replace(weighted[1], meta={"weight": 2.0})).weights is None
    with pytest.raises(FramelensError, match=r"1 of 2 labelled passages lack meta.weight.*'x2'"):
        Labels([weighted[0], replace(weighted[1], meta={})])
