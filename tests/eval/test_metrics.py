from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from framelens.eval.metrics import calibration_error, figures, intervals
from framelens.eval.outcome import Outcome

FRAMES = ("blame", "threat")


def outcome(n: int = 400, seed: int = 0) -> Outcome:
    rng = np.random.default_rng(seed)
    p = rng.random((n, 2))
    present = (rng.random((n, 2)) < p).astype(int)
    gold = np.where(present == 1, rng.integers(0, 3, (n, 2)), -1)
    voices = np.where(rng.random((n, 2)) < 0.8, gold, 0)
    words = np.zeros((n, 2, 2, 3), dtype=np.int64)
    words[:, :, 0] = [1, 2, 2]
    words[:, :, 1] = [3, 4, 6]
    return Outcome(np.array([f"d{i // 4}" for i in range(n)]), p, present, voices, gold, words)


def test_figures_are_those_of_scikit_learn() -> None:
    made = outcome()
    found = figures(made, FRAMES, (0.5, 0.4))
    assert found["blame/average_precision"] == pytest.approx(average_precision_score(made.present[:, 0], made.p[:, 0]))
    assert found["threat/f1"] == pytest.approx(f1_score(made.present[:, 1], made.p[:, 1] >= 0.4))
    assert found["macro/f1"] == pytest.approx((found["blame/f1"] + found["threat/f1"]) / 2)


def test_word_overlap_becomes_f1() -> None:
    found = figures(outcome(), FRAMES, (0.5, 0.5))
    assert found["all/actor_f1"] == pytest.approx(0.5)
    assert found["all/evidence_f1"] == pytest.approx(0.6)


def test_what_nobody_judged_does_not_count() -> None:
    made = outcome()
    unknown = made.present.copy()
    unknown[200:, 0] = -1
    found = figures(replace(made, present=unknown), FRAMES, (0.5, 0.5))
    assert found["blame/f1"] == figures(made.take(np.arange(200)), FRAMES, (0.5, 0.5))["blame/f1"]


def test_a_frame_without_positives_has_no_figure_rather_than_a_zero() -> None:
    made = outcome()
    absent = made.present.copy()
    absent[:, 0] = 0
    found = figures(replace(made, present=absent), FRAMES, (2.0, 0.5))
    assert math.isnan(found["blame/average_precision"])
    assert math.isnan(found["blame/recall"])
    assert found["macro/average_precision"] == found["threat/average_precision"]


def test_calibrated_probabilities_have_a_small_error_and_others_a_large_one() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(20_000)
    truth = rng.random(20_000) < p
    assert calibration_error(truth, p) < 0.02
    assert calibration_error(truth, np.clip(p + 0.3, 0, 1)) > 0.2


def test_intervals_hold_the_figure_and_widen_when_documents_are_few() -> None:
    made = outcome()
    few = replace(made, documents=np.array([f"d{i // 100}" for i in range(400)]))
    value = figures(made, FRAMES, (0.5, 0.5))["macro/f1"]
    low, high = intervals(made, FRAMES, (0.5, 0.5), bootstraps=200)["macro/f1"]
    assert low < value < high
    assert intervals(made, FRAMES, (0.5, 0.5), bootstraps=20) == intervals(made, FRAMES, (0.5, 0.5), bootstraps=20)
    assert set(intervals(few, FRAMES, (0.5, 0.5), bootstraps=20)) == set(figures(few, FRAMES, (0.5, 0.5)))
