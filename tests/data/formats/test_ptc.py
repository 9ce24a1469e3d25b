from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from framelens.data import Judgement, load_taxonomy
from framelens.data.formats import Labelling
from framelens.errors import FramelensError

BLAME, PROTECTOR, THREAT = load_taxonomy().frame_ids
# 🔥 is one code point; the corpus counts those.
ARTICLE = "🔥 They are coming\n\nThe plague will reach us all.\nNobody is to blame.\n"
Read = Callable[..., Any]


def labelling(**options: Any) -> Labelling:
    return Labelling(load_taxonomy(), {"Appeal_to_fear-prejudice": THREAT, "Smears": f"{THREAT}:2"}, **options)


def row(technique: str, start: int, end: int, article: int = 1) -> str:
    return f"{article}\t{technique}\t{start}\t{end}\n"


def around(technique: str, words: str) -> str:
    """A row for the first place of these words in the article."""
    start = ARTICLE.index(words)
    return row(technique, start, start + len(words))


@pytest.mark.parametrize("table", ["labels/article1.labels.tsv", "labels/article1.task2-TC.labels"])
def test_a_line_is_a_passage_and_a_mapped_span_its_evidence(read_as: Read, table: str) -> None:
    rows = around("Appeal_to_fear-prejudice", "plague will reach") + around("Doubt", "They")
    reading = labelling()
    annotations, refusals = read_as("ptc", {"articles/article1.txt": ARTICLE, table: rows}, reading)
    assert [each.text for each in annotations] == [line for line in ARTICLE.split("\n") if line]
    assert [each.labels for each in annotations] == [{}, {THREAT: Judgement(3, evidence=("plague will reach",))}, {}]
    assert {(each.source, each.doc_id, each.annotator) for each in annotations} == {("ptc", "1", "ptc")}
    assert reading.left_out == {"Doubt": 1}
    assert refusals == []


def test_a_span_over_lines_counts_in_each_and_the_clearest_of_several_labels_wins(read_as: Read) -> None:
    rows = around("Smears", "plague will reach us all.\nNobody is") + around("Appeal_to_fear-prejudice", "Nobody")
    contents = {"article1.txt": ARTICLE, "article1.labels.tsv": rows}
    annotations, _ = read_as("ptc", contents, labelling(judged=[THREAT]))
    assert [each.labels[THREAT] for each in annotations] == [
        Judgement(0),
        Judgement(2, evidence=("plague will reach us all.",)),
        Judgement(3, evidence=("Nobody is", "Nobody")),
    ]


def test_an_article_without_a_table_was_not_annotated_and_one_with_an_empty_table_was(read_as: Read) -> None:
    contents = {"article1.txt": "One line.", "article1.labels.tsv": "", "article2.txt": "Another line."}
    first, second = read_as("ptc", contents, labelling(judged=[THREAT]))[0]
    assert (first.labels, first.annotator) == ({THREAT: Judgement(0)}, "ptc")
    assert (second.labels, second.annotator) == ({}, "")


def test_a_byte_order_mark_and_carriage_returns_count_in_offsets(read_as: Read) -> None:
    contents = {"article1.txt": "\ufeffTitle\r\n\r\nThey come.\r\n", "article1.labels.tsv": row("Smears", 10, 14)}
    title, passage = read_as("ptc", contents, labelling())[0]
    assert (title.text, passage.text, passage.labels[THREAT].evidence) == ("Title", "They come.", ("They",))


def test_rows_that_fit_no_article_are_refused_by_file_and_line(read_as: Read) -> None:
    rows = [
        around("Smears", "plague"),
        row("Smears", 24, 999),
        row("Smears", 3, 5, article=2),
        "1\tSmears\tx\t9\n",
        "1\tSmears\n",
        around("Smears", "\n\n"),
    ]
    contents = {"article1.txt": ARTICLE, "article1.labels.tsv": "".join(rows)}
    annotations, refusals = read_as("ptc", contents, labelling())
    assert len(annotations) == 3
    none = f"holds no words of the article, which has {len(ARTICLE)} characters."
    assert refusals == [
        f"article1.labels.tsv, line 2: the span 24 to 999 {none}",
        "article1.labels.tsv, line 3: there is no article2.txt.",
        "article1.labels.tsv, line 4: 'x' and '9' should be whole numbers.",
        "article1.labels.tsv, line 5: 2 columns where id, technique, start and end make 4.",
        f"article1.labels.tsv, line 6: the span 17 to 19 {none}",
    ]


@pytest.mark.parametrize(
    ("contents", "found"),
    [
        ({"a.txt": ARTICLE}, "a.txt and the like"),
        ({"article1.txt": ARTICLE}, "article1.txt and the like"),
        ({"article1.txt": ARTICLE, "article1.labels.tsv": "1 Smears 3 5\n"}, "'1 Smears 3 5'"),
        ("words", "a file"),
    ],
)
def test_another_layout_is_refused_by_what_was_expected_and_found(read_as: Read, contents: Any, found: str) -> None:
    with pytest.raises(FramelensError, match=r"expected a folder of article….txt and article….labels.tsv") as refused:
        read_as("ptc", contents, labelling())
    assert str(refused.value).endswith(f"found {found}.")
