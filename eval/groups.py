"""Which group of a corpus a passage is in: by a field of its metadata, or by month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from framelens.errors import FramelensError

MONTH = "month"
# Where a passage lacks the field, or its date cannot be read.
NONE = "(none)"
_DATES = ("date", "day", "datetime", "timestamp", "time", "published", "publication", "pubdate", "created", "posted")
_DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})(\2\d{1,2}([T ].*)?)?|(\d{4})(\d{2})\d{2}(T.*)?")


def group_of(meta: Mapping[str, Any], by: str) -> str:
    """The passage's group.

    :param by: a field of ``meta``; ``month`` is YYYY-MM of the first field whose name speaks of a date, unless there is
        a field of that name.
    """
    if by == MONTH and MONTH not in meta:
        months = (month_of(value) for name, value in meta.items() if _speaks_of_a_date(name))
        return next((month for month in months if month), NONE)
    value = meta.get(by)
    return NONE if value in (None, "") else str(value)


def _speaks_of_a_date(name: str) -> bool:
    """So do ``date``, ``pub_date`` and ``publishedAt``, but not ``candidate`` or ``sentiment``."""
    return any(word.lower() in _DATES for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name))


def month_of(value: Any) -> str | None:
    """YYYY-MM of a date in ISO 8601 (also with / or . for -) or RFC 2822, or of Unix time in seconds or milliseconds.

    None for anything else, such as 03/05/2024, which is a day in March for some and in May for others.
    """
    text = str(value).strip()
    if found := _DAY.fullmatch(text):
        year, month = (found[1], found[3]) if found[1] else (found[6], found[7])
        return f"{year}-{int(month):02d}" if 1 <= int(month) <= 12 else None
    if re.fullmatch(r"\d{10}(\d{3})?(\.\d+)?", text):
        seconds = float(text) / (1000 if len(text.split(".")[0]) == 13 else 1)
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m")
    # Of other texts, the parser makes what it can.
    if not re.match(r"[A-Za-z]{3},|\d{1,2} [A-Za-z]{3}", text):
        return None
    try:
        return parsedate_to_datetime(text).strftime("%Y-%m")
    except ValueError:
        return None


def check_groups(groups: Mapping[str, int], by: str, fields: Mapping[str, None]) -> None:
    """Refuse a division that divides nothing.

    :param groups: what groups there are.
    :param fields: the metadata fields of the corpus.
    :raises FramelensError: if no passage has the field, or a date that can be read.
    """
    if set(groups) != {NONE}:
        return
    named = ", ".join(fields) or "none"
    if by == MONTH:
        raise FramelensError(
            f"--by month: no record has a date such as 2024-03-05 in a field with a name like date, published or "
            f"created_at; the fields are: {named}."
        )
    raise FramelensError(f"--by {by}: no record has that field in meta; the fields are: {named}.")
