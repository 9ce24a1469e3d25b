from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score

from framelens.eval.operating import operating_points
from framelens.eval.outcome import Outcome

FRAMES = ("blame", "threat")


def outcome(n: int, share: float, seed: int) -> Outcome:
    """Passages of which a share has each frame, and a model that half knows."""
    rng = np.random.default_rng(seed)
    present = (rng.random((n, 2)) < share).astype(int)
    p = 1 / (1 + np.exp(-(2.5 * present - 1.25 + rng.normal(0, 1, (n, 2)))))
    unknown, nothing = np.full((n, 2), -1), np.zeros((n, 2, 2, 0), dtype=np.int64)
    evidence = np.full((n, 2), None, dtype=object)
    return Outcome(
        np.arange(n).astype(str), p, present, unknown, unknown, nothing, nothing, p * np.nan, p * np.nan, evidence
    )


def test_weighted_figures_are_those_of_a_sample_where_frames_are_that_rare() -> None:
    even, rare = outcome(40_000, 0.5, 1), outcome(400_000, 0.05, 2)
    point = operating_points(even, even, FRAMES, (0.5, 0.5), {"blame": 0.05})["blame"]["stored"]
    said = rare.p[:, 0] >= 0.5
    assert point["precision"] == pytest.approx(precision_score(rare.present[:, 0], said), abs=0.01)
    assert point["recall"] == pytest.approx(recall_score(rare.present[:, 0], said), abs=0.01)


def test_where_a_frame_is_rarer_the_threshold_is_higher_and_f1_better() -> None:
    dev, test = outcome(4000, 0.3, 1), outcome(4000, 0.3, 2)
    points = operating_points(dev, test, FRAMES, (0.5, 0.5), {"blame": 0.02, "threat": 0.3})
    assert points["blame"]["natural"]["threshold"] > points["threat"]["natural"]["threshold"]
    assert points["blame"]["natural"]["f1"] > points["blame"]["stored"]["f1"]


def test_frames_without_a_known_prevalence_or_without_positives_are_left_out() -> None:
    dev, test = outcome(200, 0.3, 1), outcome(200, 0.3, 2)
    test.present[:, 0] = 0
    assert set(operating_points(dev, test, FRAMES, (0.5, 0.5), {"blame": 0.1, "threat": 0.1})) == {"threat"}
    assert operating_points(dev, test, FRAMES, (0.5, 0.5), {}) == {}


def test_a_frame_that_all_passages_have_is_left_out() -> None:
    dev, test = outcome(200, 0.3, 1), outcome(200, 0.3, 2)
    dev.present[:, 0] = 1
    assert set(operating_points(dev, test, FRAMES, (0.5, 0.5), {"blame": 0.1, "threat": 0.1})) == {"threat"}
