"""Bootstrap over documents, all samples at once.

A sample is how often each document stands in it, so that a sum over its passages is a row of numbers
times a column of counts, and the sums of all samples are one matrix product.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

BOOTSTRAPS = 1000
# Passages times samples that are held at once: 32 MB a table.
_BLOCK = 4_000_000

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Resamples:
    """Samples of the documents of ``n`` passages.

    ``documents``: (n,), the number of each passage's document. ``weights``: (documents, samples), how often
    a document stands in a sample.
    """

    documents: NDArray[np.intp]
    weights: Floats

    def of(self, rows: NDArray[Any]) -> Resamples:
        """The same samples for some of the passages, by mask or by number, repetitions allowed."""
        return Resamples(self.documents[rows], self.weights)

    def total(self, values: NDArray[Any]) -> Floats:
        """Sums over the passages of each sample.

        :param values: (n, k).
        :returns: (k, samples).
        """
        n = len(self.documents)
        members = csr_array((np.ones(n), (self.documents, np.arange(n))), shape=(len(self.weights), n))
        sums: Floats = (members @ values.astype(np.float64)).T @ self.weights
        return sums

    def grouped(self, groups: NDArray[np.intp], size: int, values: NDArray[Any] | None = None) -> Floats:
        """Sums over the passages of each group in each sample.

        :param groups: (n,), numbers below ``size``.
        :param values: (n,), what is summed; without it, passages are counted.
        :returns: (size, samples).
        """
        summed = np.ones(len(groups)) if values is None else values.astype(np.float64)
        sums: Floats = csr_array((summed, (groups, self.documents)), shape=(size, len(self.weights))) @ self.weights
        return sums


def once(documents: NDArray[np.str_]) -> Resamples:
    """The data as they are, as the only sample.

    :param documents: (n,), an id of each passage's document.
    """
    names, numbers = np.unique(documents, return_inverse=True)
    return Resamples(numbers, np.ones((len(names), 1)))


def draw(documents: NDArray[np.str_], bootstraps: int = BOOTSTRAPS, seed: int = 0) -> Iterator[Resamples]:
    """Bootstrap samples, in blocks that fit in memory; the same for the same documents and seed.

    As many documents as there are, with replacement (Efron and Tibshirani 1993): passages of one document
    are alike, so that it is documents that must be drawn.
    """
    names, numbers = np.unique(documents, return_inverse=True)
    rng = np.random.default_rng(seed)
    block = max(1, _BLOCK // max(1, len(documents)))
    for start in range(0, bootstraps, block):
        size = min(block, bootstraps - start)
        counts = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=size)
        yield Resamples(numbers, np.ascontiguousarray(counts.T, dtype=np.float64))


def interval(values: Floats) -> tuple[float, float]:
    """The 95% percentile interval of a figure over samples, those that do not determine it left out."""
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def mean(values: NDArray[Any], documents: NDArray[np.str_]) -> dict[str, Any]:
    """The mean of a value of each passage as JSON holds a figure: ``value`` and its 95% ``interval``, null for none.

    :param values: (n,).
    :param documents: (n,), an id of each passage's document.
    """
    if not len(values):
        return {"value": None, "interval": [None, None]}
    table = np.stack([values, np.ones(len(values))], 1)
    samples = np.concatenate([ratio(*block.total(table)) for block in draw(documents)])
    return {"value": rounded(float(np.mean(values))), "interval": [rounded(bound) for bound in interval(samples)]}


def rounded(value: float) -> float | None:
    """A figure as JSON holds it: to four places, null for NaN."""
    return None if math.isnan(value) else round(value, 4)


def ratio(part: Floats, whole: Floats) -> Floats:
    """Part by whole, NaN where the whole is nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole == 0, np.nan, part / whole)
