"""Calibrated probabilities and thresholds, fitted on held-out logits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from framelens.data.taxonomy import ROLES
from framelens.model.manifest import Calibration
from framelens.model.spans import NEEDED, segments

# Inverse strength of the penalty on the scale of a calibration: hardly any.
STRENGTH = 100.0
# The least scale of a calibration.
_FLATTEST = 0.01
_SPAN_GRID = np.arange(0.1, 0.91, 0.05)


def calibrate(logits: NDArray[np.floating], calibration: Calibration) -> NDArray[np.float32]:
    """Calibrated probabilities, float32, of frame logits (n, frames)."""
    scales, offsets = (np.array(part, dtype=np.float32) for part in (calibration.scales, calibration.offsets))
    return sigmoid(logits.astype(np.float32) * scales + offsets)


def sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The logistic function, written with tanh, which does not overflow."""
    result: NDArray[np.float32] = (0.5 * (1.0 + np.tanh(0.5 * values))).astype(np.float32)
    return result


def fit_calibration(
    logits: NDArray[np.floating], present: NDArray[np.integer], strength: float = STRENGTH
) -> Calibration:
    """Fit ``sigmoid(scale * logit + offset)`` to each frame (Platt 1999).

    Where the logits rank passages no better than chance does, p is all but the share that has the frame; a scale
    below zero would turn their order round.

    :param logits: (n, frames).
    :param present: (n, frames), 1 present, 0 absent, -1 not judged.
    :param strength: inverse strength of the penalty on the scale, which draws p to the share that has the frame.
    """
    from sklearn.linear_model import LogisticRegression

    scales, offsets = [], []
    for logit, truth in zip(logits.T, present.T, strict=True):
        judged = truth >= 0
        fitted = LogisticRegression(C=strength).fit(logit[judged, None], truth[judged])
        scale, offset = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
        if scale < _FLATTEST:
            share = truth[judged].mean()
            scale, offset = _FLATTEST, float(np.log(share / (1 - share)) - _FLATTEST * logit[judged].mean())
        scales.append(round(scale, 6))
        offsets.append(round(offset, 6))
    return Calibration(tuple(scales), tuple(offsets))


def fit_thresholds(
    logits: NDArray[np.floating], present: NDArray[np.integer], calibration: Calibration
) -> tuple[float, ...]:
    """For each frame the threshold on the calibrated probability that gives the best F1 to be expected.

    :param logits: (n, frames).
    :param present: (n, frames), 1 present, 0 absent, -1 not judged; passages where a frame was not judged do not count.
    """
    probabilities = calibrate(logits, calibration)
    return tuple(round(best_threshold(p[truth >= 0]), 4) for p, truth in zip(probabilities.T, present.T, strict=True))


def best_threshold(p: NDArray[np.floating], weights: NDArray[np.floating] | None = None) -> float:
    """The threshold on calibrated probabilities with the best F1 to be expected, which is half of that F1.

    Lipton, Elkan and Naryanaswamy 2014, "Optimal Thresholding of Classifiers to Maximize F1 Measure". It asks the
    probabilities and not the labels, of which a rare frame has few: the best threshold of a sample varies far more.

    :param p: (n,), n at least 1. :param weights: (n,), what each passage counts; 1 without.
    """
    order = np.argsort(-p)
    weight = np.ones(len(p)) if weights is None else weights[order]
    present = p[order].astype(np.float64) * weight
    f1 = 2 * present.cumsum() / (weight.cumsum() + present.sum())
    return float(f1.max()) / 2


def fit_span_thresholds(logits: NDArray[np.floating], labels: NDArray[np.floating]) -> tuple[float, ...]:
    """For each role the threshold whose spans have the best token F1 over all frames.

    :param logits: (n, t, frames, roles), NaN on padding.
    :param labels: the same shape, 1, 0, or NaN where nobody marked.
    """
    thresholds = []
    for role, name in zip(range(logits.shape[-1]), ROLES, strict=False):
        counts = np.zeros((len(_SPAN_GRID), 2))
        for passage, frame in zip(*np.nonzero((labels[..., role] > 0).any(1)), strict=True):
            marked = labels[passage, :, frame, role]
            p = sigmoid(np.nan_to_num(logits[passage, :, frame, role]).astype(np.float32))
            for place, threshold in enumerate(_SPAN_GRID):
                said = np.zeros(len(p), bool)
                for first, last in segments(p, ~np.isnan(marked), float(threshold), name in NEEDED):
                    said[first:last] = True
                counts[place] += 2 * (said & (marked > 0)).sum(), said.sum() + (marked > 0).sum()
        f1 = counts[:, 0] / np.maximum(counts[:, 1], 1)
        thresholds.append(round(float(_SPAN_GRID[int(f1.argmax())]), 2) if f1.any() else 0.5)
    return tuple(thresholds)
