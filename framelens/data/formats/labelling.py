"""How the label names of other tools are read as judgements, and how judgements are named for them.

A label is one string. Ours are

- ``FRAME``: the frame is there (score 3); ``FRAME:0`` to ``FRAME:3``: judged, with that score
- ``FRAME:VOICE``, such as ``blame_attribution:reported``: whose voice carries it
- ``FRAME:actor``, ``FRAME:evidence``: of a stretch of text, what it is for the frame

A frame of which only a voice or a stretch is given is there, score 3. Other names are read through the user's map,
and what is not in it is left out and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from framelens.data.annotations import SCORE_TARGETS, Annotation, find_span
from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.errors import FramelensError

CLEAR = 3


@dataclass(frozen=True)
class Mark:
    """What one label says of one frame: that it is there, its score or voice, or the role of a stretch of text."""

    frame: str
    score: int | None = None
    voice: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Stretch:
    """A marked stretch of a text, in code points."""

    mark: Mark
    start: int
    end: int


class Labelling:
    """Reads label names: ours, and others by the user's map.

    :param mapping: one of our labels for each of theirs.
    :param judged: frames that the annotators judged in every record, so that one without a label for them says no.
    :raises FramelensError: if a target of the map, or a judged frame, is none of the taxonomy's.
    """

    def __init__(
        self, taxonomy: Taxonomy, mapping: Mapping[str, str] | None = None, judged: Sequence[str] = ()
    ) -> None:
        self.taxonomy = taxonomy
        self.left_out: Counter[str] = Counter()
        self._judged = judged
        self._known = {}
        for theirs, ours in (mapping or {}).items():
            mark = self._parse(ours)
            if mark is None:
                raise FramelensError(f"--map {theirs}={ours}: {ours!r} {self._no_label()}.")
            self._known[theirs] = mark
        for frame in judged:
            if frame not in taxonomy.frame_ids:
                raise FramelensError(f"--judged {frame}: the taxonomy has {', '.join(taxonomy.frame_ids)}.")

    def mark(self, label: str, general: str | None = None) -> Mark | None:
        """What a label says; None, and counted, where it says nothing here.

        :param general: a broader label that stands beside it, and is taken where the label itself is not mapped.
        """
        for name in (label, general):
            mark = None if name is None else self._known.get(name) or self._parse(name)
            if mark is not None:
                return mark
        self.left_out[label] += 1
        return None

    def labels(
        self, text: str, marks: Iterable[Mark | None], stretches: Iterable[Stretch] = (), annotated: bool = True
    ) -> dict[str, Any]:
        """Marks and stretches of one annotator on one text as the ``labels`` of annotated JSONL.

        :param annotated: whether anyone judged the text at all.
        :raises FramelensError: if two marks contradict each other, or a stretch does not lie in the text.
        """
        found: dict[str, dict[str, Any]] = {}
        for mark in filter(None, marks):
            judged = found.setdefault(mark.frame, {})
            for part in ("score", "voice"):
                _settle(mark.frame, judged, part, getattr(mark, part))
        for stretch in stretches:
            words = text[stretch.start : stretch.end] if 0 <= stretch.start < stretch.end <= len(text) else ""
            if not words.strip():
                raise FramelensError(
                    f"the span {stretch.start} to {stretch.end} holds no words of the text, "
                    f"which has {len(text)} characters"
                )
            role = stretch.mark.role or "evidence"
            found.setdefault(stretch.mark.frame, {}).setdefault(role, []).append(words)
        labels = {frame: {"score": CLEAR} | judged for frame, judged in found.items()}
        return labels | {frame: {"score": 0} for frame in self._judged if annotated and frame not in labels}

    def _parse(self, label: str) -> Mark | None:
        if label in self.taxonomy.frame_ids:
            return Mark(label)
        frame, _, part = label.rpartition(":")
        if frame not in self.taxonomy.frame_ids:
            return None
        if part in map(str, range(len(SCORE_TARGETS))):
            return Mark(frame, score=int(part))
        if part in ROLES:
            return Mark(frame, role=part)
        return Mark(frame, voice=part) if part in self.taxonomy.voice_ids else None

    def _no_label(self) -> str:
        frames = ", ".join(self.taxonomy.frame_ids)
        parts = ", ".join([*self.taxonomy.voice_ids, *ROLES])
        return f"is not one of the frames {frames}, nor one with a score :0 to :3 or one of {parts} behind a colon"


def _settle(frame: str, judged: dict[str, Any], part: str, value: Any) -> None:
    if value is not None and judged.setdefault(part, value) != value:
        raise FramelensError(f"{frame} has two {part}s, {judged[part]} and {value}, by one annotator")


def score_labels(annotation: Annotation) -> list[str]:
    """The label of each judged frame, with its score."""
    scores = {frame: judgement.score for frame, judgement in annotation.labels.items()}
    return [frame if score == CLEAR else f"{frame}:{score}" for frame, score in scores.items()]


def voice_labels(annotation: Annotation) -> list[str]:
    """The label of each voice that the annotator gave."""
    return [f"{frame}:{judgement.voice}" for frame, judgement in annotation.labels.items() if judgement.voice]


def span_labels(annotation: Annotation) -> Iterator[tuple[int, int, str]]:
    """The labels of stretches: start, end (code points), and name."""
    for frame, judgement in annotation.labels.items():
        for role in ROLES:
            for words in getattr(judgement, role) or ():
                yield *find_span(annotation.text, words), f"{frame}:{role}"
