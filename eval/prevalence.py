"""How common a frame is, from hand labels of a sample and a model's probabilities of all.

Prediction-powered inference (Angelopoulos et al. 2023, Science 382) with the power-tuned lambda of PPI++ (Angelopoulos,
Duchi and Zrnic 2023), written anew since passages of one document are dependent: variances here are those of documents.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from framelens.eval.intervals import Share, wilson

# With fewer labels an interval says next to nothing; a variance by fewer documents is hardly known itself.
MIN_LABELS = 30
MIN_DOCUMENTS = 10
# What few positives say of a variance is uncertain. As in Agresti and Coull (1998), two passages with the frame and two
# without it are added, of the typical weight, of which the model knows nothing.
_ADDED = 2


@dataclass(frozen=True)
class Powered:
    """The prediction-powered share, and how it came about.

    ``tuning``: lambda, how far the predictions count; 0 gives the share of the labels alone. ``more_labels``: how many
    further labels, drawn as these were, halve the interval; None where the corpus has no such number of passages left.
    """

    share: Share
    tuning: float
    more_labels: int | None


@dataclass(frozen=True)
class Sample:
    """A corpus of N passages, n of them labelled, and one frame.

    ``p``: (N,), probabilities. ``documents``: (N,), a number for each passage's document. ``rows``: (n,), places of the
    labelled passages, none twice. ``truth``: (n,), 1 with the frame, 0 without. ``weights``: (n,), above 0, in inverse
    proportion to a passage's chance to be drawn; None for a simple random sample.
    """

    p: NDArray[np.float64]
    documents: NDArray[np.int64]
    rows: NDArray[np.intp]
    truth: NDArray[np.float64]
    weights: NDArray[np.float64] | None = None

    @cached_property
    def parts(self) -> NDArray[np.float64]:
        """(n,), the labelled passages' parts in a mean; they sum to 1."""
        weights = np.ones(len(self.rows)) if self.weights is None else self.weights
        parts: NDArray[np.float64] = weights / weights.sum()
        return parts

    @cached_property
    def rest(self) -> NDArray[np.intp]:
        """What the labelled passages are compared with: those without a label.

        Of a weighted sample they are no random sample either, so there the whole corpus takes their place.
        """
        unlabelled = np.ones(len(self.p), dtype=bool)
        if self.weights is None:
            unlabelled[self.rows] = False
        return np.flatnonzero(unlabelled)

    @cached_property
    def labelled_documents(self) -> int:
        return len(np.unique(self.documents[self.rows]))

    @cached_property
    def mean(self) -> float:
        """The share of the labels, 0 to 1."""
        return min(1.0, float(self.parts @ self.truth))

    @cached_property
    def drift(self) -> float:
        """The mean prediction on the labelled passages less that on the rest; 0 where there is no rest."""
        if not len(self.rest):
            return 0.0
        return float(self.parts @ self.p[self.rows] - self.p[self.rest].mean())

    @cached_property
    def pull(self) -> NDArray[np.float64]:
        """(N,), by how much each passage moves ``mean``."""
        pull = np.zeros(len(self.p))
        pull[self.rows] = self.parts * (self.truth - self.mean)
        return pull

    @cached_property
    def drift_pull(self) -> NDArray[np.float64]:
        """(N,), by how much each passage moves ``drift``."""
        pull = np.zeros(len(self.p))
        if len(self.rest):
            labelled, rest = self.p[self.rows], self.p[self.rest]
            pull[self.rest] = -(rest - rest.mean()) / len(rest)
            pull[self.rows] += self.parts * (labelled - self.parts @ labelled)
        return pull

    def variance(self, pull: NDArray[np.float64], fitted: int) -> float:
        """Variance of an estimate whose every passage moves it by ``pull``: by documents, at least that by passages.

        :param fitted: how many numbers were fitted to the labels.
        """
        counted = ((np.bincount(self.documents, pull), self.labelled_documents), (pull, len(self.rows)))
        return max(float(sums @ sums) * max(1, count) / max(1, count - fitted) for sums, count in counted)

    @cached_property
    def added(self) -> float:
        """Variance that the added passages bring."""
        return _ADDED * ((1 - self.mean) ** 2 + self.mean**2) * float(np.mean(self.parts**2))

    @cached_property
    def size(self) -> float:
        """How many independent labels would tell ``mean`` as exactly; where all are the same, as many as there are."""
        if self.truth.min() == self.truth.max():
            return 1 / float(self.parts @ self.parts)
        if self.weights is None:
            return float(self.mean * (1 - self.mean) / self.variance(self.pull, 1))
        # Luck decides whether a passage of great weight is among the positives.
        part = float(np.mean(self.parts**2)) ** 0.5
        total = 1 + 2 * _ADDED * part
        mean = (self.mean + _ADDED * part) / total
        return float(mean * (1 - mean) * total**2 / (self.variance(self.pull, 1) + self.added))


def labels_only(sample: Sample) -> Share:
    """The classical estimate: the share among the labelled passages, the model left aside."""
    return wilson(sample.mean, sample.size, max(1, sample.labelled_documents - 1))


def prediction_powered(sample: Sample) -> Powered:
    """The share of the labels, corrected by how far their passages' predictions lie from those on the rest.

    With lambda 1 that is the mean prediction on the rest and the mean error on the labelled passages. Lambda is
    chosen for the least variance, so that a useless model does no harm.
    """
    squares = float(sample.drift_pull @ sample.drift_pull)
    tuning = float(sample.pull @ sample.drift_pull) / squares if squares else 0.0
    value = min(1.0, max(0.0, sample.mean - tuning * sample.drift))
    alone = sample.variance(sample.pull, 1) + sample.added
    size = sample.size * alone / (sample.variance(sample.pull - tuning * sample.drift_pull, 2) + sample.added)
    share = wilson(value, size, max(1, sample.labelled_documents - 1))
    return Powered(share, tuning, _more_labels(sample, share, size))


def departure(sample: Sample) -> float:
    """By how many standard errors ``drift`` is off 0: of a random sample hardly ever 4. NaN where it cannot be told."""
    error = math.sqrt(sample.variance(sample.drift_pull, 1))
    return sample.drift / error if error else float("nan")


def _more_labels(sample: Sample, share: Share, size: float) -> int | None:
    """How many more labels halve the interval, by bisection, lambda tuned anew for each number of them."""
    within = float(sample.pull @ sample.pull)
    on_labelled = sample.parts * (sample.p[sample.rows] - sample.parts @ sample.p[sample.rows])
    both, own = float(sample.pull[sample.rows] @ on_labelled), float(on_labelled @ on_labelled)
    beside = float(np.var(sample.p[sample.rest])) / len(sample.rest) if len(sample.rest) else 0.0

    def variance(scale: float) -> float:
        """With 1 / ``scale`` times the labels; their own part of the variance shrinks, that of the rest stays."""
        spread = scale * own + beside
        return scale * within - (scale * both) ** 2 / spread if spread else scale * within

    now = variance(1.0)
    few, many = 1.0, len(sample.rows) / len(sample.p)
    freedom = max(1, sample.labelled_documents - 1)

    def half(scale: float) -> bool:
        shrunk = variance(scale) / now if now > 0 else scale
        return wilson(share.value, size / max(shrunk, 1e-12), freedom).width <= share.width / 2

    if not half(many):
        return None
    for _ in range(50):
        middle = (few + many) / 2
        few, many = (few, middle) if half(middle) else (middle, many)
    return math.ceil(len(sample.rows) / few - 1e-6) - len(sample.rows)
