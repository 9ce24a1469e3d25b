"""Passages one by one: what was decided, what was right, and which mistakes are the worst."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framelens.data.annotations import GoldPassage
from framelens.data.documents import clean
from framelens.eval.outcome import Outcome
from framelens.eval.system import System

FILE = "passages.jsonl"
FALSE_POSITIVE, FALSE_NEGATIVE, WRONG_VOICE = "false_positive", "false_negative", "wrong_voice"


@dataclass(frozen=True)
class Mistake:
    """A decision that is wrong. ``row`` is the passage's place; ``loss`` is -ln of the p given to what is right."""

    row: int
    kind: str
    p: float
    loss: float


def mistakes(system: System, outcome: Outcome) -> NDArray[np.str_]:
    """The kind of mistake of each decision, (n, frames): ``false_positive``, ``false_negative``, ``wrong_voice``, or
    "" where it is right or nobody judged."""
    said = outcome.p >= np.asarray(system.thresholds)
    voiced = (outcome.gold_voices >= 0) & (outcome.voices >= 0) & (outcome.voices != outcome.gold_voices)
    kinds = np.full(outcome.p.shape, "", dtype="<U16")
    kinds[(outcome.present == 1) & said & voiced] = WRONG_VOICE
    kinds[(outcome.present == 0) & said] = FALSE_POSITIVE
    kinds[(outcome.present == 1) & ~said] = FALSE_NEGATIVE
    return kinds


def worst_mistakes(system: System, outcome: Outcome, column: int, kind: str, count: int) -> list[Mistake]:
    """The wrong decisions on a frame's presence with the highest loss, the highest first.

    :param column: the frame's place in the taxonomy.
    :param kind: ``false_positive`` or ``false_negative``; where a frame is rare, the losses of one are all above those
        of the other.
    """
    p = outcome.p[:, column]
    right = np.where(outcome.present[:, column] == 1, p, 1 - p)
    rows = np.flatnonzero(mistakes(system, outcome)[:, column] == kind)
    rows = rows[np.argsort(right[rows], kind="stable")][:count]
    # p is stored to six places, so that a certain mistake has a p of 0 for what is right.
    losses = -np.log(np.maximum(right[rows], 1e-6))
    return [
        Mistake(int(row), kind, float(p[row]), round(float(loss), 2)) for row, loss in zip(rows, losses, strict=True)
    ]


def passage_rows(system: System, outcome: Outcome, passages: Sequence[GoldPassage]) -> Iterator[dict[str, Any]]:
    """What stands in ``passages.jsonl``: for each passage ``id``, ``doc_id``, ``source``, and by frame ``p``, the
    decision (``present``), ``gold`` (null: not judged), both voices, and the kind of ``error`` (null: none)."""
    said = outcome.p >= np.asarray(system.thresholds)
    kinds = mistakes(system, outcome)
    voices = (*system.taxonomy.voice_ids, None)
    for row, passage in enumerate(passages):
        frames = {}
        for column, frame in enumerate(system.taxonomy.frame_ids):
            gold, present = passage.frames.get(frame), bool(said[row, column])
            frames[frame] = {
                "p": round(float(outcome.p[row, column]), 6),
                "present": present,
                "gold": gold.present if gold else None,
                "voice": voices[outcome.voices[row, column]] if present else None,
                "gold_voice": gold.voice if gold and gold.present else None,
                "error": str(kinds[row, column]) or None,
            }
        yield {"id": passage.id, "doc_id": passage.doc_id, "source": passage.source, "frames": frames}


def save_passages(system: System, outcome: Outcome, passages: Sequence[GoldPassage], path: Path) -> None:
    """Write :func:`passage_rows` as JSONL; ids and figures, no text."""
    with path.open("w", encoding="utf-8") as stream:
        for row in passage_rows(system, outcome, passages):
            stream.write(clean(json.dumps(row, ensure_ascii=False))[0] + "\n")
