from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, f1_score, matthews_corrcoef, precision_score, recall_score

from framelens.eval.bootstrap import draw, once
from framelens.eval.presence import presence_figures


def test_figures_of_each_sample_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    documents = np.array([f"d{number}" for number in rng.integers(0, 50, 150)])
    p = rng.random(150)
    truth = rng.random(150) < p
    said = p >= 0.6
    (resamples,) = draw(documents, bootstraps=20)
    found = presence_figures(truth, p, said, resamples)
    for sample in range(20):
        rows = np.repeat(np.arange(150), resamples.weights[resamples.documents, sample].astype(int))
        drawn, decided = truth[rows], said[rows]
        assert found["precision"][sample] == pytest.approx(precision_score(drawn, decided))
        assert found["recall"][sample] == pytest.approx(recall_score(drawn, decided))
        assert found["f1"][sample] == pytest.approx(f1_score(drawn, decided))
        assert found["mcc"][sample] == pytest.approx(matthews_corrcoef(drawn, decided))
        assert found["brier"][sample] == pytest.approx(brier_score_loss(drawn, p[rows]))
        assert found["support"][sample] == drawn.sum()


def test_the_best_f1_is_at_least_that_at_the_threshold() -> None:
    p = np.array([0.9, 0.6, 0.5, 0.1])
    truth = np.array([True, True, False, False])
    found = presence_figures(truth, p, p >= 0.05, once(np.array(list("abcd"))))
    assert found["f1"][0] == pytest.approx(2 / 3)
    assert found["best_f1"][0] == 1.0
    assert found["best_threshold"][0] == 0.6


def test_decisions_that_are_all_one_have_no_precision_and_no_correlation() -> None:
    p = np.array([0.2, 0.1])
    found = presence_figures(np.array([True, False]), p, p >= 0.5, once(np.array(["a", "b"])))
    assert math.isnan(found["precision"][0])
    assert found["recall"][0] == found["f1"][0] == found["mcc"][0] == 0.0
    certain = presence_figures(np.array([True, True]), p, p >= 0.5, once(np.array(["a", "b"])))
    assert math.isnan(certain["mcc"][0])


def test_no_passages_determine_nothing_but_that_there_are_none() -> None:
    nothing = np.array([], dtype=bool)
    found = presence_figures(nothing, np.array([]), nothing, once(np.array(["a"])).of(np.array([], dtype=int)))
    assert found.pop("support").tolist() == [0.0]
    assert all(math.isnan(values[0]) for values in found.values())
