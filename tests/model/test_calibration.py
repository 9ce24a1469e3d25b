from __future__ import annotations

import numpy as np
import pytest

from framelens.model.calibration import (
    best_threshold,
    calibrate,
    fit_calibration,
    fit_span_thresholds,
    fit_thresholds,
    sigmoid,
)
from framelens.model.manifest import Calibration


def test_sigmoid_does_not_overflow() -> None:
    assert sigmoid(np.float32([-1e4, 0, 1e4])).tolist() == [0.0, 0.5, 1.0]


def test_calibration_recovers_a_known_scale_and_offset() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 1))
    present = (rng.random((20_000, 1)) < sigmoid(0.5 * logits - 1)).astype(int)
    fitted = fit_calibration(logits, present)
    assert fitted.scales[0] == pytest.approx(0.5, abs=0.05)
    assert fitted.offsets[0] == pytest.approx(-1, abs=0.08)


def test_what_nobody_judged_does_not_count() -> None:
    logits = np.array([[-2.0], [-1.0], [1.0], [2.0], [50.0]])
    judged = np.array([[0], [0], [1], [1]])
    with_unknown = np.vstack([judged, [[-1]]])
    assert fit_calibration(logits, with_unknown) == fit_calibration(logits[:4], judged)


def test_the_threshold_divides_what_can_be_divided() -> None:
    rng = np.random.default_rng(0)
    logits = np.concatenate([rng.normal(-3, 0.3, 90), rng.normal(3, 0.3, 10)])[:, None]
    present = np.array([0] * 90 + [1] * 10)[:, None]
    calibration = Calibration((1.0,), (0.0,))
    (threshold,) = fit_thresholds(logits, present, calibration)
    assert np.array_equal(calibrate(logits, calibration) >= threshold, present == 1)
    unknown = np.vstack([logits, np.full((50, 1), 0.1)])
    assert fit_thresholds(unknown, np.vstack([present, np.full((50, 1), -1)]), calibration) == (threshold,)


@pytest.mark.parametrize("counts", [1, 3])
def test_the_threshold_is_the_best_for_labels_drawn_by_the_probabilities(counts: int) -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(0.5, 3, 40_000)
    weights = np.where(np.arange(len(p)) % 2, 1.0, float(counts))
    present = rng.random(len(p)) < p

    def f1(threshold: float) -> float:
        said = p >= threshold
        return float(2 * weights[said & present].sum() / (weights[said].sum() + weights[present].sum()))

    threshold = best_threshold(p, weights)
    assert f1(threshold) == pytest.approx(max(map(f1, np.arange(0.02, 1, 0.02))), abs=0.003)
    assert f1(threshold) > f1(0.5) + 0.05


def test_span_thresholds_find_the_best_token_f1() -> None:
    logits = np.array([-3.0, -2.0, -1.0, -0.9]).reshape(1, 4, 1, 1)
    labels = np.array([0.0, 0.0, 1.0, 1.0]).reshape(1, 4, 1, 1)
    (threshold,) = fit_span_thresholds(logits, labels)
    assert sigmoid(np.float32([-2.0]))[0] < threshold <= sigmoid(np.float32([-1.0]))[0]
