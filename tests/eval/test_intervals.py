from __future__ import annotations

import pytest
from scipy import stats

from framelens.eval.intervals import student_quantile, wilson


@pytest.mark.parametrize("freedom", [9, 12, 30, 200])
def test_the_quantile_is_that_of_student(freedom: int) -> None:
    assert student_quantile(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=1e-3)


def test_of_many_passages_the_interval_is_that_of_wilson() -> None:
    share = wilson(0.02, 500, 10**6)
    expected = stats.binomtest(10, 500).proportion_ci(method="wilson")
    assert (share.low, share.high) == pytest.approx((expected.low, expected.high), abs=1e-5)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_share_of_none_or_all_still_has_a_width(value: float) -> None:
    share = wilson(value, 100, 99)
    assert share.low <= value <= share.high
    # The rule of three, of Wilson's kind: 3.9 of 103.9.
    assert share.width == pytest.approx(0.038, abs=0.001)
    assert (0.0 in (share.low, share.high)) or (1.0 in (share.low, share.high))
