"""What scoring yields: spans, frames, and the record of a passage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from framelens.data.passages import Passage


@dataclass(frozen=True)
class Span:
    """A stretch of text by code-point offsets, and the probability, 0 to 1, that its words are meant."""

    start: int
    end: int
    text: str
    p: float

    def to_dict(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "text": self.text, "p": self.p}


@dataclass(frozen=True)
class FrameResult:
    """What the model says of one frame in one passage.

    ``p`` is a calibrated probability, ``present`` whether it reaches the frame's threshold. ``voice``,
    its probability, and the spans are given where the frame is present.
    """

    p: float
    present: bool
    voice: str | None = None
    voice_p: float | None = None
    actors: tuple[Span, ...] = ()
    evidence: tuple[Span, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "p": self.p,
            "present": self.present,
            "voice": self.voice,
            "voice_p": self.voice_p,
            "actors": [span.to_dict() for span in self.actors],
            "evidence": [span.to_dict() for span in self.evidence],
        }

    def shifted(self, offset: int) -> FrameResult:
        """The same result with its spans moved by ``offset`` code points."""
        if not offset or not self.present:
            return self
        actors, evidence = (
            tuple(Span(span.start + offset, span.end + offset, span.text, span.p) for span in spans)
            for spans in (self.actors, self.evidence)
        )
        return FrameResult(self.p, self.present, self.voice, self.voice_p, actors, evidence)


@dataclass(frozen=True)
class Prediction(Mapping[str, FrameResult]):
    """The frames of one text, by frame id: ``prediction["threat_inflation"].p``."""

    frames: dict[str, FrameResult]
    truncated: bool = False

    def __getitem__(self, frame: str) -> FrameResult:
        return self.frames[frame]

    def __iter__(self) -> Iterator[str]:
        return iter(self.frames)

    def __len__(self) -> int:
        return len(self.frames)


@dataclass(frozen=True)
class Record(Mapping[str, Any]):
    """A scored passage; offsets count code points of the document's text.

    It reads as its JSON does too: ``record["frames"]["threat_inflation"]["p"]``, ``dict(record)``.
    """

    doc_id: str
    passage: int
    start: int
    end: int
    text: str
    frames: dict[str, FrameResult]
    meta: dict[str, Any]
    model: str
    flags: tuple[str, ...]

    def __getitem__(self, field: str) -> Any:
        return self.to_dict()[field]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dataclass_fields__)

    def __len__(self) -> int:
        return len(self.__dataclass_fields__)

    def to_dict(self) -> dict[str, Any]:
        """The record as plain lists and dicts, ready for JSON."""
        return {
            "doc_id": self.doc_id,
            "passage": self.passage,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "frames": {frame: result.to_dict() for frame, result in self.frames.items()},
            "meta": self.meta,
            "model": self.model,
            "flags": list(self.flags),
        }


def record_of(passage: Passage, prediction: Prediction, model: str) -> Record:
    """Join a passage with what the model says of its text."""
    return Record(
        doc_id=passage.doc_id,
        passage=passage.number,
        start=passage.start,
        end=passage.end,
        text=passage.text,
        frames={frame: result.shifted(passage.start) for frame, result in prediction.frames.items()},
        meta=passage.meta,
        model=model,
        flags=(*passage.flags, "truncated") if prediction.truncated else passage.flags,
    )
