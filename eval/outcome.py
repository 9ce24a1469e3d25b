"""What a model says of annotated passages beside what annotators say, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from framelens.data.annotations import GoldPassage, presence
from framelens.data.swapping import swap_actors
from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.errors import FramelensError
from framelens.eval.faithfulness import erased_probabilities
from framelens.eval.overlap import span_overlap, word_overlap
from framelens.model.classifier import FrameClassifier


@dataclass(frozen=True)
class Outcome:
    """Predictions and gold labels of ``n`` passages.

    ``documents``: (n,), an id of each passage's document. ``p``: (n, frames), calibrated probabilities.
    ``present``: (n, frames), 1, 0, or -1 where nobody judged. ``voices`` and ``gold_voices``: (n, frames),
    indices of voices, -1 where the system or the gold says none. ``words``: (n, frames, roles, 3), counts of
    words in both, in the prediction, and in the gold; ``spans``: (n, frames, roles, 4), counts of predicted
    spans that lie on a gold one, predicted, gold that lie on a predicted one, and gold; zero where nobody
    marked. ``swapped``: (n, frames), the probabilities with the passage's actors swapped, NaN where it names
    none that can be. ``erased``: (n, frames, 2), p without the predicted evidence and with nothing but it, NaN
    where the frame is not predicted present. Both are NaN too where that was not tried. ``evidence``: (n, frames), the
    predicted evidence as tuples of (start, end) code-point offsets, whether the frame is predicted present or not.
    """

    documents: NDArray[np.str_]
    p: NDArray[np.float64]
    present: NDArray[np.int64]
    voices: NDArray[np.int64]
    gold_voices: NDArray[np.int64]
    words: NDArray[np.int64]
    spans: NDArray[np.int64]
    swapped: NDArray[np.float64]
    erased: NDArray[np.float64]
    evidence: NDArray[np.object_]

    @classmethod
    def of_presence(cls, passages: Sequence[GoldPassage], p: NDArray[np.floating], taxonomy: Taxonomy) -> Outcome:
        """The outcome of a system that says whether frames are present, and nothing about voices and words.

        :param p: (n, frames).
        """
        evidence = np.empty(p.shape, dtype=object)
        evidence.fill(())
        return cls(
            documents=np.array([passage.document for passage in passages], dtype=np.str_),
            p=p.astype(np.float64),
            present=presence(passages, taxonomy.frame_ids),
            voices=np.full(p.shape, -1),
            gold_voices=_gold_voices(passages, taxonomy),
            words=np.zeros((*p.shape, len(ROLES), 3), dtype=np.int64),
            spans=np.zeros((*p.shape, len(ROLES), 4), dtype=np.int64),
            swapped=np.full(p.shape, np.nan),
            erased=np.full((*p.shape, 2), np.nan),
            evidence=evidence,
        )

    def take(self, rows: NDArray[np.intp]) -> Outcome:
        """The outcome of some passages, in the given order, repetitions allowed."""
        return Outcome(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def predict_outcome(
    classifier: FrameClassifier, passages: Sequence[GoldPassage], rescored: int | None = None
) -> Outcome:
    """Run a classifier over gold passages, over these with other actors, and with and without their evidence.

    :param rescored: of how many passages, about, ``swapped`` and ``erased`` are wanted, which cost as much as all else:
        those of documents at random, the same for the same passages. None for all.
    :raises FramelensError: if no passage has a frame of the classifier's.
    """
    frames, voices = classifier.frames, classifier.taxonomy.voice_ids
    if not any(frame in passage.frames for passage in passages for frame in frames):
        raise FramelensError(f"the data judge none of the model's frames ({', '.join(frames)}).")
    texts = [passage.text for passage in passages]
    predictions = _asking_everything(classifier).predict(texts)
    p = np.array([[prediction[frame].p for frame in frames] for prediction in predictions])
    outcome = Outcome.of_presence(passages, p, classifier.taxonomy)
    for row, (passage, prediction) in enumerate(zip(passages, predictions, strict=True)):
        for column, frame in enumerate(frames):
            result, gold = prediction[frame], passage.frames.get(frame)
            ranges = [tuple((span.start, span.end) for span in spans) for spans in (result.actors, result.evidence)]
            outcome.voices[row, column] = voices.index(result.voice) if result.voice else -1
            outcome.evidence[row, column] = ranges[ROLES.index("evidence")]
            if gold is None or not gold.present or not classifier.manifest.heads:
                continue
            for role, name in enumerate(ROLES):
                if name in gold.spans:
                    outcome.words[row, column, role] = word_overlap(passage.text, ranges[role], gold.spans[name])
                    outcome.spans[row, column, role] = span_overlap(passage.text, ranges[role], gold.spans[name])
    rows = _some(outcome.documents, rescored)
    some = [texts[row] for row in rows]
    outcome.swapped[rows] = _swapped(classifier, some)
    outcome.erased[rows] = erased_probabilities(classifier, some, outcome.p[rows], outcome.evidence[rows])
    return outcome


def _some(documents: NDArray[np.str_], count: int | None, seed: int = 0) -> NDArray[np.intp]:
    """Rows of whole documents at random, ``count`` or a few more; all where there are no more, or None is asked."""
    if count is None or count >= len(documents):
        return np.arange(len(documents))
    names, numbers, sizes = np.unique(documents, return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(names))
    taken = order[: int(np.searchsorted(np.cumsum(sizes[order]), count)) + 1]
    return np.flatnonzero(np.isin(numbers, taken))


def _gold_voices(passages: Sequence[GoldPassage], taxonomy: Taxonomy) -> NDArray[np.int64]:
    found = np.full((len(passages), len(taxonomy.frames)), -1, dtype=np.int64)
    for row, passage in enumerate(passages):
        for column, frame in enumerate(taxonomy.frame_ids):
            gold = passage.frames.get(frame)
            if gold is not None and gold.present and gold.voice:
                found[row, column] = taxonomy.voice_ids.index(gold.voice)
    return found


def _swapped(classifier: FrameClassifier, texts: Sequence[str]) -> NDArray[np.float64]:
    """Probabilities of the texts with other actors, (n, frames); NaN where there is none to swap."""
    swapped = [swap_actors(text, seed=0) for text in texts]
    rows = [row for row, text in enumerate(swapped) if text.edits]
    p = np.full((len(texts), len(classifier.frames)), np.nan)
    if rows:
        p[rows] = classifier.predict_proba([swapped[row].text for row in rows])
    return p


def _asking_everything(classifier: FrameClassifier) -> FrameClassifier:
    """The same classifier with thresholds of zero, so that voices and spans are given for every frame."""
    thresholds = (0.0,) * len(classifier.frames)
    return FrameClassifier(classifier.model._replace(manifest=replace(classifier.manifest, thresholds=thresholds)))
