"""A folder of scored shards: what its manifest says of each, and how far into the inputs it reaches.

``manifest.jsonl`` holds one JSON object a line: ``{"run": …}``, what the run was asked for; ``{"layout": …}``, how its
shards are laid out; ``{"shard": …}`` for each shard that is whole, in order; ``{"end": …}`` when all was scored. A line
is appended only when what it speaks of is on the disk, so what stands there can be relied on after any death.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from framelens.data.layout import Layout
from framelens.data.tally import Tally
from framelens.errors import FramelensError

MANIFEST = "manifest.jsonl"
QUARANTINE = "quarantine.jsonl"
VERSION = 1


@dataclass(frozen=True)
class Position:
    """How far into the inputs: ``source`` files are read to their end, of the next one so many ``documents`` and
    ``refusals``, and of the next document so many ``passages``."""

    source: int = 0
    documents: int = 0
    refusals: int = 0
    passages: int = 0


@dataclass(frozen=True)
class Shard:
    """A shard that is whole.

    ``size`` in bytes; ``end``: the position behind its last passage; ``refused``: how many files and records the run
    had quarantined by then, and ``quarantine`` the length of the quarantine file, in bytes.
    """

    file: str
    size: int
    sha256: str
    end: Position
    refused: int
    quarantine: int
    tally: Tally

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Shard:
        return cls(**content | {"end": Position(**content["end"]), "tally": Tally(**content["tally"])})


@dataclass(frozen=True)
class Manifest:
    """What a manifest holds.

    ``end``: once all is scored, how many files and records were refused, and the length of the quarantine file;
    ``length``: that of the manifest's whole lines, in bytes.
    """

    run: dict[str, Any]
    layout: Layout | None
    shards: tuple[Shard, ...]
    end: tuple[int, int] | None
    length: int

    @property
    def tally(self) -> Tally:
        return sum((shard.tally for shard in self.shards), Tally())


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest of a folder; what a death left of a last line is passed over.

    :returns: None where no run has begun in the folder.
    :raises FramelensError: if the manifest is damaged otherwise, or of a later format.
    """
    path = folder / MANIFEST
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    length, lines = 0, []
    for number, line in enumerate(raw.splitlines(keepends=True), 1):
        entry = _entry(line)
        if entry is None and length + len(line) < len(raw):
            raise FramelensError(f"{path}, line {number}: the manifest is damaged; begin anew with --overwrite.")
        if entry is not None:
            lines.append(entry)
            length += len(line)
    if not lines:
        return None
    try:
        if lines[0]["run"]["format"] != VERSION:
            raise FramelensError(f"{path}: made by a later framelens; upgrade to use this folder.")
        layouts = [Layout(**line["layout"]) for line in lines if "layout" in line]
        shards = tuple(Shard.from_dict(line["shard"]) for line in lines if "shard" in line)
        ends = [(int(line["end"]["refused"]), int(line["end"]["quarantine"])) for line in lines if "end" in line]
        run = lines[0]["run"]
    except (KeyError, TypeError, ValueError) as error:
        raise FramelensError(f"{path}: the manifest is damaged ({error}); begin anew with --overwrite.") from None
    return Manifest(run, layouts[0] if layouts else None, shards, ends[-1] if ends else None, length)


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def shard_files(folder: Path) -> list[Path] | None:
    """The shards of a folder that ``framelens score -o FOLDER`` wrote, in order; what else is in it is none.

    :returns: None where the path is no such folder.
    :raises FramelensError: if a shard is missing, or there is none.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    files = [folder / shard.file for shard in manifest.shards]
    for file in files:
        if not file.is_file():
            raise FramelensError(f"{file} is missing; the command that scored, with --resume, makes it again.")
    if not files:
        raise FramelensError(f"{folder}: holds no scored passage yet; go on with the run by --resume.")
    return files


def unfinished(folder: Path) -> str | None:
    """A sentence for who reads a folder of shards that are not all of their corpus, or None."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.end is not None:
        return None
    return f"{folder}: the run has not ended; these are its first {manifest.tally.passages:,} passages."
