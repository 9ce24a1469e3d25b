from __future__ import annotations

import math

import numpy as np
import pytest

from framelens.eval import bootstrap
from framelens.eval.bootstrap import Resamples, draw, interval, once, ratio

DOCUMENTS = np.array(["b", "a", "b", "c", "a", "b"])


def rows_of(resamples: Resamples, sample: int) -> np.ndarray:
    """The passages of a sample, each as often as its document is drawn."""
    return np.repeat(np.arange(len(resamples.documents)), resamples.weights[resamples.documents, sample].astype(int))


def test_a_sample_has_as_many_documents_as_there_are_and_is_the_same_again() -> None:
    (first,), (second,) = (list(draw(DOCUMENTS, bootstraps=50)) for _ in range(2))
    assert first.weights.shape == (3, 50)
    assert (first.weights.sum(0) == 3).all()
    assert len({tuple(sample) for sample in first.weights.T}) > 5
    np.testing.assert_array_equal(first.weights, second.weights)


def test_samples_do_not_depend_on_the_blocks_that_they_are_drawn_in(monkeypatch: pytest.MonkeyPatch) -> None:
    (whole,) = draw(DOCUMENTS, bootstraps=20)
    monkeypatch.setattr(bootstrap, "_BLOCK", 7 * len(DOCUMENTS))
    blocks = [block.weights for block in draw(DOCUMENTS, bootstraps=20)]
    assert [block.shape[1] for block in blocks] == [7, 7, 6]
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), whole.weights)


def test_sums_are_those_of_the_passages_drawn() -> None:
    (resamples,) = draw(DOCUMENTS, bootstraps=10)
    values = np.random.default_rng(0).random((6, 4))
    groups = np.array([0, 1, 1, 2, 0, 2])
    kept = np.array([0, 2, 3, 5])
    for sample in range(10):
        rows = rows_of(resamples, sample)
        np.testing.assert_allclose(resamples.total(values)[:, sample], values[rows].sum(0))
        np.testing.assert_allclose(resamples.grouped(groups, 3)[:, sample], np.bincount(groups[rows], minlength=3))
        weighed = np.bincount(groups[rows], values[rows, 0], minlength=3)
        np.testing.assert_allclose(resamples.grouped(groups, 3, values[:, 0])[:, sample], weighed)
        inside = rows[np.isin(rows, kept)]
        np.testing.assert_allclose(resamples.of(kept).total(values[kept])[:, sample], values[inside].sum(0))


def test_the_data_as_they_are_count_every_passage_once() -> None:
    assert once(DOCUMENTS).total(np.ones((6, 1))).tolist() == [[6.0]]


def test_an_interval_holds_95_percent_of_what_the_samples_determine() -> None:
    assert interval(np.array([*range(1001), math.nan], dtype=float)) == (25.0, 975.0)
    assert all(math.isnan(bound) for bound in interval(np.array([math.nan])))


def test_a_share_of_nothing_is_unknown() -> None:
    np.testing.assert_equal(ratio(np.array([1.0, 0.0]), np.array([2.0, 0.0])), np.array([0.5, math.nan]))
