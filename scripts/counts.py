"""How many passages carry which frame, in which voice."""

from __future__ import annotations

from collections import Counter

from framelens.data.records import Record
from framelens.data.taxonomy import Taxonomy


class FrameCounts:
    """Counts of passages, such as those of an article."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.passages = 0
        self.framed = 0
        self._taxonomy = taxonomy
        self._voices: Counter[tuple[str, str]] = Counter()

    def add(self, record: Record) -> None:
        self.passages += 1
        self.framed += any(result.present for result in record.frames.values())
        for frame, result in record.frames.items():
            if result.present:
                self._voices[frame, result.voice or ""] += 1

    def sentence(self) -> str:
        """Such as ``2 of 5 passages have a frame: blame 2 (1 author, 1 reported), threat 1 (author)``."""
        passages = f"{self.passages:,} passage{'' if self.passages == 1 else 's'}"
        if not self.framed:
            return f"none of {passages} has a frame"
        frames = [title for frame in self._taxonomy.frames if (title := self._frame(frame.id, frame.title))]
        return f"{self.framed:,} of {passages} {'has' if self.framed == 1 else 'have'} a frame: {', '.join(frames)}"

    def _frame(self, frame: str, title: str) -> str:
        """The frame with how often it is there, in which voices; empty where it is not."""
        total = sum(count for (counted, _), count in self._voices.items() if counted == frame)
        voices = [(voice, self._voices[frame, voice]) for voice in self._taxonomy.voice_ids]
        voices = [(voice, count) for voice, count in voices if count]
        if not total or not voices:
            # A model without a voice head says none.
            return f"{title} {total:,}" if total else ""
        only = len(voices) == 1
        return f"{title} {total:,} ({', '.join(voice if only else f'{count:,} {voice}' for voice, count in voices)})"
