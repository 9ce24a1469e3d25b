"""From what a user names (files, folders, globs, ``-``) to the files to read."""

from __future__ import annotations

import glob
import io
import os
import sys
from collections import Counter
from collections.abc import Sequence
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
            return open(self.path, "rb")
        # Arrow's stream has no readline of its own.
        return cast(BinaryIO, io.BufferedReader(pa.input_stream(self.path, compression=self.compression)))


def find_sources(inputs: Sequence[str]) -> list[Source | Refusal]:
    """List the files to read, in the order of the inputs, folders and globs sorted by name.

    Folders are walked through; hidden files and files of other kinds in them are passed over. A file
    is named by its path within the folder, a single file by its own name, both by the full path where
    two would share a name.
    """
    found: list[tuple[Path | None, str, str]] = []
    refused: dict[int, Refusal] = {}
    for item in inputs:
        path = Path(item)
        try:
            is_folder, exists = path.is_dir(), path.exists()
        except OSError:
            # Longer than a name may be: a text given where a file was meant.
            is_folder = exists = False
        if item == "-":
            found.append((None, "stdin", "-"))
        elif is_folder:
            files = _walk(path)
            found += [(file, file.relative_to(path).as_posix(), str(file)) for file in files]
            if not files:
                refused[len(found)] = Refusal(item, "", f"the folder holds no file that can be read ({READABLE}).")
                found.append((None, "", item))
        else:
            matches = [path] if exists else [Path(match) for match in sorted(glob.glob(item, recursive=True))]  # noqa: PTH207
            matches = [match for match in matches if not match.is_dir()]
            found += [(match, match.name, str(match)) for match in matches]
            if not matches:
                refused[len(found)] = Refusal(item, "", "there is no such file; check the path or the pattern.")
                found.append((None, "", item))
    counts = Counter(name for _, name, _ in found)
    return [
        refused.get(place) or _source(file, name if counts[name] == 1 else full, full)
        for place, (file, name, full) in enumerate(found)
    ]


def _walk(folder: Path) -> list[Path]:
    files = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [Path(parent, name) for name in names if not name.startswith(".") and _kind(name)]
    return sorted(files)


def _source(file: Path | None, name: str, full: str) -> Source | Refusal:
    if file is None:
        return Source("-", name, "stdin")
    kind = _kind(file.name)
    if kind is None:
        return Refusal(full, "", f"{file.suffix or 'a file without suffix'} cannot be read; give {READABLE}.")
    return Source(full, name, *kind)


def _kind(name: str) -> tuple[str, str | None] | None:
    path = Path(name.lower())
    suffix = path.suffix
    if suffix in COMPRESSIONS:
        kind = KINDS.get(Path(path.stem).suffix)
        return (kind, COMPRESSIONS[suffix]) if kind and kind != "parquet" else None
    kind = KINDS.get(suffix)
    return (kind, None) if kind else None
