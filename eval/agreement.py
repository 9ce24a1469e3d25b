"""How far annotators agree: Krippendorff's alpha and Cohen's kappa by frame, and the voice of shared frames."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from framelens.data.annotations import PRESENT, SCORE_TARGETS, Annotation, Judgement
from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError
from framelens.eval.bootstrap import interval, rounded

BOOTSTRAPS = 1000
SCORES = len(SCORE_TARGETS)


@dataclass(frozen=True)
class Judgements:
    """The judgements of one frame, on passages that two annotators or more judged.

    ``scores``: (annotators, passages), 0 to 3, -1 where that annotator did not judge that passage. ``voices``: of the
    same shape, indices of voices, -1 where the annotator saw no frame or gave no voice.
    """

    annotators: tuple[str, ...]
    scores: NDArray[np.int64]
    voices: NDArray[np.int64]


@dataclass(frozen=True)
class Figure:
    """A figure and its 95% interval; NaN where the judgements do not determine it."""

    value: float
    interval: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        return {"value": rounded(self.value), "interval": [rounded(bound) for bound in self.interval]}


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa (Cohen 1960) of two annotators, present against absent, on the passages that both judged."""

    annotators: tuple[str, str]
    passages: int
    value: float

    def to_dict(self) -> dict[str, Any]:
        return {"annotators": list(self.annotators), "passages": self.passages, "kappa": rounded(self.value)}


@dataclass(frozen=True)
class Agreement:
    """How far annotators agree on one frame.

    ``passages``: how many two or more judged. ``present``: alpha, nominal, of present against absent. ``score``: alpha,
    ordinal, of the scores. ``voice``: share of pairs of judgements, both with the frame and a voice, that have the same
    voice; ``pairs``: how many such pairs there are. ``kappas``: by pair of annotators.
    """

    frame: str
    passages: int
    present: Figure
    score: Figure
    voice: Figure
    pairs: int
    kappas: tuple[Kappa, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "passages": self.passages,
            "alpha_present": self.present.to_dict(),
            "alpha_score": self.score.to_dict(),
            "voice_same": self.voice.to_dict() | {"pairs": self.pairs},
            "kappa": [kappa.to_dict() for kappa in self.kappas],
        }


def agreement(annotations: Sequence[Annotation], taxonomy: Taxonomy, bootstraps: int = BOOTSTRAPS) -> list[Agreement]:
    """Agreement on each frame, with percentile intervals by bootstrap over passages (Efron and Tibshirani 1993).

    :raises FramelensError: if no passage has two annotators, or one annotator judged a passage twice.
    """
    by_passage = _by_passage(annotations)
    return [_measure(frame, judgements_of(by_passage, frame, taxonomy), bootstraps) for frame in taxonomy.frame_ids]


def _by_passage(annotations: Sequence[Annotation]) -> list[dict[str, Annotation]]:
    """The annotations of each passage by annotator."""
    passages: dict[str, dict[str, Annotation]] = {}
    for annotation in annotations:
        known = passages.setdefault(annotation.id, {})
        if annotation.annotator in known:
            by = f"annotator {annotation.annotator!r}" if annotation.annotator else "annotators without a name"
            raise FramelensError(
                f"passage {annotation.id!r} was judged twice by {by}; keep one judgement, or name each."
            )
        if any(other.text != annotation.text for other in known.values()):
            raise FramelensError(f"passage {annotation.id!r} has two different texts; give each text an id of its own.")
        known[annotation.annotator] = annotation
    if all(len(known) < 2 for known in passages.values()):
        raise FramelensError("no passage was judged by two annotators, which agreement needs; give the files of both.")
    return list(passages.values())


def judgements_of(passages: Sequence[dict[str, Annotation]], frame: str, taxonomy: Taxonomy) -> Judgements:
    """The judgements of one frame as arrays.

    :param passages: the annotations of each passage by annotator.
    """
    judged = [
        {annotator: annotation.labels[frame] for annotator, annotation in known.items() if frame in annotation.labels}
        for known in passages
    ]
    judged = [known for known in judged if len(known) > 1]
    annotators = tuple(sorted({annotator for known in judged for annotator in known}))
    shape = (len(annotators), len(judged))
    scores, voices = np.full(shape, -1), np.full(shape, -1)
    for column, known in enumerate(judged):
        for annotator, judgement in known.items():
            row = annotators.index(annotator)
            scores[row, column] = judgement.score
            voices[row, column] = _voice(judgement, taxonomy)
    return Judgements(annotators, scores, voices)


