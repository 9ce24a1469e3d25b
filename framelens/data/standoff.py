"""Labels without text: judgements by passage id, with offsets, to be joined with texts kept elsewhere."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from framelens.data.annotations import Annotation, annotation_files, find_span, parse_annotation
from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.errors import FramelensError


def load_standoff(labels: Sequence[str], texts: str, taxonomy: Taxonomy) -> list[Annotation]:
    """Join stand-off labels with their texts.

    :param labels: JSONL files, folders or globs, of ``id``, ``annotator`` and ``labels`` as in annotated
        data, except that ``actor`` and ``evidence`` are [start, end] pairs of code-point offsets.
    :param texts: a JSONL file, or its ``.gz``, of ``id``, ``text``, ``source`` and ``doc_id``.
    :raises FramelensError: naming file and line of a label whose text is missing or does not fit.
    """
    rows = [(path, number, row) for path in annotation_files(labels) for number, row in _rows(path)]
    wanted = {row.get("id") for _, _, row in rows}
    passages = {row["id"]: row for _, row in _rows(Path(texts)) if row.get("id") in wanted}
    annotations = []
    for path, number, row in rows:
        passage = passages.get(row.get("id"))
        if passage is None:
            raise FramelensError(f"{path}, line {number}: {texts} has no passage {row.get('id')!r}.")
        try:
            joined = {**passage, "annotator": row["annotator"], "labels": _verbatim(row["labels"], passage["text"])}
            annotations.append(parse_annotation(joined, taxonomy))
        except (ValueError, KeyError, TypeError, FramelensError) as error:
            raise FramelensError(f"{path}, line {number}: {str(error).rstrip('.')}.") from None
    return annotations


def strip_text(annotations: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Annotated records as stand-off labels: ids and offsets, no word of the text."""
    for row in annotations:
        labels = {
            frame: {
                part: [find_span(row["text"], words) for words in value] if part in ROLES else value
                for part, value in judged.items()
            }
            for frame, judged in row["labels"].items()
        }
        yield {"id": row["id"], "annotator": row["annotator"], "labels": labels}


def _verbatim(labels: dict[str, Any], text: str) -> dict[str, Any]:
    return {
        frame: {
            part: [text[start:end] for start, end in value] if part in ROLES else value
            for part, value in judged.items()
        }
        for frame, judged in labels.items()
    }


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield number, json.loads(line)
    except (OSError, ValueError) as error:
        raise FramelensError(f"{path}: cannot be read as JSONL ({error}).") from None
