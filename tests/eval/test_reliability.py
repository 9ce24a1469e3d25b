from __future__ import annotations

import math

import numpy as np
import pytest

from framelens.eval.bootstrap import draw, once
from framelens.eval.reliability import calibration_error, reliability


def error(truth: np.ndarray, p: np.ndarray) -> float:
    return float(calibration_error(truth, p, once(np.arange(len(p)).astype(str)))[0])


def test_calibrated_probabilities_have_a_small_error_and_others_a_large_one() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(20_000)
    truth = rng.random(20_000) < p
    assert error(truth, p) < 0.02
    assert error(truth, np.clip(p + 0.3, 0, 1)) > 0.2


def test_the_error_is_the_mean_gap_of_bins_by_hand() -> None:
    p, truth = np.array([0.1, 0.15, 0.95, 1.0]), np.array([False, True, True, True])
    assert error(truth, p) == pytest.approx((abs(0.5 - 0.125) * 2 + abs(1 - 0.975) * 2) / 4)
    assert math.isnan(calibration_error(truth[:0], p[:0], once(np.array(["a"])).of(np.array([], dtype=int)))[0])


def test_the_error_of_a_sample_is_that_of_its_passages() -> None:
    rng = np.random.default_rng(1)
    documents = np.array([f"d{number}" for number in rng.integers(0, 30, 90)])
    p = rng.random(90)
    truth = rng.random(90) < 0.4
    (resamples,) = draw(documents, bootstraps=5)
    for sample, found in enumerate(calibration_error(truth, p, resamples)):
        rows = np.repeat(np.arange(90), resamples.weights[resamples.documents, sample].astype(int))
        assert found == pytest.approx(error(truth[rows], p[rows]))


def test_bins_that_hold_passages_say_what_share_has_the_frame() -> None:
    p, truth = np.array([0.11, 0.17, 0.95]), np.array([False, True, True])
    low, high = reliability(truth, p, np.array(["a", "b", "c"]), bootstraps=50)
    assert low == {"passages": 2, "p": 0.14, "found": 0.5, "interval": [0.0, 1.0]}
    assert high["interval"] == [1.0, 1.0]
    assert reliability(truth[:0], p[:0], np.array([], dtype=str)) == []
