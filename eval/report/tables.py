"""The survey as rows of figures, which charts draw and tables say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framelens.eval.intervals import Share
from framelens.eval.report.names import NOBODY, PRONOUN
from framelens.eval.report.shares import share
from framelens.eval.report.survey import Groups, Survey


@dataclass(frozen=True)
class Row:
    """How common a frame is in a part of the corpus.

    ``found``: how many passages have it, ``by_voice``: how many in each voice. ``share``: with its interval;
    ``voice_shares``: of all passages, likewise.
    """

    name: str
    frame: str
    passages: int
    documents: int
    found: int
    by_voice: tuple[int, ...]
    share: Share
    voice_shares: tuple[Share, ...]


@dataclass(frozen=True)
class ActorRow:
    """An actor of a frame: how many passages, and how many in each voice. ``key`` tells actors apart."""

    key: str
    name: str
    found: int
    by_voice: tuple[int, ...]

    @property
    def named(self) -> bool:
        return self.key not in (PRONOUN, NOBODY)


def frame_rows(survey: Survey, voices: Sequence[str]) -> list[Row]:
    """A row for each frame in the whole corpus."""
    everything = np.ones(len(survey.passages), dtype=bool)
    return [_row(survey, voices, frame, "", everything) for frame in survey.frames]


def group_rows(survey: Survey, voices: Sequence[str], groups: Groups) -> dict[str, list[Row]]:
    """By frame, a row for each group in the groups' order."""
    return {
        frame: [_row(survey, voices, frame, name, groups.of_cell == number) for number, name in enumerate(groups.names)]
        for frame in survey.frames
    }


def _row(survey: Survey, voices: Sequence[str], frame: str, name: str, members: NDArray[np.bool_]) -> Row:
    cells = np.flatnonzero(members)
    document_of_cell = np.array([document for document, _ in survey.cells])
    documents, place = np.unique(document_of_cell[cells], return_inverse=True)

    def by_document(values: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(place, values[cells], len(documents)).astype(np.int64)

    passages = by_document(np.array(survey.passages))
    found = {voice: by_document(_dense(survey.found.get((frame, voice)), len(survey.passages))) for voice in voices}
    total = np.sum(list(found.values()), axis=0)
    return Row(
        name=name,
        frame=frame,
        passages=int(passages.sum()),
        documents=len(documents),
        found=int(total.sum()),
        by_voice=tuple(int(counts.sum()) for counts in found.values()),
        share=share(total, passages),
        voice_shares=tuple(share(counts, passages) for counts in found.values()),
    )


def _dense(counts: Counter[int] | None, size: int) -> NDArray[np.int64]:
    dense = np.zeros(size, dtype=np.int64)
    for cell, count in (counts or {}).items():
        dense[cell] = count
    return dense


def actor_rows(survey: Survey, voices: Sequence[str], frame: str) -> list[ActorRow]:
    """The actors of a frame, the most frequent first; pronouns and passages that name nobody last."""
    totals: Counter[str] = Counter()
    for (actor, _), count in survey.actors[frame].items():
        totals[actor] += count
    rows = [
        ActorRow(
            key=actor,
            name=survey.name(actor) if actor not in (PRONOUN, NOBODY) else "",
            found=count,
            by_voice=tuple(survey.actors[frame][actor, voice] for voice in voices),
        )
        for actor, count in totals.items()
    ]
    return sorted(rows, key=lambda row: (not row.named, -row.found, row.name.casefold()))
