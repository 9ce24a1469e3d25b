from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from framelens.eval.bootstrap import draw, once
from framelens.eval.ranking import rank


def best_by_curve(truth: np.ndarray, p: np.ndarray) -> tuple[float, float]:
    precision, recall, thresholds = precision_recall_curve(truth, p)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    best = f1[:-1].max()
    return float(best), float(thresholds[np.flatnonzero(np.isclose(f1[:-1], best))[-1]])


@pytest.mark.parametrize("places", [1, 2, 9])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_figures_of_each_sample_are_those_of_scikit_learn_on_its_passages(places: int, share: float) -> None:
    """Rounded to one place, most p are tied."""
    rng = np.random.default_rng(int(100 * share) + places)
    documents = np.array([f"d{number}" for number in rng.integers(0, 60, 200)])
    truth = rng.random(200) < share
    p = np.clip(0.3 * truth + rng.random(200), 0, 1).round(places)
    (resamples,) = draw(documents, bootstraps=40)
    found = rank(truth, p, resamples)
    for sample in range(40):
        rows = np.repeat(np.arange(200), resamples.weights[resamples.documents, sample].astype(int))
        drawn, ranked = truth[rows], p[rows]
        if not drawn.any() or drawn.all():
            continue
        assert found.average_precision[sample] == pytest.approx(average_precision_score(drawn, ranked))
        assert found.roc_auc[sample] == pytest.approx(roc_auc_score(drawn, ranked))
        best, threshold = best_by_curve(drawn, ranked)
        assert found.best_f1[sample] == pytest.approx(best)
        assert found.best_threshold[sample] == pytest.approx(threshold)


def test_p_may_be_logits_of_any_sign() -> None:
    truth, logits = np.array([True, False, True, False]), np.array([3.0, -2.0, -1.5, -1.0])
    found = rank(truth, logits, once(np.array(list("abcd"))))
    assert found.average_precision[0] == pytest.approx(average_precision_score(truth, logits))
    assert found.roc_auc[0] == pytest.approx(0.75)


@pytest.mark.parametrize("truth", [[False, False], [True, True]])
def test_what_one_class_alone_does_not_determine_is_unknown(truth: list[bool]) -> None:
    found = rank(np.array(truth), np.array([0.2, 0.7]), once(np.array(["a", "b"])))
    assert math.isnan(found.roc_auc[0])
    assert math.isnan(found.average_precision[0]) is not truth[0]
    assert math.isnan(found.best_threshold[0]) is not truth[0]


def test_a_sample_without_the_only_positive_is_unknown_and_others_are_not() -> None:
    (resamples,) = draw(np.array(["a", "b", "c"]), bootstraps=30)
    found = rank(np.array([True, False, False]), np.array([0.1, 0.9, 0.2]), resamples)
    drawn = resamples.weights[0] > 0
    np.testing.assert_array_equal(np.isnan(found.average_precision), ~drawn)
    assert 0 < drawn.sum() < 30
