"""Annotated records as flat rows, as CSV and Hugging Face ``datasets`` hold them.

- ``text``: the passage
- ``id``, ``source``, ``doc_id``, ``annotator``: as in annotated JSONL; may be absent, and a passage without id then
  gets one that its text and document decide
- ``FRAME``: the score, 0 to 3; empty where the frame was not judged
- ``FRAME_voice``: the voice, or empty
- ``FRAME_actor``, ``FRAME_evidence``: lists of words of the passage; empty where nobody was asked to mark them
- ``label``, ``labels``: names of labels, one or a list, which are read through the user's map
- ``meta``: a JSON object of whatever else; any other column is kept there too
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from framelens.data.annotations import FIELDS, Annotation, parse_json
from framelens.data.formats.labelling import Labelling
from framelens.data.formats.reading import passage_id
from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.errors import FramelensError

PARTS = ("voice", *ROLES)
NAMED = ("label", "labels")


def columns(taxonomy: Taxonomy) -> list[str]:
    """The columns that we write, without ``meta``."""
    frames = [name for frame in taxonomy.frame_ids for name in (frame, *(f"{frame}_{part}" for part in PARTS))]
    return [*(field for field in FIELDS if field != "labels"), *frames]


def holds_labels(names: Sequence[str], taxonomy: Taxonomy) -> bool:
    """Whether a table with these columns is one of annotated passages."""
    return "text" in names and any(name in names for name in (*taxonomy.frame_ids, *NAMED))


def row_of(annotation: Annotation) -> dict[str, Any]:
    """A flat row with Python values: scores as int, words as lists, ``meta`` as JSON; absent is None."""
    row: dict[str, Any] = {field: getattr(annotation, field) for field in FIELDS if field != "labels"}
    for frame, judgement in annotation.labels.items():
        row[frame] = judgement.score
        row |= {f"{frame}_{part}": value for part, value in judgement.to_dict().items() if part != "score"}
    if annotation.meta:
        row["meta"] = json.dumps(annotation.meta, ensure_ascii=False, default=str)
    return row


def content_of(row: Mapping[str, Any], labelling: Labelling) -> dict[str, Any]:
    """A flat row with Python values as an object of annotated JSONL.

    :raises FramelensError: if a frame has a voice or words but no score, or ``meta`` is not an object.
    """
    frames = labelling.taxonomy.frame_ids
    taken = {*columns(labelling.taxonomy), *NAMED, "meta"}
    text = row.get("text") or ""
    named = [name for column in NAMED for name in _names(row.get(column))]
    labels = labelling.labels(text, map(labelling.mark, named))
    labels |= {frame: judged for frame in frames if (judged := _judged(row, frame))}
    return {
        "id": passage_id(text, row.get("source"), row.get("doc_id")) if row.get("id") is None else row["id"],
        "text": text,
        **{field: row.get(field) for field in ("source", "doc_id", "annotator")},
        "labels": labels,
        "meta": {name: value for name, value in row.items() if name not in taken and value is not None}
        | _meta(row.get("meta")),
    }


def _judged(row: Mapping[str, Any], frame: str) -> dict[str, Any] | None:
    given = {part: row[f"{frame}_{part}"] for part in PARTS if row.get(f"{frame}_{part}") is not None}
    score = row.get(frame)
    # Tables of integers with gaps come out of pandas as floats, gaps as NaN.
    if isinstance(score, float):
        score = None if score != score else int(score) if score.is_integer() else score
    if score is None:
        if given:
            raise FramelensError(
                f"{frame} has no score but {', '.join(given)}; give the score, 0 to 3, in column {frame}"
            )
        return None
    return {"score": score, **given}


def _names(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(name) for name in value] if isinstance(value, list) else [str(value)]


def _meta(value: Any) -> dict[str, Any]:
    content = parse_json(value) if isinstance(value, str) else value
    if not isinstance(content, dict | None):
        raise FramelensError(f"meta {value!r} is not a JSON object")
    return content or {}
