"""Figures of decisions on whether frames are present."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from framelens.eval.bootstrap import Floats, Resamples, ratio
from framelens.eval.ranking import rank
from framelens.eval.reliability import calibration_error


def presence_figures(
    truth: NDArray[np.bool_], p: NDArray[np.float64], said: NDArray[np.bool_], resamples: Resamples
) -> dict[str, Floats]:
    """Figures by name, each (samples,), NaN where the passages of a sample do not determine it.

    :param truth: (n,), whether the frame is there. :param said: (n,), what was decided by p.
    """
    table = np.stack([np.ones(len(p)), truth, said, truth & said, (p - truth) ** 2], axis=1)
    passages, present, predicted, both, squares = resamples.total(table)
    ranking = rank(truth, p, resamples)
    return {
        "average_precision": ranking.average_precision,
        "roc_auc": ranking.roc_auc,
        "precision": ratio(both, predicted),
        "recall": ratio(both, present),
        "f1": np.where(present > 0, ratio(2 * both, predicted + present), np.nan),
        "best_f1": ranking.best_f1,
        "best_threshold": ranking.best_threshold,
        "mcc": _mcc(passages, present, predicted, both),
        "brier": ratio(squares, passages),
        "calibration_error": calibration_error(truth, p, resamples),
        "support": present,
    }


def _mcc(passages: Floats, present: Floats, predicted: Floats, both: Floats) -> Floats:
    """Matthews' correlation coefficient (1975); 0 where all decisions are one, NaN where all truth is."""
    spread = present * (passages - present)
    scale = np.sqrt(spread * predicted * (passages - predicted))
    return np.where(spread > 0, (both * passages - predicted * present) / np.maximum(scale, 1), np.nan)
