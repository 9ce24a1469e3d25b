"""Whether p means what it says: calibration by bins."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from framelens.eval.bootstrap import BOOTSTRAPS, Floats, Resamples, draw, interval, ratio

BINS = 10


def calibration_error(truth: NDArray[np.bool_], p: NDArray[np.float64], resamples: Resamples) -> Floats:
    """Expected calibration error over ten bins of equal width (Naeini et al. 2015); (samples,)."""
    gaps = resamples.grouped(_bins(p), BINS, truth - p)
    return ratio(np.abs(gaps).sum(0), resamples.grouped(_bins(p), BINS).sum(0))


def reliability(
    truth: NDArray[np.bool_], p: NDArray[np.float64], documents: NDArray[np.str_], bootstraps: int = BOOTSTRAPS
) -> list[dict[str, Any]]:
    """For each bin that holds passages: how many, their mean ``p``, and the share ``found`` to have the frame with its
    95% ``interval``."""
    if not len(p):
        return []
    bins, shares = _bins(p), []
    for block in draw(documents, bootstraps):
        shares.append(ratio(block.grouped(bins, BINS, truth), block.grouped(bins, BINS)))
    ranges = np.concatenate(shares, axis=1)
    return [
        {
            "passages": int((bins == b).sum()),
            "p": round(float(p[bins == b].mean()), 4),
            "found": round(float(truth[bins == b].mean()), 4),
            "interval": [round(bound, 4) for bound in interval(ranges[b])],
        }
        for b in np.unique(bins)
    ]


def _bins(p: NDArray[np.float64]) -> NDArray[np.intp]:
    """The bin of each p, 0 to 9; a p of 1 is in the last."""
    return np.minimum((p * BINS).astype(np.intp), BINS - 1)
