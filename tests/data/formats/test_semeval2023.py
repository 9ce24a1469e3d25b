from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from framelens.data import Judgement, load_taxonomy
from framelens.data.formats import Labelling
from framelens.errors import FramelensError

BLAME, PROTECTOR, THREAT = load_taxonomy().frame_ids
ARTICLE = "A title\n\nThe plague 🔥 will reach us all.\n\nNobody is to blame.\n"
LABELS = "en/train-labels-subtask-3.txt"
Read = Callable[..., Any]


def contents(rows: str) -> dict[str, str]:
    spans = "1\tDoubt\t3\t5\n"
    return {"en/a/article1.txt": ARTICLE, LABELS: rows, "en/s/article1-labels-subtask-3.txt": spans}


def labelling(**options: Any) -> Labelling:
    return Labelling(load_taxonomy(), {"Appeal_to_Fear-Prejudice": THREAT, "Doubt": f"{THREAT}:1"}, **options)


def test_a_paragraph_with_a_row_is_a_passage(read_as: Read) -> None:
    rows = "1\t1\t\n1\t3\tDoubt,Appeal_to_Fear-Prejudice,Slogans\n1\t5\n"
    reading = labelling(judged=[THREAT])
    annotations, refusals = read_as("semeval2023", contents(rows), reading)
    assert [(each.text, each.labels) for each in annotations] == [
        ("A title", {THREAT: Judgement(0)}),
        ("The plague 🔥 will reach us all.", {THREAT: Judgement(3)}),
        ("Nobody is to blame.", {THREAT: Judgement(0)}),
    ]
    assert {(each.source, each.doc_id, each.annotator) for each in annotations} == {("semeval2023", "1", "semeval2023")}
    assert (reading.left_out, refusals) == ({"Slogans": 1}, [])


def test_rows_that_fit_no_paragraph_are_refused_by_file_and_line(read_as: Read) -> None:
    annotations, refusals = read_as(
        "semeval2023", contents("1\t1\t\n1\t2\tDoubt\n9\t1\tDoubt\n1\tone\tDoubt\n"), labelling()
    )
    assert len(annotations) == 1
    assert refusals == [
        f"{LABELS}, line 2: article1.txt is missing, or holds no paragraph in line 2.",
        f"{LABELS}, line 3: article9.txt is missing, or holds no paragraph in line 1.",
        f"{LABELS}, line 4: 'one' should be a whole number.",
    ]


def test_another_layout_is_refused_by_what_was_expected_and_found(read_as: Read) -> None:
    expected = r"expected a folder of article….txt and of …-labels-subtask-3.txt"
    with pytest.raises(FramelensError, match=rf"line 1: {expected}.*found '1,1,Doubt'\."):
        read_as("semeval2023", contents("1,1,Doubt\n"), labelling())
    with pytest.raises(FramelensError, match=rf"{expected}.*found "):
        read_as("semeval2023", {"other/article2.tsv": "1\t1\tDoubt\n"}, labelling())
