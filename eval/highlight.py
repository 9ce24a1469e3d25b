"""A passage in parts, so that evidence can be shown where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Ranges = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Stretch:
    """A part of a passage: whether it is evidence to the annotators (``gold``), and to the model (``said``)."""

    text: str
    gold: bool = False
    said: bool = False


def stretches(text: str, gold: Ranges, said: Ranges, longest: int) -> list[Stretch]:
    """The text in order, parted where evidence begins or ends.

    :param gold: (start, end) code-point offsets, likewise ``said``; they may overlap.
    :param longest: code points to show; what is cut off becomes an ellipsis.
    """
    shown = text[:longest]
    edges = {0, len(shown)} | {min(edge, len(shown)) for span in (*gold, *said) for edge in span}
    ordered = sorted(edges)
    parts = [Stretch(shown[start:end], _inside(start, gold), _inside(start, said)) for start, end in pairwise(ordered)]
    return [*parts, Stretch(" …")] if len(text) > longest else parts


def _inside(place: int, ranges: Ranges) -> bool:
    return any(start <= place < end for start, end in ranges)
