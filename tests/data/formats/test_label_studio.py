from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from framelens.data import Judgement, load_taxonomy
from framelens.data.formats import Labelling
from framelens.errors import FramelensError

BLAME, PROTECTOR, THREAT = load_taxonomy().frame_ids
TEXT = "🔥🔥 Marlo blames the ministry."
Read = Callable[..., Any]


def choices(*names: str, control: str = "frames") -> dict[str, Any]:
    return {"type": "choices", "from_name": control, "to_name": "text", "value": {"choices": list(names)}}


def span(start: int, end: int, words: str | None, label: str = f"{BLAME}:actor") -> dict[str, Any]:
    quoted = {} if words is None else {"text": words}
    return {"type": "labels", "from_name": "spans", "value": {"start": start, "end": end, "labels": [label], **quoted}}


def task(*results: list[dict[str, Any]], data: dict[str, Any] | None = None, **annotation: Any) -> dict[str, Any]:
    annotations = [{"completed_by": n, "result": result, **annotation} for n, result in enumerate(results, 1)]
    return {"id": 7, "data": data or {"id": "p1", "text": TEXT}, "annotations": annotations}


def test_choices_are_frames_and_voices_and_labels_are_spans(read_as: Read) -> None:
    result = [
        choices(BLAME, f"{THREAT}:1"),
        choices("reported", control=f"{BLAME}_voice"),
        choices(f"{THREAT}:author", control="voice"),
        span(3, 8, "Marlo"),
    ]
    (annotation,), refusals = read_as("label-studio", [task(result)])
    assert annotation.labels == {BLAME: Judgement(3, "reported", ("Marlo",)), THREAT: Judgement(1, "author")}
    assert (annotation.id, annotation.annotator, refusals) == ("p1", "1", [])


def test_each_annotation_of_a_task_is_a_judgement_and_cancelled_ones_are_none(read_as: Read) -> None:
    cancelled = task([choices(BLAME)], was_cancelled=True) | {"data": {"id": "p2", "text": TEXT}}
    tasks = [task([choices(BLAME)], [choices(THREAT)]), cancelled, task(data={"id": "p3", "text": TEXT})]
    labelling = Labelling(load_taxonomy(), judged=[BLAME])
    annotations, _ = read_as("label-studio", tasks, labelling)
    assert [(each.id, each.annotator, each.labels) for each in annotations] == [
        ("p1", "1", {BLAME: Judgement(3)}),
        ("p1", "2", {THREAT: Judgement(3), BLAME: Judgement(0)}),
        ("p2", "", {}),
        ("p3", "", {}),
    ]


@pytest.mark.parametrize(
    ("by", "name"), [(5, "5"), ({"id": 5, "email": "a@b.c"}, "a@b.c"), ({"id": 5}, "5"), (None, "")]
)
def test_the_annotator_is_who_completed_it(read_as: Read, by: Any, name: str) -> None:
    (annotation,), _ = read_as("label-studio", [task([choices(BLAME)], completed_by=by)])
    assert annotation.annotator == name


@pytest.mark.parametrize(("start", "end"), [(3, 8), (5, 10)])
def test_offsets_are_code_points_or_utf16_units_whichever_gives_the_quoted_words(
    read_as: Read, start: int, end: int
) -> None:
    (annotation,), _ = read_as("label-studio", [task([span(start, end, "Marlo")])])
    assert annotation.labels[BLAME].actor == ("Marlo",)


def test_unquoted_spans_are_taken_by_code_points(read_as: Read) -> None:
    (annotation,), _ = read_as("label-studio", [task([span(0, 8, None)])])
    assert annotation.labels[BLAME].actor == ("🔥🔥 Marlo",)


def test_a_quoted_line_end_may_be_escaped(read_as: Read) -> None:
    data = {"text": "One line\nand another."}
    (annotation,), _ = read_as("label-studio", [task([span(4, 12, "line\\nand")], data=data)])
    assert annotation.labels[BLAME].actor == ("line\nand",)


def test_a_span_that_cannot_be_placed_is_refused_and_the_others_stay(read_as: Read) -> None:
    tasks = [task([span(3, 8, "Marlo")], [span(4, 9, "Marlo")]), task([span(20, 99, None)])]
    annotations, refusals = read_as("label-studio", tasks)
    assert len(annotations) == 1
    assert refusals == [
        "a.json, task 1: the span 'Marlo' does not stand in the text from 4 to 9.",
        f"a.json, task 2: the span 20 to 99 holds no words of the text, which has {len(TEXT)} characters.",
    ]


def test_what_is_no_label_of_ours_is_counted(read_as: Read) -> None:
    labelling = Labelling(load_taxonomy(), {"Doubt": BLAME})
    rating = {"type": "rating", "from_name": "r", "value": {"rating": 3}}
    (annotation,), _ = read_as("label-studio", [task([choices("Doubt", "Slogans"), rating])], labelling)
    assert annotation.labels == {BLAME: Judgement(3)}
    assert labelling.left_out == {"Slogans": 1, "(rating)": 1}


def test_other_data_of_a_task_are_kept(read_as: Read) -> None:
    data = {"text": TEXT, "source": "s", "doc_id": 12, "url": "u", "meta": {"why": "random"}}
    (annotation,), _ = read_as("label-studio", [task([choices(BLAME)], data=data)])
    assert (annotation.source, annotation.doc_id, annotation.meta) == ("s", "12", {"url": "u", "why": "random"})
    assert len(annotation.id) == 10


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"tasks": []}, "found an object with tasks."),
        ([{"text": TEXT, "frames": {"choices": [BLAME]}}], "found an object with text, frames."),
        ([{"data": {"body": TEXT}, "annotations": []}], "found an object with data, annotations."),
        (["words"], "found 'words'."),
        ("{oops", "found what is not valid JSON"),
        (f'{{"text": "{TEXT}"}}\n{{"text": "{TEXT}"}}\n', "found what is not valid JSON"),
    ],
)
def test_another_layout_is_refused_by_what_was_expected_and_found(read_as: Read, content: Any, found: str) -> None:
    with pytest.raises(FramelensError, match=rf"a\.json.*: expected a JSON list of tasks.*{found}"):
        read_as("label-studio", content)


def test_one_task_of_another_layout_is_refused_alone(read_as: Read) -> None:
    annotations, refusals = read_as("label-studio", [task([choices(BLAME)]), {"data": {"text": TEXT}}])
    assert len(annotations) == 1
    assert refusals[0].startswith("a.json, task 2: expected a JSON list of tasks")
    assert refusals[0].endswith("found an object with data.")
