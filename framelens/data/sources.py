"""From what a user names (files, folders, globs, ``-``) to the files to read."""

from __future__ import annotations

import glob
import io
import os
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from framelens.data.documents import Refusal

KINDS = {
    ".txt": "text",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
}
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
READABLE = ".txt .md .html .jsonl .csv .parquet, and each text format as .gz or .zst"


@dataclass(frozen=True)
class Source:
    """A file to read. ``name`` is the id its document gets, or the beginning of its records' ids."""

    path: str
    name: str
    kind: str
    compression: str | None = None

    def open(self) -> BinaryIO:
        """Open for reading bytes, decompressed."""
        if self.path == "-":
            return sys.stdin.buffer
        if self.compression is None:
            return self.raw()
        # Arrow's stream has no readline of its own.
        return cast(BinaryIO, io.BufferedReader(pa.input_stream(self.raw(), compression=self.compression)))

    def raw(self) -> BinaryIO:
        """Open for reading bytes as they stand in the file."""
        return open(self.path, "rb")


def find_sources(inputs: Sequence[str], leave_out: Collection[Path] = ()) -> list[Source | Refusal]:
    """List the files to read, in the order of the inputs, folders and globs sorted by name, each file once.

    Folders are walked through; hidden files and files of other kinds in them are passed over. A file
    is named by its path within the folder, a single file by its own name, both by the full path where
    two would share a name.

    :param leave_out: files, and folders with all that is in them, that folders and globs may hold but that are not
        input, such as the run's output.
    """
    seen = {os.path.realpath(path) for path in leave_out}
    folders = tuple(os.path.join(path, "") for path in seen if os.path.isdir(path))  # noqa: PTH112, PTH118, strings
    found: list[tuple[Path, str] | Refusal] = []
    for item in inputs:
        listed = _listed(item)
        reals = ["" if item == "-" else os.path.realpath(file) for file, _ in listed]
        found += [
            entry
            for entry, real in zip(listed, reals, strict=True)
            if real not in seen and not real.startswith(folders)
        ]
        seen.update(filter(None, reals))
        if not listed:
            found.append(Refusal(item or "''", "", _why_nothing(item)))
    counts = Counter(entry[1] for entry in found if not isinstance(entry, Refusal))
    return [entry if isinstance(entry, Refusal) else _source(*entry, counts) for entry in found]


def _listed(item: str) -> list[tuple[Path, str]]:
    """Files that an input stands for, each with the name that it gets."""
    path = Path(item)
    if item in ("", "-"):
        return [(path, "stdin")] if item else []
    try:
        if path.is_dir():
            return [(file, file.relative_to(path).as_posix()) for file in _walk(path)]
        matches = [path] if path.exists() else [Path(match) for match in sorted(glob.glob(item, recursive=True))]  # noqa: PTH207
    except OSError:
        # Longer than a name may be: a text given where a file was meant.
        return []
    # A pattern that comes round a loop of links to folders finds a file again and again.
    once: dict[tuple[str, str], Path] = {}
    for match in matches:
        if not match.is_dir():
            once.setdefault((os.path.realpath(match.parent), match.name), match)
    return [(match, match.name) for match in once.values()]


def _why_nothing(item: str) -> str:
    if not item:
        return "an empty name was given; name a file or a folder, or . for this one."
    if len(item) < 255 and Path(item).is_dir():
        return f"the folder holds no file that can be read ({READABLE})."
    return "there is no such file; check the path or the pattern."


def _walk(folder: Path) -> list[Path]:
    files = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [Path(parent, name) for name in names if not name.startswith(".") and _kind(name)]
    # A pipe or a device would be waited for without end; a link to nothing stays, to be refused by name.
    return sorted(file for file in files if file.is_file() or not file.exists())


def _source(file: Path, name: str, counts: Counter[str]) -> Source | Refusal:
    if str(file) == "-":
        return Source("-", name, "stdin")
    kind = _kind(file.name)
    if kind is None:
        return Refusal(str(file), "", f"{file.suffix or 'a file without suffix'} cannot be read; give {READABLE}.")
    return Source(str(file), name if counts[name] == 1 else str(file), *kind)


def _kind(name: str) -> tuple[str, str | None] | None:
    path = Path(name.lower())
    suffix = path.suffix
    if suffix in COMPRESSIONS:
        kind = KINDS.get(Path(path.stem).suffix)
        return (kind, COMPRESSIONS[suffix]) if kind and kind != "parquet" else None
    kind = KINDS.get(suffix)
    return (kind, None) if kind else None
