"""``argilla``: Argilla's records as JSON (a list) or JSONL (an object a line), as 2.x and as 1.x lay them out.

    {"id": "p1", "fields": {"text": "…"}, "metadata": {"source": "ptc", "doc_id": "787085939"},
     "responses": {"frames": [{"value": ["blame_attribution"], "user_id": "u1"}],
                   "blame_attribution_voice": [{"value": "reported", "user_id": "u1"}],
                   "spans": [{"value": [{"label": "blame_attribution:actor", "start": 0, "end": 10}],
                              "user_id": "u1"}]}}

    {"external_id": "p1", "fields": {"text": "…"}, "metadata": {…},
     "responses": [{"user_id": "u1", "status": "submitted", "values": {"frames": {"value": ["blame_attribution"]}}}]}

Questions may be of any name and kind of label; labels are named as :mod:`framelens.data.formats.labelling` says. The
answer to a question called ``FRAME_voice`` may be a bare voice, that to a question called ``FRAME`` a bare score, 0 to
3. Each user's responses are a judgement of their own; drafts and discarded ones are left out. Offsets are code points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from framelens.data.annotations import read_utf8
from framelens.data.formats.labelling import Labelling, Mark, Stretch
from framelens.data.formats.reading import (
    Annotations,
    Entry,
    Format,
    json_content,
    json_lines,
    passage_id,
    read_entries,
)

LAYOUT = "records with fields.text and responses, as a JSON list or an object a line (Argilla's export)"
VOICE = "_voice"


def read(path: Path, labelling: Labelling) -> Annotations:
    if read_utf8(path).lstrip().startswith("["):
        records: Iterable[Entry] = ((f"record {n}", each) for n, each in enumerate(json_content(path, LAYOUT), 1))
    else:
        records = json_lines(path)
    yield from read_entries(path, LAYOUT, _entries(records), lambda row: _content(row, labelling), labelling.taxonomy)


def _entries(records: Iterable[Entry]) -> Iterator[Entry]:
    """A record for each user who answered, with that user's answers as ``responses``; one without any for itself."""
    for position, record in records:
        try:
            answers = _answers(record["responses"])
        except (LookupError, TypeError, AttributeError):
            yield position, record
            continue
        for user, values in answers.items() or [("", {})]:
            yield position, record | {"responses": values, "annotator": user}


def _answers(responses: Any) -> dict[str, dict[str, Any]]:
    """The submitted values by user and question."""
    answers: dict[str, dict[str, Any]] = {}
    if isinstance(responses, dict):
        given = [(name, each["value"], each) for name, several in responses.items() for each in several]
    else:
        given = [(name, value["value"], each) for each in responses for name, value in each["values"].items()]
    for name, value, response in given:
        if response.get("status") in (None, "submitted"):
            answers.setdefault(str(response.get("user_id") or ""), {})[name] = value
    return answers


def _content(record: dict[str, Any], labelling: Labelling) -> dict[str, Any]:
    text, metadata, answers = record["fields"]["text"], record.get("metadata") or {}, record["responses"]
    marks: list[Mark | None] = []
    stretches: list[Stretch] = []
    for question, value in answers.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                mark = labelling.mark(item["label"])
                stretches += [Stretch(mark, item["start"], item["end"])] if mark else []
            else:
                marks.append(labelling.mark(_label(question, item, labelling)))
    return metadata | {
        "id": record.get("external_id")
        or record.get("id")
        or passage_id(text, *map(metadata.get, ("source", "doc_id"))),
        "text": text,
        "annotator": record["annotator"],
        "labels": labelling.labels(text, marks, stretches, annotated=bool(answers)),
    }


def _label(question: str, item: Any, labelling: Labelling) -> str:
    frame = question.removesuffix(VOICE)
    return f"{frame}:{item}" if frame in labelling.taxonomy.frame_ids and ":" not in str(item) else str(item)


FORMAT = Format("argilla", LAYOUT, read)
