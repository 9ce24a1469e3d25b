"""Scored passages read back: what ``framelens score -o`` wrote, one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framelens.data.documents import Refusal
from framelens.data.readers import Fields, read_documents
from framelens.data.shards import shard_files
from framelens.data.writers import COLUMNS, REST
from framelens.errors import FramelensError

_PARTS = ("p", "present", "voice", "actors", "evidence")
_OTHERS = ("flags", "model")


@dataclass(frozen=True)
class ScoredPassage:
    """What counting needs of a record.

    ``p``: calibrated probabilities, 0 to 1, and ``present``: decisions, both by frame. ``meta``: the record's, where a
    CSV has every value as a string and an empty one for none.
    """

    doc_id: str
    passage: int
    text: str
    p: dict[str, float]
    present: dict[str, bool]
    meta: dict[str, Any]

    @property
    def document_id(self) -> str:
        """The id of the document that the passage is of, within its source.

        Records that are passages themselves, with an id of their own, name their document in ``meta``.
        """
        return document_id(self.doc_id, self.meta)

    @property
    def document(self) -> str:
        """The document that the passage is of, among those of all sources."""
        return f"{self.meta.get('source', '')}/{self.document_id}"


def document_id(doc_id: str, meta: dict[str, Any]) -> str:
    """The id of the document that a record is of: that in its metadata, where there is one."""
    named = meta.get("doc_id")
    return doc_id if named in (None, "") else str(named)


def read_scored(path: str) -> Iterator[ScoredPassage]:
    """Read scored passages, JSONL, CSV, Parquet or a folder of shards, in order; memory holds a batch of them at most.

    Of a folder that ``framelens score -o FOLDER`` wrote, the shards are read that its manifest lists.

    :raises FramelensError: if a shard is missing; naming the file and the place of the first record that is none, or
        has other frames.
    """
    frames: tuple[str, ...] = ()
    shards = shard_files(Path(path))
    for item in read_documents(path if shards is None else list(map(str, shards)), Fields("text", "doc_id")):
        if isinstance(item, Refusal):
            # What follows the semicolon is advice on input for scoring.
            raise not_scored(item.source, item.position, item.reason.split(";")[0].rstrip("."))
        try:
            passage = _passage(item.id, item.text, item.meta)
        except (KeyError, TypeError, ValueError) as error:
            raise not_scored(path, f"document {item.id!r}", fault_of(error)) from None
        frames = frames or tuple(passage.p)
        if tuple(passage.p) != frames:
            raise not_scored(path, f"document {item.id!r}", f"frames {', '.join(passage.p)} after {', '.join(frames)}")
        yield passage


def not_scored(path: str, place: str, fault: str) -> FramelensError:
    """The refusal of a file that holds something else, in one sentence."""
    where = f"{path}, {place}" if place else path
    return FramelensError(f"{where}: not a scored passage ({fault}); give what framelens score -o wrote.")


def fault_of(error: Exception) -> str:
    """What was wrong with a record, as the error that reading it raised says it."""
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)


def _passage(doc_id: str, text: str, fields: dict[str, Any]) -> ScoredPassage:
    if isinstance(fields.get("frames"), dict):
        results, meta = fields["frames"], fields["meta"]
        if not isinstance(meta, dict):
            raise ValueError("'meta' is no object")
    else:
        results, meta = unflattened(fields, ("p", "present"))
    if not results:
        raise ValueError("it has no frames")
    return ScoredPassage(
        doc_id=doc_id,
        passage=int(fields["passage"]),
        text=text,
        p={frame: probability(result["p"]) for frame, result in results.items()},
        present={frame: decision(result["present"]) for frame, result in results.items()},
        meta=meta,
    )


def unflattened(fields: dict[str, Any], parts: tuple[str, ...]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Frames, of each these parts, and metadata out of a row of CSV or Parquet, the inverse of how it is written."""
    frames = [name.removesuffix("_p") for name in fields if name.endswith("_p") and f"{name[:-2]}_present" in fields]
    taken = {*COLUMNS, *_OTHERS, REST, *(f"{frame}_{part}" for frame in frames for part in _PARTS)}
    results = {frame: {part: fields[f"{frame}_{part}"] for part in parts} for frame in frames}
    meta = {_own_name(name, taken): value for name, value in fields.items() if name not in taken}
    rest = fields.get(REST)
    # A value that fitted no column stands there as null.
    return results, meta | json.loads(rest) if rest else meta


def _own_name(column: str, taken: set[str]) -> str:
    """The name of a metadata field that was written as ``column``, since another column has its name."""
    name = column
    while name.startswith("meta_"):
        name = name.removeprefix("meta_")
        if name in taken:
            return name
    return column


def probability(value: Any) -> float:
    """A number from 0 to 1, which a CSV has as a string.

    :raises ValueError: if it is none.
    """
    p = float(value)
    if not 0 <= p <= 1:
        raise ValueError(f"p {p} is no probability")
    return p


def decision(value: Any) -> bool:
    """A truth value, which a CSV has as a word.

    :raises ValueError: if it is none.
    """
    decided = json.loads(value) if value in ("true", "false") else value
    if not isinstance(decided, bool):
        raise ValueError(f"present {value!r} is neither true nor false")
    return decided
