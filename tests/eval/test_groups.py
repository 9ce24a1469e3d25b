from __future__ import annotations

from typing import Any

import pytest

from framelens.errors import FramelensError
from framelens.eval.groups import NONE, check_groups, group_of, month_of


@pytest.mark.parametrize(
    ("value", "month"),
    [
        ("2024-03-05", "2024-03"),
        ("2024-03", "2024-03"),
        ("2024-3-5", "2024-03"),
        ("2024-03-05T10:00:00Z", "2024-03"),
        ("2024-03-05 10:00", "2024-03"),
        ("2024/03/05", "2024-03"),
        ("20240305", "2024-03"),
        (20240305, "2024-03"),
        ("Tue, 05 Mar 2024 10:00:00 GMT", "2024-03"),
        ("5 Mar 2024 10:00", "2024-03"),
        (1709632800, "2024-03"),
        ("1709632800000", "2024-03"),
        ("03/05/2024", None),
        ("2024", None),
        ("2024-13-01", None),
        ("20249905", None),
        ("yesterday", None),
        ("May I?", None),
        (None, None),
        ("", None),
    ],
)
def test_months_of_dates(value: Any, month: str | None) -> None:
    assert month_of(value) == month


def test_a_month_is_that_of_the_first_field_that_is_a_date() -> None:
    assert group_of({"candidate": "2020-01-01", "updatedBy": "x", "publishedAt": "2024-03-05"}, "month") == "2024-03"
    assert group_of({"date": "unknown", "created_at": "2024-04-01"}, "month") == "2024-04"
    assert group_of({"date": "unknown"}, "month") == NONE
    assert group_of({"month": "May", "date": "2024-03-05"}, "month") == "May"


def test_a_group_is_the_value_of_its_field() -> None:
    assert group_of({"source": "wire"}, "source") == "wire"
    assert group_of({"year": 2024}, "year") == "2024"
    assert group_of({"source": ""}, "source") == group_of({}, "source") == NONE


def test_a_field_that_no_record_has_is_refused_by_name() -> None:
    check_groups({"wire": 0, NONE: 1}, "source", {"source": None})
    with pytest.raises(FramelensError, match=r"--by outlet: no record has that field .* the fields are: source, url"):
        check_groups({NONE: 0}, "outlet", {"source": None, "url": None})
    with pytest.raises(FramelensError, match="--by month: no record has a date such as 2024-03-05"):
        check_groups({NONE: 0}, "month", {"source": None})
