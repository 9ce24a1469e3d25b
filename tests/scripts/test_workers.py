"""Workers answer in order, hold little, and their deaths are noticed."""

from __future__ import annotations

import math
import os
import time
from functools import partial

import pytest

from framelens.scripts.workers import WorkerError, Workers


def test_answers_come_in_the_order_of_the_items() -> None:
    taken: list[int] = []

    def items() -> object:
        for number in range(12):
            taken.append(number)
            yield number * number

    with Workers(2, partial(partial, math.sqrt)) as pool:
        for count, answer in enumerate(pool.map(items(), halted=bool)):  # type: ignore[arg-type]
            assert answer == count
            # What is held is bounded: two at work, two answered, one ready.
            assert len(taken) - count <= 6
    assert len(taken) == 12


def test_once_halted_what_no_worker_has_is_dropped() -> None:
    answers = []
    with Workers(2, partial(partial, math.sqrt)) as pool:
        for answer in pool.map(iter(range(1000)), halted=lambda: len(answers) >= 3):
            answers.append(answer)
    assert 3 <= len(answers) < 10


def test_a_failure_is_raised_here() -> None:
    with Workers(2, partial(partial, math.sqrt)) as pool, pytest.raises(WorkerError, match="ValueError: math domain"):
        list(pool.map(iter([4, -1, 9]), halted=bool))


def test_a_start_that_fails_is_raised_here() -> None:
    with Workers(1, partial(int, "x")) as pool, pytest.raises(WorkerError, match="invalid literal"):
        list(pool.map(iter([1]), halted=bool))


def test_an_item_on_which_two_workers_die_stops_the_run() -> None:
    died = pytest.raises(WorkerError, match="two workers died on the same passages")
    with Workers(2, partial(partial, os._exit)) as pool, died:
        list(pool.map(iter([7]), halted=bool))


def test_ending_waits_for_no_work() -> None:
    started = time.monotonic()
    with Workers(2, partial(partial, time.sleep)) as pool:
        answers = pool.map(iter([0.01, 600, 600]), halted=bool)
        assert next(answers) is None
    assert time.monotonic() - started < 120
