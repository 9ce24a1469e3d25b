"""The share of passages that a model labels, with an interval that knows that passages of one document are alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from framelens.eval.intervals import Share, wilson
from framelens.eval.prevalence import MIN_DOCUMENTS


def share(found: NDArray[np.int64], passages: NDArray[np.int64]) -> Share:
    """The share of passages that have a label, with its 95% interval.

    The variance is that of the documents, and at least that of as many independent passages; by it Wilson's interval
    gets its effective size (Dean and Pagano 2015). Fewer than ten documents have no variance worth the name: of them
    passages count as independent, and the interval holds for these documents only.

    :param found: (documents,), how many passages of each have the label.
    :param passages: (documents,), how many passages each has, at least one.
    """
    total, count = int(passages.sum()), len(passages)
    value = int(found.sum()) / total
    alone = value * (1 - value) / max(1, total - 1)
    if alone == 0:
        return wilson(value, total, max(1, total - 1))
    if count < MIN_DOCUMENTS:
        return wilson(value, total, max(1, total - 1))
    pull = (found - value * passages) / total
    variance = max(alone, float(pull @ pull) * count / (count - 1))
    return wilson(value, value * (1 - value) / variance, count - 1)
