"""The adjusted count: how many passages a classifier calls, corrected for how often it is wrong.

Rogan and Gladen (1978, American Journal of Epidemiology 107); in text classification Forman (2008, Data Mining and
Knowledge Discovery 17).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framelens.eval.intervals import LEVEL, Share

BOOTSTRAPS = 1000


@dataclass(frozen=True)
class Rates:
    """How often a classifier calls passages with the frame and without it.

    ``sensitivity`` and ``false_alarms``: (1 + bootstraps,), 0 to 1; first those of the labelled sample, then those of
    samples drawn from it. NaN where there is no passage to tell by.
    """

    sensitivity: NDArray[np.float64]
    false_alarms: NDArray[np.float64]


def rates(
    truth: NDArray[np.float64],
    said: NDArray[np.bool_],
    documents: NDArray[np.int64],
    parts: NDArray[np.float64],
    rng: np.random.Generator,
    bootstraps: int = BOOTSTRAPS,
) -> Rates:
    """Sensitivity and false alarms on labelled passages, with a bootstrap over documents.

    :param truth: (n,), 1 with the frame, 0 without.
    :param said: (n,), whether the classifier calls it present.
    :param documents: (n,), a number for each passage's document.
    :param parts: (n,), the passages' weights.
    """
    _, document = np.unique(documents, return_inverse=True)
    cells = (truth * said, truth, (1 - truth) * said, 1 - truth)
    sums = np.stack([np.bincount(document, parts * cell) for cell in cells], 1)
    draws = rng.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), bootstraps)
    called, present, false, absent = np.concatenate([np.ones((1, len(sums))), draws]).dot(sums).T
    with np.errstate(invalid="ignore"):
        return Rates(called / present, false / absent)


def adjusted_count(raw: float, error: float, rates: Rates, rng: np.random.Generator) -> Share | None:
    """The share that gives ``raw`` at these rates, clipped to 0 and 1, with a 95% percentile interval.

    :param raw: share of passages called present, 0 to 1.
    :param error: standard error of ``raw``.
    :returns: None where the rates do not tell, since one is unknown or no better than chance; the interval is 0 to 1
        where more than a twentieth of the bootstrap samples do not tell.
    """
    raws = raw + error * np.concatenate([[0.0], rng.standard_normal(len(rates.sensitivity) - 1)])
    edge = rates.sensitivity - rates.false_alarms
    tells = edge > 0
    if not tells[0]:
        return None
    shares = np.clip((raws[tells] - rates.false_alarms[tells]) / edge[tells], 0, 1)
    if tells[1:].mean() < LEVEL:
        return Share(float(shares[0]), 0.0, 1.0)
    low, high = np.percentile(shares[1:], [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return Share(float(shares[0]), float(low), float(high))
