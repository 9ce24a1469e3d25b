"""Intervals of a share that hold near 0 and in small samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

LEVEL = 0.95


@dataclass(frozen=True)
class Share:
    """A share of passages with its 95% interval, all 0 to 1."""

    value: float
    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


def wilson(value: float, size: float, freedom: int) -> Share:
    """The interval of Wilson (1927) around a share.

    :param value: the share, 0 to 1.
    :param size: how many independent passages would tell the share as exactly (the effective size of a survey; Dean and
        Pagano 2015, Journal of Survey Statistics and Methodology 3).
    :param freedom: degrees of freedom, at least 1, for the quantile of Student's t in place of the normal one.
    """
    quantile = student_quantile(freedom)
    square = quantile**2 / size
    middle = (value + square / 2) / (1 + square)
    half = math.sqrt(square * value * (1 - value) + square**2 / 4) / (1 + square)
    # Rounding may leave a bound a hair beyond the share itself, or beyond 0 and 1.
    return Share(value, max(0.0, min(value, middle - half)), min(1.0, max(value, middle + half)))


@cache
def student_quantile(freedom: int, chance: float = (1 + LEVEL) / 2) -> float:
    """Quantile of Student's t by expansion around the normal one (Abramowitz and Stegun 26.7.5).

    Right to 0.001 from 9 degrees of freedom on; scipy, which has it exact, is not part of the core install.
    """
    z = NormalDist().inv_cdf(chance)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + math.fsum(term / freedom**power for power, term in enumerate(terms, 1))
