"""Records into files: JSONL as it is, CSV and Parquet flat."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol

import pyarrow as pa

from framelens.data.documents import clean
from framelens.data.records import Record
from framelens.errors import FramelensError

SUFFIXES = (".jsonl", ".csv", ".parquet")
COLUMNS = ("doc_id", "passage", "start", "end", "text")
# Of a shard: metadata that have no column of their own, as a JSON object.
REST = "meta_rest"
ROWS = 5_000
_SPAN = pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64()), ("text", pa.string()), ("p", pa.float64())]))
_FRAME_TYPES = {
    "p": pa.float64(),
    "present": pa.bool_(),
    "voice": pa.string(),
    "actors": _SPAN,
    "evidence": _SPAN,
}


class Writer(Protocol):
    """Takes records one by one; as a context manager, it completes the output when the block ends well."""

    def write(self, record: Record) -> None: ...

    def __enter__(self) -> Writer: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def to_json(record: Record) -> str:
    """One line of JSON; metadata that it cannot hold becomes null (NaN, infinity) or U+FFFD (lone surrogates)."""
    return _line(record.to_dict())


def plain(meta: dict[str, Any]) -> dict[str, Any]:
    """Metadata as they are read back from JSON."""
    content: dict[str, Any] = json.loads(_line(meta))
    return content


def _line(content: dict[str, Any]) -> str:
    try:
        line = json.dumps(content, ensure_ascii=False, default=str, allow_nan=False)
    except ValueError:
        line = json.dumps(_finite(content), ensure_ascii=False, default=str)
    return clean(line)[0]


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


class StreamWriter:
    """JSONL to an open stream, such as standard output; each line goes out at once."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, record: Record) -> None:
        self._stream.write(to_json(record) + "\n")
        self._stream.flush()

    def __enter__(self) -> StreamWriter:
        return self

    def __exit__(self, *_: object) -> None: ...


def partial_of(path: Path) -> Path:
    """Where an interrupted run leaves what it had for a file."""
    return path.with_name(path.name + ".partial")


