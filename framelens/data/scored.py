"""Records that ``framelens score`` wrote, read back for what they say of whole passages."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from framelens.data.annotations import numbered_lines, parse_json, read_utf8
from framelens.data.writers import COLUMNS, SUFFIXES
from framelens.errors import FramelensError

# The largest cell of CSV: more than any passage, and what the csv module takes on all platforms.
MAX_CELL = 2**31 - 1
_ENDS = ("_p", "_present", "_voice", "_actors", "_evidence")


@dataclass(frozen=True)
class Scored:
    """A scored passage: the calibrated probability of each frame, 0 to 1, and whether it reaches the threshold.

    ``source`` and ``doc_id`` name the document. Where the record itself was a passage of a document, which its ``meta``
    names, ``id`` is the record's; else it is the document's, with the passage's number where it has several.
    """

    id: str
    text: str
    source: str
    doc_id: str
    passage: int
    p: dict[str, float]
    present: dict[str, bool]


def read_scored(path: Path) -> list[Scored]:
    """Read scored records from .jsonl, .csv or .parquet, in their order.

    :raises FramelensError: naming the file, and the line or row, of what is no scored record; if there is none, or one
        passage stands twice.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise FramelensError(f"{path}: scored records are read from {', '.join(SUFFIXES)}; score to one of these.")
    rows = [_scored(path, position, record) for position, record in _records(path)]
    if not rows:
        raise FramelensError(f"{path}: holds no scored record.")
    several = Counter(row.id for row in rows)
    rows = [replace(row, id=f"{row.id}#{row.passage}") if several[row.id] > 1 else row for row in rows]
    twice = next((id for id, count in Counter(row.id for row in rows).items() if count > 1), None)
    if twice is not None:
        raise FramelensError(
            f"{path}: passage {twice!r} stands twice; give each record an id of its own and score again."
        )
    if any(row.p.keys() != rows[0].p.keys() for row in rows):
        raise FramelensError(f"{path}: its records have different frames; keep those of one model in a file.")
    return rows


def _records(path: Path) -> Iterator[tuple[str, Any]]:
    """Each record with its position, as JSONL has it."""
    if path.suffix.lower() == ".jsonl":
        for number, line in numbered_lines(path):
            try:
                yield f"line {number}", parse_json(line)
            except FramelensError as error:
                raise FramelensError(f"{path}, line {number}: {error}.") from None
        return
    for number, row in enumerate(_rows(path), 1):
        yield f"row {number}", _nested(row)


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    if path.suffix.lower() == ".csv":
        csv.field_size_limit(MAX_CELL)
        return csv.DictReader(io.StringIO(read_utf8(path), newline=""))
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.read_table(path).to_pylist()  # type: ignore[no-any-return]
    except (OSError, pa.ArrowException) as error:
        raise FramelensError(f"{path}: cannot be read ({' '.join(str(error).split())}).") from None


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    frames = [name.removesuffix("_present") for name in row if name.endswith("_present")]
    parts = {f"{frame}{end}" for frame in frames for end in _ENDS}
    return {
        **{name: row.get(name) for name in COLUMNS},
        "frames": {frame: {"p": row[f"{frame}_p"], "present": row[f"{frame}_present"]} for frame in frames},
        "meta": {name: value for name, value in row.items() if name not in parts and name not in COLUMNS},
    }


def _scored(path: Path, position: str, record: Any) -> Scored:
    try:
        meta, id = record["meta"], str(record["doc_id"])
        # In a flat file the record's own doc_id has that name; a cell of CSV that holds nothing is empty.
        inner = next((meta[name] for name in ("doc_id", "meta_doc_id") if meta.get(name) not in (None, "")), id)
        return Scored(
            id=id,
            text=str(record["text"]),
            source=str(meta.get("source") or ""),
            doc_id=str(inner),
            passage=int(record["passage"]),
            p={frame: float(result["p"]) for frame, result in record["frames"].items()},
            present={frame: result["present"] in (True, "true") for frame, result in record["frames"].items()},
        )
    except (LookupError, TypeError, ValueError, AttributeError):
        raise FramelensError(
            f"{path}, {position}: expected a record of framelens score, with doc_id, passage, text, frames and meta; "
            f"found another."
        ) from None
