from __future__ import annotations

import numpy as np
import pytest

from framelens.eval.intervals import wilson
from framelens.eval.report.shares import share


def test_passages_of_one_document_are_alike_so_the_interval_is_wider() -> None:
    passages = np.full(50, 10)
    clustered = share(np.array([10] * 10 + [0] * 40), passages)
    scattered = share(np.full(50, 2), passages)
    assert clustered.value == scattered.value == 0.2
    # Ten alike tell as much as one: 50 documents, not 500 passages.
    assert clustered.width > 2.5 * scattered.width
    expected = wilson(0.2, 49, 49)
    assert clustered.low == pytest.approx(expected.low, abs=0.002)
    assert clustered.high == pytest.approx(expected.high, abs=0.002)


def test_single_passages_have_the_interval_of_wilson() -> None:
    found = share(np.array([1] * 30 + [0] * 70), np.ones(100, dtype=int))
    expected = wilson(0.3, 99, 99)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(("found", "low", "high"), [(0, 0.0, 0.04), (100, 0.96, 1.0)])
def test_none_and_all_have_an_interval_too(found: int, low: float, high: float) -> None:
    interval = share(np.full(10, found // 10), np.full(10, 10))
    assert low <= interval.low <= interval.high <= high
    assert interval.width > 0.02


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        # Documents differ: a third have the frame in most passages, the rest in few.
        p = np.where(rng.random(60) < 1 / 3, 0.7, 0.1)
        interval = share(rng.binomial(8, p), np.full(60, 8))
        covered += interval.low <= 0.3 <= interval.high
    assert 0.92 <= covered / 400 <= 0.98
