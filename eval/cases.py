"""Which passages a behavioural test is tried on, how they are edited, and of which frames something is expected."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framelens.data.annotations import GoldPassage
from framelens.data.taxonomy import Taxonomy
from framelens.eval.negation import negated

# The voices of the codebook that the tests of voice know.
AUTHOR, REPORTED, REBUTTED = "author", "reported", "rebutted"
SEED = 0
# How many failures of a test are kept.
EXAMPLES = 5

Perturb = Callable[[str, random.Random], str | None]


@dataclass(frozen=True)
class Answers:
    """What a model says of ``n`` texts. ``p``: (n, frames); ``present``: (n, frames), its decisions; ``voices``:
    (n, frames), indices of voices, -1 where the frame is not present or the model says none."""

    p: NDArray[np.float64]
    present: NDArray[np.bool_]
    voices: NDArray[np.int64]

    def of(self, rows: NDArray[np.intp]) -> Answers:
        """The answers of some texts, by number."""
        return Answers(self.p[rows], self.present[rows], self.voices[rows])


@dataclass(frozen=True)
class Cases:
    """Edited passages. ``rows``: (n,), their numbers among the passages; ``texts``: n; ``asked``: (n, frames), of which
    frames something is expected."""

    rows: NDArray[np.intp]
    texts: list[str]
    asked: NDArray[np.bool_]


@dataclass(frozen=True)
class Tried:
    """What tests choose their cases from: gold passages, an id of each one's document, (n,), what the model says of
    them, and its frames and voices."""

    passages: Sequence[GoldPassage]
    documents: NDArray[np.str_]
    answers: Answers
    taxonomy: Taxonomy


def everywhere(name: str, perturb: Perturb, tried: Tried) -> Cases:
    """Every passage that the edit applies to; something is expected of all frames."""
    return _edited(name, perturb, tried, np.ones(tried.answers.p.shape, dtype=bool))


def where_the_author_speaks(name: str, perturb: Perturb, tried: Tried) -> Cases:
    """Passages with a frame in the author's voice, by gold and model alike; something is expected of that frame."""
    asked = np.zeros(tried.answers.p.shape, dtype=bool)
    if AUTHOR in tried.taxonomy.voice_ids:
        asked = tried.answers.voices == tried.taxonomy.voice_ids.index(AUTHOR)
    for row, passage in enumerate(tried.passages):
        for column, frame in enumerate(tried.taxonomy.frame_ids):
            gold = passage.frames.get(frame)
            asked[row, column] &= gold is not None and gold.present and gold.voice == AUTHOR
    return _edited(name, perturb, tried, asked)


def where_evidence_is_negated(tried: Tried) -> Cases:
    """Passages with the verb of a present frame's gold evidence negated; something is expected of that frame.

    Not where the frame is rebutted: a rebuttal of the opposite may well bring it in.
    """
    rows, texts, asked = [], [], []
    for row, passage in enumerate(tried.passages):
        edits: dict[str, list[int]] = {}
        for column, frame in enumerate(tried.taxonomy.frame_ids):
            gold = passage.frames.get(frame)
            if gold is None or not gold.present or gold.voice == REBUTTED:
                continue
            found = (negated(passage.text, start, end) for start, end in gold.spans.get("evidence", ()))
            text = next((text for text in found if text is not None), None)
            if text is not None:
                edits.setdefault(text, []).append(column)
        for text, columns in edits.items():
            rows.append(row)
            texts.append(text)
            asked.append(np.isin(np.arange(len(tried.taxonomy.frames)), columns))
    return _cases(rows, texts, asked, tried)


def _edited(name: str, perturb: Perturb, tried: Tried, asked: NDArray[np.bool_]) -> Cases:
    rows, texts = [], []
    for row in np.flatnonzero(asked.any(1)).tolist():
        text = tried.passages[row].text
        # Of each text the same is made wherever it stands.
        edited = perturb(text, random.Random(f"{SEED} {name} {text}"))
        if edited is not None:
            rows.append(row)
            texts.append(edited)
    return _cases(rows, texts, list(asked[rows]), tried)


def _cases(rows: list[int], texts: list[str], asked: list[NDArray[np.bool_]], tried: Tried) -> Cases:
    mask = np.array(asked, dtype=bool).reshape(len(rows), len(tried.taxonomy.frames))
    return Cases(np.array(rows, dtype=np.intp), texts, mask)


def worst(failing: NDArray[np.bool_], difference: NDArray[np.float64]) -> list[int]:
    """The :data:`EXAMPLES` cases that fail in which the failing p has moved furthest, that one first.

    :param failing: (n, frames).
    :param difference: (n, frames), of p.
    """
    moved = np.where(failing, np.abs(difference), -1.0).max(1, initial=-1.0)
    return [int(case) for case in np.argsort(-moved, kind="stable") if failing[case].any()][:EXAMPLES]


def failure(
    id: str, texts: Sequence[tuple[str, Answers, int]], failing: NDArray[np.bool_], taxonomy: Taxonomy
) -> dict[str, Any]:
    """A failure as JSON holds it: ``id``, the ``frames`` that fail, and ``texts``, each with ``p``, ``present`` and
    ``voice`` of these frames; the voice is null where the frame is not present.

    :param texts: each with answers, and its number among them.
    :param failing: (frames,).
    """
    columns = np.flatnonzero(failing)
    frames = [taxonomy.frame_ids[column] for column in columns]
    voices = (*taxonomy.voice_ids, None)
    shown = []
    for text, answers, row in texts:
        p, present, voice = answers.p[row, columns], answers.present[row, columns], answers.voices[row, columns]
        found: dict[str, list[Any]] = {
            "p": [round(float(value), 4) for value in p],
            "present": [bool(value) for value in present],
            "voice": [voices[index] for index in voice],
        }
        shown.append({"text": text} | {name: dict(zip(frames, each, strict=True)) for name, each in found.items()})
    return {"id": id, "frames": frames, "texts": shown}