def _voice(judgement: Judgement, taxonomy: Taxonomy) -> int:
    return taxonomy.voice_ids.index(judgement.voice) if judgement.present and judgement.voice else -1


def _measure(frame: str, judgements: Judgements, bootstraps: int) -> Agreement:
    scores, voices = judgements.scores, judgements.voices
    present = np.where(scores < 0, -1, scores >= PRESENT)
    shared = counts(voices, voices.max(initial=0) + 1)
    return Agreement(
        frame=frame,
        passages=scores.shape[1],
        present=_figure(lambda rows: alpha(rows, "nominal"), counts(present, 2), bootstraps),
        score=_figure(lambda rows: alpha(rows, "ordinal"), counts(scores, SCORES), bootstraps),
        voice=_figure(same, shared, bootstraps),
        pairs=int(_pairs(shared.sum(1)).sum()),
        kappas=_kappas(judgements.annotators, present),
    )


def counts(values: NDArray[np.int64], kinds: int) -> NDArray[np.int64]:
    """How many annotators gave each value to each passage: (passages, kinds) from (annotators, passages)."""
    return np.stack([(values == kind).sum(0) for kind in range(kinds)], 1)


def alpha(value_counts: NDArray[np.int64], level: Literal["nominal", "ordinal"]) -> float:
    """Krippendorff's alpha (Krippendorff 2011): 1 perfect agreement, 0 what chance gives.

    NaN where all values are the same, since then nothing says whether annotators would have told others apart.

    :param value_counts: (passages, values), how many annotators gave which value; those of ordinal data in order.
    """
    pairable = value_counts[value_counts.sum(1) > 1]
    if (pairable.sum(0) > 0).sum() < 2:
        return float("nan")
    raters = pairable.sum(1, keepdims=True)
    # How often one value met another in the same passage, each passage weighing as many as judged it.
    met = (pairable / (raters - 1)).T @ pairable - np.diag((pairable / (raters - 1)).sum(0))
    totals = met.sum(1)
    distance = _distances(totals, level)
    expected = (np.outer(totals, totals) * distance).sum() / (totals.sum() - 1)
    return float(1 - (met * distance).sum() / expected)


def _distances(totals: NDArray[np.float64], level: Literal["nominal", "ordinal"]) -> NDArray[np.float64]:
    """Squared distances of values, (values, values); ordinal ones count how many judgements lie between."""
    if level == "nominal":
        return 1.0 - np.eye(len(totals))
    middles = np.cumsum(totals) - totals / 2
    distances: NDArray[np.float64] = (middles[:, None] - middles[None, :]) ** 2
    return distances


def same(value_counts: NDArray[np.int64]) -> float:
    """Share, 0 to 1, of pairs of annotators of a passage that gave the same value; NaN where there is no pair."""
    pairs = _pairs(value_counts.sum(1)).sum()
    return float(_pairs(value_counts).sum() / pairs) if pairs else float("nan")


def _pairs(number: NDArray[np.int64]) -> NDArray[np.int64]:
    return number * (number - 1) // 2


def _figure(measure: Callable[[NDArray[np.int64]], float], value_counts: NDArray[np.int64], bootstraps: int) -> Figure:
    rng = np.random.default_rng(0)
    passages = len(value_counts)
    draws = (rng.integers(0, passages, passages) for _ in range(bootstraps if passages else 0))
    samples = np.array([measure(value_counts[rows]) for rows in draws])
    return Figure(measure(value_counts), interval(samples))


def _kappas(annotators: Sequence[str], present: NDArray[np.int64]) -> tuple[Kappa, ...]:
    kappas = []
    for one, other in combinations(range(len(annotators)), 2):
        both = (present[one] >= 0) & (present[other] >= 0)
        if both.any():
            value = _kappa(present[one, both], present[other, both])
            kappas.append(Kappa((annotators[one], annotators[other]), int(both.sum()), value))
    return tuple(kappas)


def _kappa(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    with warnings.catch_warnings():
        # Where both say the same of everything kappa is not defined, and comes out as NaN.
        warnings.simplefilter("ignore")
        return float(cohen_kappa_score(one, other))
