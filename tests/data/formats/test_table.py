from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from framelens.data import Judgement, load_taxonomy
from framelens.data.formats import Labelling
from framelens.errors import FramelensError

BLAME, PROTECTOR, THREAT = load_taxonomy().frame_ids
Read = Callable[..., Any]
HEADER = f"text,id,{BLAME},{BLAME}_voice,{BLAME}_actor,{BLAME}_evidence,{THREAT},note\n"


def test_a_row_is_a_judgement_and_an_empty_score_is_none(read_as: Read) -> None:
    rows = '"Marlo, 😀, is to blame.",p1,3,author,"[""Marlo""]",[],,seen\nNothing here at all.,p2,0,,,,1,\n'
    (first, second), refusals = read_as("csv", HEADER + rows)
    assert not refusals
    assert first.labels == {BLAME: Judgement(3, "author", ("Marlo",), ())}
    assert (first.text, first.id, first.doc_id, first.annotator) == ("Marlo, 😀, is to blame.", "p1", "p1", "")
    assert (first.meta, second.meta) == ({"note": "seen"}, {})
    assert second.labels == {BLAME: Judgement(0), THREAT: Judgement(1)}


def test_rows_without_ids_get_one_by_text_and_document(read_as: Read) -> None:
    rows = f"text,doc_id,annotator,{BLAME}\nOne text.,d,a,3\nOne text.,d,b,0\nOne text.,e,a,3\nAnother.,d,a,3\n"
    annotations, _ = read_as("csv", rows)
    first, same, elsewhere, other = (annotation.id for annotation in annotations)
    assert first == same
    assert len({first, elsewhere, other}) == 3


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_byte_order_marks_and_scores_with_a_point_are_read(read_as: Read, delimiter: str) -> None:
    rows = f"\ufefftext,{BLAME}\nSome words.,2.0\nOther words.,nan\n".replace(",", delimiter)
    (first, second), refusals = read_as("csv", rows)
    assert (first.labels, second.labels, refusals) == ({BLAME: Judgement(2)}, {}, [])


def test_label_columns_are_read_through_the_map(read_as: Read) -> None:
    labelling = Labelling(load_taxonomy(), {"fear": THREAT}, judged=[THREAT])
    annotations, _ = read_as("csv", "text,label\nThey come.,fear\nAll is well.,calm\n", labelling)
    assert [annotation.labels for annotation in annotations] == [{THREAT: Judgement(3)}, {THREAT: Judgement(0)}]
    assert labelling.left_out == {"calm": 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Some words.,p,7,,,,,", "score 7 is not one of 0, 1, 2, 3."),
        ("Some words.,p,yes,,,,,", "score 'yes' is not one of 0, 1, 2, 3."),
        ("Some words.,p,,author,,,,", f"{BLAME} has no score but voice; give the score, 0 to 3, in column {BLAME}."),
        ("Some words.,p,3,nobody,,,,", "voice 'nobody' is not one of author, reported, rebutted."),
        ("Some words.,p,3,,Some,,,", f"{BLAME}_actor 'Some' is not a JSON list, such as [\"Washington\"]."),
        ('Some words.,p,3,,"[""None""]",,,', "actor 'None' does not stand in the text, which must hold it verbatim."),
        ("Some words.,p,3", "3 values where the header has 8; mend the row."),
        (",p,3,,,,,", "the text is blank."),
    ],
)
def test_a_bad_row_is_refused_by_number_and_reason(read_as: Read, row: str, reason: str) -> None:
    annotations, refusals = read_as("csv", f"{HEADER}Good words.,q,3,,,,,\n{row}\nGood words.,r,3,,,,,\n", name="a.csv")
    assert [annotation.id for annotation in annotations] == ["q", "r"]
    assert refusals == [f"a.csv, row 2: {reason}"]


def test_an_open_quote_ends_the_reading_and_is_said(read_as: Read) -> None:
    annotations, refusals = read_as("csv", f'{HEADER}Good words.,q,3,,,,,\n"Open words.,p,3,,,,,\n', name="a.csv")
    assert len(annotations) == 1
    assert refusals == ["a.csv, the rest: not valid CSV (unexpected end of data); mend the quotes."]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", "the columns of an empty file"),
        ("id,body\n1,Words.\n", "the columns id, body"),
        ("text,id\nWords.,1\n", "the columns text, id"),
        ('{"text": "Words."}\n', 'the columns {"text": "Words."}'),
    ],
)
def test_another_layout_is_refused_by_what_was_expected_and_found(read_as: Read, content: str, found: str) -> None:
    with pytest.raises(FramelensError, match=r"a\.csv: expected CSV with a header that has the column text") as refused:
        read_as("csv", content, name="a.csv")
    assert str(refused.value).endswith(f"found {found}.")
