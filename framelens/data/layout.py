"""How the shards of a run are laid out: one layout for all, so that they can be read as one table.

The columns of metadata are those that the passages of the first shard bring, with the types that they have there. What
fits none of them later (another field, or a value of another type) goes into the column ``meta_rest``, a JSON object.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import pyarrow as pa

from framelens.data.records import Record
from framelens.data.writers import (
    REST,
    flat,
    kind_of,
    meta_columns,
    meta_type,
    plain,
    schema,
    to_json,
)

ShardFormat = Literal["parquet", "jsonl"]
FORMATS: tuple[ShardFormat, ...] = get_args(ShardFormat)


@dataclass(frozen=True)
class Layout:
    """``format`` of the shards, ids of ``frames``, and the Arrow type of each field of metadata that has a column."""

    format: str
    frames: list[str]
    meta: dict[str, str]


def layout_of(format: ShardFormat, frames: Sequence[str], metas: Iterable[dict[str, Any]]) -> Layout:
    """The layout of a run.

    :param metas: metadata of the passages of its first shard.
    """
    types: dict[str, set[type]] = {}
    if format == "parquet":
        for meta in metas:
            for name, value in plain(meta).items():
                types.setdefault(name, set()).add(kind_of(value))
    return Layout(format, list(frames), {name: str(meta_type(found)) for name, found in types.items()})


def encode(records: Sequence[Record], layout: Layout) -> bytes:
    """A shard's file, the same bytes for the same records."""
    if layout.format == "jsonl":
        return "".join(f"{to_json(record)}\n" for record in records).encode("utf-8", "backslashreplace")
    from pyarrow import parquet

    sink = pa.BufferOutputStream()
    parquet.write_table(to_table(records, layout), sink)
    return bytes(sink.getvalue())


def to_table(records: Sequence[Record], layout: Layout) -> pa.Table:
    """Records as a flat Arrow table."""
    types = {name: pa.type_for_alias(kind) for name, kind in layout.meta.items()}
    columns = meta_columns(types, layout.frames)
    whole = schema(layout.frames, types, columns, nested=True, rest=True)
    rows = []
    for record in records:
        content = record.to_dict()
        meta = plain(record.meta) if record.meta else {}
        fitting = {name: value for name, value in meta.items() if name in types and _fits(value, types[name])}
        rest = {name: value for name, value in meta.items() if name not in fitting}
        row = flat(content | {"meta": fitting}, whole, columns)
        rows.append(row | {REST: json.dumps(rest, ensure_ascii=False) if rest else None})
    return pa.Table.from_pylist(rows, schema=whole)


def _fits(value: Any, kind: pa.DataType) -> bool:
    """Whether a column of this type holds the value without loss."""
    if value is None or pa.types.is_string(kind):
        return True
    if pa.types.is_boolean(kind):
        return isinstance(value, bool)
    if pa.types.is_integer(kind):
        return type(value) is int and -(2**63) <= value < 2**63
    return isinstance(value, float) or (type(value) is int and abs(value) <= 2**53)
