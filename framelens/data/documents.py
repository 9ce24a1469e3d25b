"""What reading yields: documents, and what could not be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

# Not text in any encoding, and what neither JSON consumers nor tokenizers take.
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Document:
    """A text with an id; offsets of passages and spans count its code points.

    ``meta`` holds every other field of the record it came from. ``flags`` names what limits trust in
    it: ``bad_encoding`` where the text could only partly be decoded.
    """

    id: str
    text: str
    meta: dict[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """A file or record that was not read: where it stands, why, and how it begins."""

    source: str
    position: str
    reason: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"{self.source}, {self.position}: {self.reason}" if self.position else f"{self.source}: {self.reason}"


def clean(text: str, flags: tuple[str, ...] = ()) -> tuple[str, tuple[str, ...]]:
    """Replace NUL and lone surrogates by U+FFFD, one for one so that offsets stay, and flag it."""
    replaced, count = _UNUSABLE.subn("\ufffd", text)
    return replaced, (flags if not count else tuple(dict.fromkeys((*flags, "bad_encoding"))))
