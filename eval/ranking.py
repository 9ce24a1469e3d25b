"""Figures of a ranking, for all bootstrap samples at once, from one sort."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from framelens.eval.bootstrap import Floats, Resamples, ratio


class Ranking(NamedTuple):
    """How well p ranks passages that have a frame above those that have not; each (samples,), NaN where undetermined.

    ``best_f1`` is the best F1 that any threshold gives on these passages, ``best_threshold`` the highest p
    that gives it: what a threshold could reach, not what one chosen beforehand will.
    """

    average_precision: Floats
    roc_auc: Floats
    best_f1: Floats
    best_threshold: Floats


def rank(truth: NDArray[np.bool_], p: NDArray[np.float64], resamples: Resamples) -> Ranking:
    """Average precision, area under the ROC curve and best F1, as scikit-learn defines them, ties included.

    Recall rises only at the p of a passage that has the frame, and so all three are determined at those.

    :param truth: (n,). :param p: (n,), in any range.
    """
    cuts = -np.unique(-p[truth])
    if not len(cuts):
        return Ranking(*np.full((4, resamples.weights.shape[1]), np.nan))
    # The first cut, from the top, that a passage reaches; those below the last belong to none.
    place = np.searchsorted(-cuts, -p)
    tied = ~truth & np.isin(p, cuts)

    def counts(rows: NDArray[Any]) -> Floats:
        return resamples.of(rows).grouped(place[rows], len(cuts) + 1)

    found, others = counts(truth)[:-1], counts(~truth)
    hits, misses = found.cumsum(0), others.cumsum(0)
    with_frame, without = hits[-1], misses[-1]
    said = hits + misses[:-1]
    precision = hits / np.maximum(said, 1)
    outranked = (found * (misses[:-1] - counts(tied)[:-1] / 2)).sum(0)
    f1 = 2 * hits / np.maximum(said + with_frame, 1)
    best = f1.argmax(0)
    known = with_frame > 0
    return Ranking(
        average_precision=ratio((found * precision).sum(0), with_frame),
        roc_auc=1 - ratio(outranked, with_frame * without),
        best_f1=np.where(known, f1.max(0), np.nan),
        best_threshold=np.where(known, cuts[best], np.nan),
    )
