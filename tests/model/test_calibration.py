from __future__ import annotations

import numpy as np
import pytest

from framelens.model.calibration import calibrate, fit_calibration, fit_span_thresholds, fit_thresholds, sigmoid
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
    documents = [str(i // 2) for i in range(100)]
    calibration = Calibration((1.0,), (0.0,))
    (threshold,) = fit_thresholds(logits, present, documents, calibration)
    assert np.array_equal(calibrate(logits, calibration) >= threshold, present == 1)


def test_span_thresholds_find_the_best_token_f1() -> None:
    logits = np.array([-3.0, -2.0, -1.0, -0.9]).reshape(1, 4, 1, 1)
    labels = np.array([0.0, 0.0, 1.0, 1.0]).reshape(1, 4, 1, 1)
    (threshold,) = fit_span_thresholds(logits, labels)
    assert sigmoid(np.float32([-2.0]))[0] < threshold <= sigmoid(np.float32([-1.0]))[0]
