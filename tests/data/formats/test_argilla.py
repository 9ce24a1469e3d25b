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
ANSWERS = {
    "frames": [BLAME],
    f"{BLAME}_voice": "reported",
    THREAT: 1,
    "spans": [{"label": f"{BLAME}:actor", "start": 2, "end": 7}],
}
EXPECTED = {BLAME: Judgement(3, "reported", ("Marlo",)), THREAT: Judgement(1)}


def newer(answers: dict[str, Any], **fields: Any) -> dict[str, Any]:
    responses = {name: [{"value": value, "user_id": "u1"}] for name, value in answers.items()}
    return {"id": "p1", "status": "completed", "fields": {"text": TEXT}, "responses": responses, **fields}


def older(answers: dict[str, Any], status: str = "submitted") -> dict[str, Any]:
    values = {name: {"value": value} for name, value in answers.items()}
    response = {"user_id": "u1", "status": status, "values": values}
    return {"external_id": "p1", "fields": {"text": TEXT}, "responses": [response], "metadata": {"source": "s", "n": 1}}


@pytest.mark.parametrize("record", [newer(ANSWERS), older(ANSWERS)])
def test_records_of_both_versions_are_read_from_a_list_and_from_lines(read_as: Read, record: dict[str, Any]) -> None:
    for content in ([record], json.dumps(record) + "\n"):
        (annotation,), refusals = read_as("argilla", content)
        assert annotation.labels == EXPECTED
        assert (annotation.id, annotation.annotator, refusals) == ("p1", "u1", [])


def test_each_user_is_an_annotator_and_drafts_do_not_count(read_as: Read) -> None:
    record = newer({})
    record["responses"]["frames"] = [
        {"value": [BLAME], "user_id": "u1"},
        {"value": [], "user_id": "u2"},
        {"value": [THREAT], "user_id": "u3", "status": "draft"},
    ]
    labelling = Labelling(load_taxonomy(), judged=[BLAME])
    annotations, _ = read_as("argilla", [record, older(ANSWERS, "discarded")], labelling)
    assert [(each.annotator, each.labels) for each in annotations] == [
        ("u1", {BLAME: Judgement(3)}),
        ("u2", {BLAME: Judgement(0)}),
        ("", {}),
    ]


def test_metadata_are_kept_and_other_answers_counted(read_as: Read) -> None:
    labelling = Labelling(load_taxonomy())
    (annotation,), _ = read_as("argilla", [older({"frames": ["Doubt"], "comment": "odd"})], labelling)
    assert (annotation.source, annotation.meta, annotation.labels) == ("s", {"n": 1}, {})
    assert labelling.left_out == {"Doubt": 1, "odd": 1}


def test_a_span_outside_the_text_is_refused(read_as: Read) -> None:
    bad = newer({"spans": [{"label": BLAME, "start": 2, "end": 99}]})
    annotations, refusals = read_as("argilla", [newer(ANSWERS), bad])
    assert len(annotations) == 1
    assert refusals == [
        f"a.json, record 2: the span 2 to 99 holds no words of the text, which has {len(TEXT)} characters."
    ]


@pytest.mark.parametrize(
    "record",
    [{"text": TEXT, "annotation": BLAME}, {"fields": {"body": TEXT}, "responses": {}}, {"fields": {"text": TEXT}}],
)
def test_another_layout_is_refused_by_what_was_expected_and_found(read_as: Read, record: dict[str, Any]) -> None:
    names = ", ".join(record)
    with pytest.raises(
        FramelensError, match=f"1: expected records with fields.text and responses.*found .*with {names}"
    ):
        read_as("argilla", [record])
