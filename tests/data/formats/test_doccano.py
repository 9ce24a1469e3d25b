from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from framelens.data import Judgement, load_taxonomy
from framelens.data.formats import Labelling
from framelens.errors import FramelensError

BLAME, PROTECTOR, THREAT = load_taxonomy().frame_ids
TEXT = "🔥 Marlo blames the ministry."
Read = Callable[..., Any]


def lines(*rows: Any) -> str:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n"


@pytest.mark.parametrize(
    "row",
    [
        {"label": [[2, 7, f"{BLAME}:actor"], [0, 14, f"{BLAME}:evidence"]]},
        {"labels": [[2, 7, f"{BLAME}:actor"], [0, 14, f"{BLAME}:evidence"]]},
        {"cats": [BLAME], "entities": [[2, 7, f"{BLAME}:actor"], [0, 14, f"{BLAME}:evidence"]]},
        {
            "entities": [
                {"id": 1, "label": f"{BLAME}:actor", "start_offset": 2, "end_offset": 7},
                {"id": 2, "label": BLAME, "start_offset": 0, "end_offset": 14},
            ],
            "relations": [],
        },
    ],
)
def test_spans_of_each_kind_of_project_are_read(read_as: Read, row: dict[str, Any]) -> None:
    (annotation,), refusals = read_as("doccano", lines({"id": 4, "text": TEXT, **row}), name="ada.jsonl")
    assert annotation.labels == {BLAME: Judgement(3, None, ("Marlo",), ("🔥 Marlo blames",))}
    assert (annotation.annotator, refusals) == ("ada", [])


def test_classes_are_frames_scores_and_voices(read_as: Read) -> None:
    row = {"id": 4, "text": TEXT, "label": [BLAME, f"{BLAME}:reported", f"{THREAT}:0"], "Comments": [], "topic": "t"}
    (annotation,), _ = read_as("doccano", lines(row | {"annotator": "bo", "passage_id": "p9"}))
    assert annotation.labels == {BLAME: Judgement(3, "reported"), THREAT: Judgement(0)}
    assert (annotation.id, annotation.annotator, annotation.meta) == ("p9", "bo", {"topic": "t"})


def test_an_empty_list_is_a_no_only_where_the_frame_was_judged(read_as: Read) -> None:
    content = lines({"text": TEXT, "label": []})
    assert read_as("doccano", content)[0][0].labels == {}
    judged = Labelling(load_taxonomy(), judged=[THREAT])
    assert read_as("doccano", content, judged)[0][0].labels == {THREAT: Judgement(0)}


def test_bad_lines_are_refused_by_number_and_reason(read_as: Read) -> None:
    good = {"text": TEXT, "label": []}
    bad = [
        {"text": TEXT, "label": [[2, 99, BLAME]]},
        "{oops",
        {"text": TEXT},
        {"text": TEXT, "label": BLAME},
        {"text": TEXT, "label": [["2", "7", BLAME]]},
        {"text": " ", "label": []},
        {"text": "a\0b", "label": []},
        '{"text": "half a \\ud83d pair", "label": []}',
    ]
    annotations, refusals = read_as("doccano", lines(good, *bad, good), name="a.jsonl")
    assert len(annotations) == 2
    layout = "expected JSONL with an object of text and label, or of text, cats and entities, in each line"
    layout += " (doccano's export); found an object with text"
    broken = "the text holds NUL or half of a surrogate pair, which are no characters; replace them."
    assert [refusal.split(": ", 1) for refusal in refusals] == [
        ["a.jsonl, line 2", f"the span 2 to 99 holds no words of the text, which has {len(TEXT)} characters."],
        ["a.jsonl, line 3", "not valid JSON (Expecting property name enclosed in double quotes at column 2)."],
        ["a.jsonl, line 4", f"{layout}."],
        ["a.jsonl, line 5", f"{layout}, label."],
        ["a.jsonl, line 6", f"{layout}, label."],
        ["a.jsonl, line 7", "the text is blank."],
        ["a.jsonl, line 8", broken],
        ["a.jsonl, line 9", broken],
    ]


def test_another_layout_is_refused_by_what_was_expected_and_found(read_as: Read) -> None:
    with pytest.raises(FramelensError, match=r"line 1: expected JSONL .* found an object with id, data, annotations\."):
        read_as("doccano", lines({"id": 1, "data": {"text": TEXT}, "annotations": []}))
    with pytest.raises(FramelensError, match=r"cannot be read as UTF-8 text"):
        read_as("doccano", b"\xff\xfe{}")
