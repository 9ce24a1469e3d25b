"""What was counted in scored passages: documents, passages, frames and voices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from framelens.data.records import Record


@dataclass(frozen=True)
class Tally:
    """Counts that add up: of the shards of a run to those of the run.

    ``present``: passages that have the frame, by frame; ``voices``: of these, by frame and voice. A document is counted
    with its first passage, so that no ids have to be kept.
    """

    documents: int = 0
    passages: int = 0
    present: dict[str, int] = field(default_factory=dict)
    voices: dict[str, dict[str, int]] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.documents + other.documents,
            self.passages + other.passages,
            _sum(self.present, other.present),
            {
                frame: _sum(self.voices.get(frame, {}), other.voices.get(frame, {}))
                for frame in self.voices | other.voices
            },
        )


def tally(records: Iterable[Record]) -> Tally:
    """Count records."""
    documents = passages = 0
    present: Counter[str] = Counter()
    voices: dict[str, Counter[str]] = {}
    for record in records:
        passages += 1
        documents += record.passage == 0
        for frame, result in record.frames.items():
            if result.present:
                present[frame] += 1
                voices.setdefault(frame, Counter())[result.voice or ""] += 1
    return Tally(documents, passages, dict(present), {frame: dict(counts) for frame, counts in voices.items()})


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in one | other}
