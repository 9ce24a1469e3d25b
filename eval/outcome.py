"""What a model says of annotated passages beside what annotators say, as arrays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from framelens.data.annotations import Gold, GoldPassage, presence
from framelens.data.records import Span
from framelens.data.swapping import swap_actors
from framelens.data.taxonomy import ROLES
from framelens.errors import FramelensError
from framelens.model.classifier import FrameClassifier

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Outcome:
    """Predictions and gold labels of ``n`` passages.

    ``documents``: (n,), an id of each passage's document. ``p``: (n, frames), calibrated probabilities.
    ``present``: (n, frames), 1, 0, or -1 where nobody judged. ``voices`` and ``gold_voices``: (n, frames),
    indices of voices, -1 in the gold where no voice is known. ``words``: (n, frames, roles, 3), counts of
    words in both, in the prediction, and in the gold; zero where nobody marked. ``swapped``: (n, frames),
    the probabilities with the passage's actors swapped, NaN where it names none that can be.
    """

    documents: NDArray[np.str_]
    p: NDArray[np.float64]
    present: NDArray[np.int64]
    voices: NDArray[np.int64]
    gold_voices: NDArray[np.int64]
    words: NDArray[np.int64]
    swapped: NDArray[np.float64]

    def take(self, rows: NDArray[np.intp]) -> Outcome:
        """The outcome of some passages, in the given order, repetitions allowed."""
        return Outcome(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def predict_outcome(classifier: FrameClassifier, passages: Sequence[GoldPassage]) -> Outcome:
    """Run a classifier over gold passages.

    :raises FramelensError: if no passage has a frame of the classifier's.
    """
    frames, voices = classifier.frames, classifier.taxonomy.voice_ids
    if not any(frame in passage.frames for passage in passages for frame in frames):
        raise FramelensError(f"the data judge none of the model's frames ({', '.join(frames)}).")
    predictions = _asking_everything(classifier).predict([passage.text for passage in passages])
    shape = (len(passages), len(frames))
    p, present = np.zeros(shape), presence(passages, frames)
    said, gold_voices = np.full(shape, -1), np.full(shape, -1)
    words = np.zeros((*shape, len(ROLES), 3), dtype=np.int64)
    for row, (passage, prediction) in enumerate(zip(passages, predictions, strict=True)):
        for column, frame in enumerate(frames):
            result, gold = prediction[frame], passage.frames.get(frame)
            p[row, column] = result.p
            said[row, column] = voices.index(result.voice) if result.voice else -1
            if gold is not None and classifier.manifest.heads:
                if gold.present and gold.voice:
                    gold_voices[row, column] = voices.index(gold.voice)
                for role, spans in enumerate((result.actors, result.evidence)):
                    words[row, column, role] = _overlap(passage.text, spans, gold, ROLES[role])
    documents = np.array([passage.document for passage in passages])
    return Outcome(documents, p, present, said, gold_voices, words, _swapped(classifier, passages))


def _swapped(classifier: FrameClassifier, passages: Sequence[GoldPassage]) -> NDArray[np.float64]:
    """Probabilities of the passages with other actors, (n, frames); NaN where there is none to swap."""
    swapped = [swap_actors(passage.text, seed=0) for passage in passages]
    rows = [row for row, text in enumerate(swapped) if text.edits]
    p = np.full((len(passages), len(classifier.frames)), np.nan)
    if rows:
        p[rows] = classifier.predict_proba([swapped[row].text for row in rows])
    return p


def _asking_everything(classifier: FrameClassifier) -> FrameClassifier:
    """The same classifier with thresholds of zero, so that voices and spans are given for every frame."""
    thresholds = (0.0,) * len(classifier.frames)
    return FrameClassifier(classifier.model._replace(manifest=replace(classifier.manifest, thresholds=thresholds)))


def _overlap(text: str, spans: Iterable[Span], gold: Gold, role: str) -> tuple[int, int, int]:
    if not gold.present or role not in gold.spans:
        return 0, 0, 0
    predicted = _words(text, ((span.start, span.end) for span in spans))
    marked = _words(text, gold.spans[role])
    return len(predicted & marked), len(predicted), len(marked)


def _words(text: str, ranges: Iterable[tuple[int, int]]) -> set[int]:
    """Where the words of the ranges begin."""
    return {word.start() for start, end in ranges for word in _WORD.finditer(text, start, end)}
