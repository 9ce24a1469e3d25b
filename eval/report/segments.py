"""A passage in parts, cut wherever a span begins or ends, so that spans may overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from framelens.data.records import Record


@dataclass(frozen=True)
class Mark:
    """What a part of a passage is: the ``evidence`` or an ``actor`` of a frame, by number, with probability ``p``."""

    role: str
    frame: int
    p: float


@dataclass(frozen=True)
class Segment:
    """A part of a passage, with evidence before actors and frames in order among its marks."""

    text: str
    marks: tuple[Mark, ...] = ()


def segments(record: Record, frames: Sequence[str]) -> list[Segment]:
    """The text of a record in order, with the marks of the frames that are present; joined, it is the text."""
    spans = [
        (span.start - record.start, span.end - record.start, Mark(role, number, span.p))
        for role in ("evidence", "actor")
        for number, frame in enumerate(frames)
        if (result := record.frames[frame]).present
        for span in (result.evidence if role == "evidence" else result.actors)
    ]
    edges = {0, len(record.text)} | {edge for start, end, _ in spans for edge in (start, end)}
    return [Segment(record.text[start:end], _marks(spans, start, end)) for start, end in pairwise(sorted(edges))]


def _marks(spans: Sequence[tuple[int, int, Mark]], start: int, end: int) -> tuple[Mark, ...]:
    """One mark a role and frame, where spans of the same kind overlap that of the first."""
    found: dict[tuple[str, int], Mark] = {}
    for first, last, mark in spans:
        if first <= start and end <= last:
            found.setdefault((mark.role, mark.frame), mark)
    return tuple(found.values())
