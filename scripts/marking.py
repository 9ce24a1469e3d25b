"""A passage on a terminal, with its evidence and its actors marked."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from rich.text import Text

from framelens.data.records import Record, Span
from framelens.scripts.exits import printable

# Frames differ in colour and, for those who see none, in weight, slant and line; all evidence is underlined.
FRAMES = (
    ("red", "bold underline"),
    ("green", "italic underline"),
    ("yellow", "underline"),
    ("cyan", "bold italic underline"),
    ("magenta", "underline2"),
)
ACTOR = "reverse"
# Where a terminal has no styles.
EVIDENCE_MARKS, ACTOR_MARKS = ("«", "»"), ("[", "]")


class Marks(NamedTuple):
    """How the words of a frame are set: Rich styles."""

    evidence: str
    actor: str


class _Stretch(NamedTuple):
    """Words to mark, by offsets in the passage; of two that are equal, the evidence is the outer one."""

    start: int
    end: int
    inner: bool
    marks: tuple[str, str]


def marks_of(frames: Iterable[str]) -> dict[str, Marks]:
    """The styles of each frame, in the taxonomy's order; a sixth frame begins anew."""
    pairs = ((frame, FRAMES[index % len(FRAMES)]) for index, frame in enumerate(frames))
    return {frame: Marks(f"{line} {colour}", f"{ACTOR} {colour}") for frame, (colour, line) in pairs}


def styled(record: Record, marks: dict[str, Marks]) -> Text:
    """The passage with the words of its frames in their styles; dim where it has no frame."""
    framed = [(marks[frame], result) for frame, result in record.frames.items() if result.present]
    # Where two frames share words, the likelier one is seen.
    framed.sort(key=lambda pair: pair[1].p)
    text = Text(printable(record.text), style="" if framed else "dim")
    for mark, result in framed:
        for span in result.evidence:
            text.stylize(mark.evidence, *_within(record, span))
    for mark, result in framed:
        for span in result.actors:
            text.stylize(mark.actor, *_within(record, span))
    return text


def plain(record: Record) -> Text:
    """The passage with evidence in «…» and actors in […], for a terminal without styles."""
    text, pieces, done = printable(record.text), [], 0
    for place, mark in _marks(_stretches(record)):
        pieces += [text[done:place], mark]
        done = place
    return Text("".join([*pieces, text[done:]]))


def _stretches(record: Record) -> set[_Stretch]:
    """What is to be marked, each stretch once, also where it is the evidence of two frames."""
    results = record.frames.values()
    evidence = chain.from_iterable(result.evidence for result in results)
    actors = chain.from_iterable(result.actors for result in results)
    found = {_Stretch(*_within(record, span), False, EVIDENCE_MARKS) for span in evidence}
    return found | {_Stretch(*_within(record, span), True, ACTOR_MARKS) for span in actors}


def _marks(stretches: Iterable[_Stretch]) -> Iterable[tuple[int, str]]:
    """Where which mark goes: at one place first what ends there, the inner before the outer, then what begins."""
    found = []
    for stretch in stretches:
        length = stretch.end - stretch.start
        found.append((stretch.end, 0, length, not stretch.inner, stretch.marks[1]))
        found.append((stretch.start, 1, -length, stretch.inner, stretch.marks[0]))
    return [(place, mark) for place, *_, mark in sorted(found)]


def _within(record: Record, span: Span) -> tuple[int, int]:
    return span.start - record.start, span.end - record.start
