from __future__ import annotations

import numpy as np
import pytest

from framelens.eval.adjusted import Rates, adjusted_count, rates


def labelled(called: int, missed: int, false: int, right: int) -> tuple[np.ndarray, np.ndarray]:
    """Truth and calls: so many with the frame called and missed, so many without it called and not."""
    truth = np.repeat([1.0, 1.0, 0.0, 0.0], [called, missed, false, right])
    return truth, np.repeat([True, False, True, False], [called, missed, false, right])


def known(called: int, missed: int, false: int, right: int) -> Rates:
    truth, said = labelled(called, missed, false, right)
    return rates(truth, said, np.arange(len(truth)), np.ones(len(truth)), np.random.default_rng(0))


def test_the_adjusted_count_of_a_worked_example() -> None:
    # Sensitivity 40/50 = 0.8, false alarms 5/50 = 0.1: 0.31 called are (0.31 - 0.1) / (0.8 - 0.1) = 0.3.
    found = known(40, 10, 5, 45)
    assert (found.sensitivity[0], found.false_alarms[0]) == (0.8, 0.1)
    share = adjusted_count(0.31, 0.0, found, np.random.default_rng(0))
    assert share is not None
    assert share.value == pytest.approx(0.3)
    assert share.low < 0.25
    assert share.high > 0.35


def test_passages_count_by_their_weight() -> None:
    truth, said = labelled(2, 2, 1, 3)
    weights = np.array([3.0, 3.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0])
    found = rates(truth, said, np.arange(8), weights, np.random.default_rng(0))
    assert (found.sensitivity[0], found.false_alarms[0]) == (6 / 8, 2 / 5)


def test_it_stays_between_none_and_all() -> None:
    found = known(40, 10, 5, 45)
    low, high = (adjusted_count(raw, 0.0, found, np.random.default_rng(0)) for raw in (0.05, 0.95))
    assert low is not None and high is not None
    assert (low.value, low.low) == (0.0, 0.0)
    assert (high.value, high.high) == (1.0, 1.0)


def test_a_model_no_better_than_chance_tells_nothing() -> None:
    rng = np.random.default_rng(0)
    assert adjusted_count(0.4, 0.0, known(20, 30, 20, 30), rng) is None
    assert adjusted_count(0.4, 0.0, known(20, 30, 0, 0), rng) is None
    barely = adjusted_count(0.4, 0.0, known(21, 29, 19, 31), rng)
    assert barely is not None
    assert (barely.low, barely.high) == (0.0, 1.0)


def test_documents_that_are_drawn_whole_widen_the_interval() -> None:
    truth, said = labelled(40, 10, 5, 45)
    few = rates(truth, said, np.arange(100) // 5, np.ones(100), np.random.default_rng(0))
    shares = [adjusted_count(0.31, 0.0, found, np.random.default_rng(0)) for found in (known(40, 10, 5, 45), few)]
    assert shares[0] is not None and shares[1] is not None
    assert shares[1].width > 1.2 * shares[0].width
