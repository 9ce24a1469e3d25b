"""The files that a run reads: how large they are, how far they are read, and whether they are still the same."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

from framelens.data.documents import Document, Refusal
from framelens.data.readers import Fields, read_source
from framelens.data.sources import Source, find_sources


@dataclass(frozen=True)
class _Watched(Source):
    """A source that knows how far it is read."""

    streams: list[BinaryIO] = field(default_factory=list)

    def raw(self) -> BinaryIO:
        stream = super().raw()
        self.streams[:] = [stream]
        return stream

    def position(self) -> int:
        return 0 if not self.streams or self.streams[0].closed else self.streams[0].tell()


class Inputs:
    """Files, folders, globs and ``-``, listed once, to be read in order.

    :param leave_out: files and folders in them that are not to be read, such as the output.
    """

    def __init__(self, names: Sequence[str], fields: Fields, leave_out: Collection[Path] = ()) -> None:
        self.sources = find_sources(names, leave_out)
        self._fields = fields
        self._stats = [_stat(source) for source in self.sources]
        self._starts = [0, *accumulate(size for size, _ in self._stats)]
        self._index = 0
        self._within: Callable[[], int] = int

    def __len__(self) -> int:
        return len(self.sources)

    def __iter__(self) -> Iterator[Document | Refusal]:
        for index in range(len(self)):
            yield from self.items(index)

    def items(self, index: int) -> Iterator[Document | Refusal]:
        """What one of the files holds."""
        source = self.sources[index]
        self._index, self._within = index, int
        if isinstance(source, Refusal):
            yield source
        else:
            yield from self._followed(source)
        self._index, self._within = index + 1, int

    @property
    def size(self) -> int | None:
        """Bytes of all files; None where standard input is among them."""
        endless = any(isinstance(source, Source) and source.path == "-" for source in self.sources)
        return None if endless else self._starts[-1]

    @property
    def read(self) -> int:
        """Bytes that are read so far, of compressed files as they stand on the disk."""
        return self._starts[self._index] + self._within()

    def before(self, index: int) -> int:
        """Bytes of the files before one of them."""
        return self._starts[index]

    def fingerprint(self) -> dict[str, Any]:
        """Number and size of the files, and a digest of their names, sizes and times of change."""
        digest = hashlib.sha256()
        for source, stat in zip(self.sources, self._stats, strict=True):
            digest.update(repr((_name(source), *stat)).encode("utf-8", "backslashreplace"))
        return {"files": len(self), "bytes": self._starts[-1], "sha256": digest.hexdigest()}

    def last_changed(self) -> str:
        """The file that was changed last."""
        return _name(self.sources[max(range(len(self)), key=lambda index: self._stats[index][1])])

    def _followed(self, source: Source) -> Iterator[Document | Refusal]:
        watched = _Watched(source.path, source.name, source.kind, source.compression)
        items = read_source(watched, self._fields)
        if source.kind != "parquet":
            self._within = watched.position
            yield from items
            return
        # Columns are read each from its own place; the share of rows stands for that of bytes.
        size, rows = self._stats[self._index][0], _rows(source.path)
        for number, item in enumerate(items, 1):
            self._within = partial(min, size, size * number // rows)
            yield item


def _rows(path: str) -> int:
    from pyarrow import ArrowException, parquet

    try:
        return max(1, int(parquet.read_metadata(path).num_rows))
    except (OSError, ArrowException):
        # What is wrong with it, reading it will say.
        return 1


def _name(source: Source | Refusal) -> str:
    return source.source if isinstance(source, Refusal) else source.path


def _stat(source: Source | Refusal) -> tuple[int, int]:
    """Size in bytes and time of change in nanoseconds; zeros where there is no such file."""
    if isinstance(source, Refusal) or source.path == "-":
        return 0, 0
    try:
        stat = os.stat(source.path)  # noqa: PTH116, a million Paths are slow to make
    except OSError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns
