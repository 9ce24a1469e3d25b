"""The codebook as data: which frames there are, what they mean, whose voices can carry them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

from framelens.errors import FramelensError

# What the token head marks inside a present frame. Roles belong to the record format, not to a codebook.
ROLES = ("actor", "evidence")


@dataclass(frozen=True)
class Label:
    """A frame or a voice: its id in records, a short title for people, what it means."""

    id: str
    title: str
    definition: str


@dataclass(frozen=True)
class Taxonomy:
    """Frames and voices in the order in which a model's outputs are laid out."""

    name: str
    version: str
    frames: tuple[Label, ...]
    voices: tuple[Label, ...]

    @property
    def frame_ids(self) -> tuple[str, ...]:
        return tuple(frame.id for frame in self.frames)

    @property
    def voice_ids(self) -> tuple[str, ...]:
        return tuple(voice.id for voice in self.voices)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def load_taxonomy(path: str | PathLike[str] | None = None) -> Taxonomy:
    """Read a taxonomy file; without a path, the one that comes with framelens.

    :param path: a JSON file with ``name``, ``version``, ``frames`` and ``voices``.
    :raises FramelensError: if the file is missing or not a taxonomy.
    """
    source = files("framelens.data").joinpath("taxonomy.json") if path is None else Path(path)
    try:
        content = json.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise FramelensError(f"{path}: cannot read the taxonomy ({error.strerror}).") from None
    except ValueError as error:
        raise FramelensError(f"{path}: the taxonomy is not valid JSON ({error}).") from None
    return parse_taxonomy(content, name=str(path or "taxonomy.json"))


def parse_taxonomy(content: Any, name: str) -> Taxonomy:
    """Build a taxonomy from parsed JSON.

    :param name: the file's name, for the error message.
    :raises FramelensError: if a part is missing or an id stands twice.
    """
    try:
        taxonomy = Taxonomy(
            name=str(content["name"]),
            version=str(content["version"]),
            frames=tuple(_label(entry) for entry in content["frames"]),
            voices=tuple(_label(entry) for entry in content["voices"]),
        )
    except (KeyError, TypeError) as error:
        raise FramelensError(
            f"{name}: a taxonomy needs name, version, frames and voices, each frame and voice with an id ({error})."
        ) from None
    for kind, ids in (("frame", taxonomy.frame_ids), ("voice", taxonomy.voice_ids)):
        if not ids or len(set(ids)) != len(ids):
            raise FramelensError(f"{name}: a taxonomy needs at least one {kind}, and no {kind} id twice.")
    return taxonomy


def _label(entry: Any) -> Label:
    return Label(
        id=str(entry["id"]), title=str(entry.get("title", entry["id"])), definition=str(entry.get("definition", ""))
    )
