"""Labels without text: judgements by passage id, with offsets, to be joined with texts kept elsewhere."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from framelens.data.annotations import Annotation, Judgement, annotation_files, find_span, parse_annotation
from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.errors import FramelensError

# Between the ids of passages that are joined to a paragraph.
JOINT = "+"


def load_standoff(labels: Sequence[str], texts: str, taxonomy: Taxonomy) -> list[Annotation]:
    """Join stand-off labels with their texts.

    :param labels: JSONL files, folders or globs, of ``id``, ``annotator`` and ``labels`` as in annotated
        data, except that ``actor`` and ``evidence`` are [start, end] pairs of code-point offsets.
    :param texts: a JSONL file, or its ``.gz``, of ``id``, ``text``, ``source`` and ``doc_id``.
    :raises FramelensError: naming file and line of a label whose text is missing or does not fit.
    """
    annotations = []
    rows = [(path, number, row) for path in annotation_files(labels) for number, row in read_rows(path)]
    for path, number, row, passage in join_texts(rows, texts):
        try:
            joined = {**passage, "annotator": row["annotator"], "labels": _verbatim(row["labels"], passage["text"])}
            annotations.append(parse_annotation(joined, taxonomy))
        except (ValueError, KeyError, TypeError, FramelensError) as error:
            raise FramelensError(f"{path}, line {number}: {str(error).rstrip('.')}.") from None
    return annotations


def correct(annotations: Sequence[Annotation], corrections: Sequence[str], taxonomy: Taxonomy) -> list[Annotation]:
    """Replace judgements by later ones, made on reading the passage again.

    :param corrections: stand-off JSONL, as for :func:`load_standoff`; the frames that a row judges are from then
        on as it says, whoever judged them before, and a passage's other frames stay.
    :raises FramelensError: naming file and line of a correction that fits no passage.
    """
    texts = {annotation.id: annotation for annotation in annotations}
    later: dict[str, dict[str, Judgement]] = {}
    for path in annotation_files(corrections):
        for number, row in read_rows(path):
            found = texts.get(str(row.get("id")))
            if found is None:
                raise FramelensError(f"{path}, line {number}: no annotated passage has the id {row.get('id')!r}.")
            try:
                labels = _verbatim(row["labels"], found.text)
                judged = parse_annotation({"id": found.id, "text": found.text, "labels": labels}, taxonomy).labels
            except (ValueError, KeyError, TypeError, AttributeError, FramelensError) as error:
                raise FramelensError(f"{path}, line {number}: {str(error).rstrip('.')}.") from None
            later.setdefault(found.id, {}).update(judged)
    return [_corrected(annotation, later.get(annotation.id, {})) for annotation in annotations]


def _corrected(annotation: Annotation, later: dict[str, Judgement]) -> Annotation:
    labels = {frame: later.get(frame, judgement) for frame, judgement in annotation.labels.items()}
    return replace(annotation, labels=labels)


def join_texts(
    rows: Sequence[tuple[Path, int, dict[str, Any]]], texts: str
) -> Iterator[tuple[Path, int, dict[str, Any], dict[str, Any]]]:
    """File, line number and content of each stand-off row, with the passage that it is about.

    An id of several joined by ``+`` is the paragraph of these passages, in order, with a space between them.

    :raises FramelensError: naming file and line of a row whose text is missing.
    """
    wanted = {part for _, _, row in rows for part in str(row.get("id")).split(JOINT)}
    passages = {row["id"]: row for _, row in read_rows(Path(texts)) if row.get("id") in wanted}
    for path, number, row in rows:
        id = str(row.get("id"))
        parts = [passages.get(part) for part in id.split(JOINT)]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            raise FramelensError(f"{path}, line {number}: {texts} has no passage {id!r}.")
        yield path, number, row, {**found[0], "id": id, "text": " ".join(part["text"] for part in found)}


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


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of each line of a JSONL file or its ``.gz``.

    :raises FramelensError: if it is missing or not JSONL.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield number, json.loads(line)
    except (OSError, ValueError) as error:
        raise FramelensError(f"{path}: cannot be read as JSONL ({error}).") from None
