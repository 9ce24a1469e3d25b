"""``label-studio``: Label Studio's export "JSON": a list of tasks.

    [{"id": 1, "data": {"text": "…", "id": "p1", "source": "ptc", "doc_id": "787085939"},
      "annotations": [{"completed_by": 3, "was_cancelled": false, "result": [
        {"type": "choices", "from_name": "frames", "to_name": "text", "value": {"choices": ["blame_attribution"]}},
        {"type": "choices", "from_name": "voice", "to_name": "text",
         "value": {"choices": ["blame_attribution:reported"]}},
        {"type": "labels", "from_name": "spans", "to_name": "text",
         "value": {"start": 0, "end": 10, "text": "Washington", "labels": ["blame_attribution:actor"]}}]}]}]

Choices and labels are named as :mod:`framelens.data.formats.labelling` says; of a control that is named
``FRAME_voice`` the choices may be bare voices. Each annotation of a task is a judgement of its own, one that was
cancelled is left out. Other fields of ``data`` are kept in ``meta``.

Label Studio takes ``completed_by`` only for its own members, so we write the annotator's name as ``annotator``, and
read that first. Offsets are written as code points. They are read as such or, where only that gives the words that the
label itself quotes, as the UTF-16 units that some versions count.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from framelens.data.annotations import Annotation
from framelens.data.formats.labelling import Labelling, Mark, Stretch, score_labels, span_labels, voice_labels
from framelens.data.formats.reading import Annotations, Entry, Format, found, json_content, passage_id, read_entries
from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError

LAYOUT = (
    "a JSON list of tasks, each with data.text and annotations whose result holds choices and labels "
    "(Label Studio's export JSON, not JSON-MIN)"
)
VOICE = "_voice"


def read(path: Path, labelling: Labelling) -> Annotations:
    tasks = json_content(path, LAYOUT)
    if not isinstance(tasks, list):
        raise FramelensError(f"{path}: expected {LAYOUT}; found {found(tasks)}.")
    yield from read_entries(path, LAYOUT, _entries(tasks), lambda task: _content(task, labelling), labelling.taxonomy)


def _entries(tasks: list[Any]) -> Iterator[Entry]:
    """A task for each of its annotations, with that one only; a task without any stands for itself."""
    for number, task in enumerate(tasks, 1):
        annotations = task.get("annotations") if isinstance(task, dict) else None
        if not isinstance(annotations, list):
            yield f"task {number}", task
            continue
        counted = [each for each in annotations if not (isinstance(each, dict) and each.get("was_cancelled"))]
        for annotation in counted:
            yield f"task {number}", task | {"annotations": [annotation]}
        if not counted:
            yield f"task {number}", task | {"annotations": []}


def _content(task: dict[str, Any], labelling: Labelling) -> dict[str, Any]:
    data, annotations = task["data"], task["annotations"]
    text = data["text"]
    marks: list[Mark | None] = []
    stretches: list[Stretch] = []
    for item in annotations[0]["result"] if annotations else ():
        value = item.get("value")
        if item["type"] == "choices":
            marks += [labelling.mark(_choice(str(item.get("from_name")), name)) for name in value["choices"]]
        elif item["type"] == "labels":
            start, end = _place(text, value)
            given = [labelling.mark(name) for name in value["labels"]]
            stretches += [Stretch(mark, start, end) for mark in given if mark]
        else:
            labelling.left_out[f"({item['type']})"] += 1
    return {
        **data,
        "id": passage_id(text, data.get("source"), data.get("doc_id")) if data.get("id") is None else data["id"],
        "annotator": _annotator(annotations[0]) if annotations else "",
        "labels": labelling.labels(text, marks, stretches, annotated=bool(annotations)),
    }


def _choice(control: str, name: str) -> str:
    return f"{control.removesuffix(VOICE)}:{name}" if control.endswith(VOICE) and ":" not in name else name


def _place(text: str, value: dict[str, Any]) -> tuple[int, int]:
    start, end, words = value["start"], value["end"], value.get("text")
    if words is None or _same(text[start:end], words):
        return start, end
    units = text.encode("utf-16-le", "surrogatepass")
    before, inside = (units[2 * a : 2 * b].decode("utf-16-le", "replace") for a, b in ((0, start), (start, end)))
    if _same(inside, words):
        return len(before), len(before) + len(inside)
    raise FramelensError(f"the span {words!r} does not stand in the text from {start} to {end}")


def _same(stretch: str, quoted: str) -> bool:
    """Whether they are the same words; Label Studio may quote a line end as a backslash and an n."""
    return stretch.split() == quoted.replace("\\n", "\n").split()


def _annotator(annotation: dict[str, Any]) -> str:
    by = annotation.get("annotator") or annotation.get("completed_by")
    if isinstance(by, dict):
        by = by.get("email") or by.get("username") or by.get("id")
    return "" if by is None else str(by)


def write(annotations: Sequence[Annotation], path: Path, taxonomy: Taxonomy) -> None:
    """Write tasks to import; a passage that several judged is one task with their annotations."""
    tasks: dict[tuple[str, str], dict[str, Any]] = {}
    for annotation in annotations:
        data = annotation.to_dict()
        judged = annotation.labels or annotation.annotator
        del data["labels"], data["annotator"]
        task = tasks.setdefault((annotation.id, annotation.text), {"data": data, "annotations": []})
        task["annotations"] += [{"annotator": annotation.annotator, "result": _result(annotation)}] if judged else []
    path.write_text(json.dumps(list(tasks.values()), ensure_ascii=False, default=str) + "\n", encoding="utf-8")


def _result(annotation: Annotation) -> list[dict[str, Any]]:
    values: list[tuple[str, str, dict[str, Any]]] = [
        (control, "choices", {"choices": names})
        for control, names in (("frames", score_labels(annotation)), ("voice", voice_labels(annotation)))
        if names
    ]
    for start, end, name in span_labels(annotation):
        value = {"start": start, "end": end, "text": annotation.text[start:end], "labels": [name]}
        values.append(("spans", "labels", value))
    return [
        {"id": f"r{number}", "type": kind, "from_name": control, "to_name": "text", "value": value}
        for number, (control, kind, value) in enumerate(values)
    ]


FORMAT = Format("label-studio", LAYOUT, read, write)
