"""One passage of each frame for the top of the page, so that a reader sees at once what is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framelens.data.records import Record
from framelens.eval.report.names import key_of
from framelens.eval.report.visible import plain

# Code points of evidence that are shown.
_LONGEST = 220


@dataclass(frozen=True)
class Quote:
    """Evidence of a frame: where it stands (``anchor``, ``title``), whose voice (by number), how sure the model is."""

    text: str
    anchor: str
    title: str
    voice: int
    p: float


class Surest:
    """Of the passages of the page, for each frame and actor, and for each frame, the one with the highest p."""

    def __init__(self) -> None:
        self._best: dict[tuple[str, str | None], Quote] = {}

    def add(self, record: Record, anchor: str, title: str, voices: Sequence[int]) -> None:
        """Take a record into account.

        :param voices: the numbers of the voices of its present frames, in their order.
        """
        present = [(frame, result) for frame, result in record.frames.items() if result.present]
        for (frame, result), voice in zip(present, voices, strict=True):
            if not result.evidence:
                continue
            words = max(result.evidence, key=lambda span: len(span.text)).text
            quote = Quote(plain(words, _LONGEST), anchor, title, voice, result.p)
            for key in (None, *{key_of(span.text) for span in result.actors}):
                best = self._best.get((frame, key))
                if best is None or quote.p > best.p:
                    self._best[frame, key] = quote

    def of(self, frame: str, actor: str | None = None) -> Quote | None:
        """The surest passage of a frame on the page, or the surest that names this actor."""
        return self._best.get((frame, actor))