class FileWriter:
    """Records to ``path``, whose suffix chooses the format; the file appears when it is complete.

    Until then the records stand as JSONL in a hidden file beside it, from which CSV and Parquet are made
    at the end, when all columns that records bring are known. An interrupted run leaves them in
    ``path`` + ``.partial``.

    :raises FramelensError: if the suffix is unknown, the file exists and ``overwrite`` is false, or, on
        entering, if the folder cannot be written to.
    """

    def __init__(self, path: Path, overwrite: bool = False) -> None:
        if path.suffix.lower() not in SUFFIXES:
            raise FramelensError(
                f"{path}: cannot write {path.suffix or 'that'}; end the name in {', '.join(SUFFIXES)}."
            )
        self.path = path
        self.partial = partial_of(path)
        self.count = 0
        self._meta: dict[str, set[type]] = {}
        self._growing = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            if path.is_dir():
                raise FramelensError(f"{path} is a folder; give a name that none has.")
            if path.exists() and not overwrite:
                raise FramelensError(f"{path} exists; give another name, or --overwrite to replace it.")
        except OSError as error:
            raise self._refused(error) from None

    def write(self, record: Record) -> None:
        self._stream.write(to_json(record) + "\n")
        self.count += 1
        for name, value in record.meta.items():
            self._meta.setdefault(clean(str(name))[0], set()).add(kind_of(value))

    def __enter__(self) -> FileWriter:
        try:
            self._stream = self._growing.open("w", encoding="utf-8")
        except OSError as error:
            raise self._refused(error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        if not self.count:
            self._growing.unlink()
        elif kind is None:
            self._complete()
        else:
            self._growing.replace(self.partial)

    def _complete(self) -> None:
        suffix = self.path.suffix.lower()
        if suffix == ".jsonl":
            self._growing.replace(self.path)
            return
        table = self._growing.with_name(self._growing.name + suffix)
        try:
            write_table(_read(self._growing), self._meta, table, suffix)
            table.replace(self.path)
        except BaseException:
            self._growing.replace(self.partial)
            table.unlink(missing_ok=True)
            raise
        self._growing.unlink()

    def _refused(self, error: OSError) -> FramelensError:
        return FramelensError(f"{self.path}: cannot be written ({error.strerror}); choose another folder.")


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def write_table(records: Iterator[dict[str, Any]], meta: dict[str, set[type]], path: Path, suffix: str) -> None:
    """Write records (as dicts) to a flat CSV or Parquet file, in batches.

    :param meta: for each metadata field, the types that its values have.
    """
    first = next(records)
    columns = meta_columns(meta, list(first["frames"]))
    types = {name: meta_type(found) for name, found in meta.items()}
    whole = schema(list(first["frames"]), types, columns, nested=suffix == ".parquet")
    batches = _batches(_chain(first, records), whole, columns)
    if suffix == ".parquet":
        from pyarrow import parquet

        with parquet.ParquetWriter(path, whole) as writer:
            for batch in batches:
                writer.write_batch(batch)
    else:
        from pyarrow import csv

        with csv.CSVWriter(path, whole) as writer:
            for batch in batches:
                writer.write_batch(batch)


def _chain(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest


def _batches(records: Iterator[dict[str, Any]], schema: pa.Schema, columns: dict[str, str]) -> Iterator[pa.RecordBatch]:
    while chunk := list(islice(records, ROWS)):
        yield pa.RecordBatch.from_pylist([flat(record, schema, columns) for record in chunk], schema=schema)


def schema(
    frames: list[str], meta: dict[str, pa.DataType], columns: dict[str, str], nested: bool, rest: bool = False
) -> pa.Schema:
    """The flat columns of records.

    :param meta: the type of each metadata field, and ``columns`` its column's name.
    :param nested: spans and flags as lists, else as JSON.
    :param rest: with a column for metadata that have none of their own.
    """
    integer = pa.int64()
    fields = [("doc_id", pa.string()), ("passage", integer), ("start", integer), ("end", integer)]
    fields += [("text", pa.string())]
    fields += [(columns[name], kind) for name, kind in meta.items()]
    fields += [(REST, pa.string())] if rest else []
    fields += [("flags", pa.list_(pa.string()) if nested else pa.string()), ("model", pa.string())]
    for frame in frames:
        for part, kind in _FRAME_TYPES.items():
            fields.append((f"{frame}_{part}", kind if nested or kind is not _SPAN else pa.string()))
    return pa.schema(fields)


def meta_columns(meta: Iterable[str], frames: list[str]) -> dict[str, str]:
    """A column for each metadata field: its own name, with ``meta_`` before it where another column has that."""
    taken = {*COLUMNS, REST, "flags", "model", *(f"{frame}_{part}" for frame in frames for part in _FRAME_TYPES)}
    columns: dict[str, str] = {}
    for name in meta:
        column = name
        while column in taken:
            column = f"meta_{column}"
        taken.add(column)
        columns[name] = column
    return columns


def kind_of(value: Any) -> type:
    """The type of a metadata value; an integer that fits no column of integers goes among text."""
    return str if type(value) is int and abs(value) >= 2**63 else type(value)


def meta_type(types: set[type]) -> pa.DataType:
    """The type of a column that holds values of all these types."""
    kinds = types - {type(None)}
    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int}:
        return pa.int64()
    if kinds and kinds <= {int, float}:
        return pa.float64()
    return pa.string()


def flat(record: dict[str, Any], schema: pa.Schema, columns: dict[str, str]) -> dict[str, Any]:
    """A record (as a dict) as a row of the flat columns."""
    row = {name: record[name] for name in (*COLUMNS, "model")}
    row["flags"] = _as(record["flags"], schema.field("flags").type)
    for name, column in columns.items():
        row[column] = _as(record["meta"].get(name), schema.field(column).type)
    for frame, result in record["frames"].items():
        for part in _FRAME_TYPES:
            column = f"{frame}_{part}"
            row[column] = _as(result[part], schema.field(column).type)
    return row


def _as(value: Any, kind: pa.DataType) -> Any:
    """The value for a column: what is no string becomes JSON in a column of strings."""
    if pa.types.is_floating(kind) and value is not None:
        return float(value)
    if pa.types.is_string(kind) and value is not None and not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value
