"""When a decision fails a behavioural test.

Each function takes what the model says before and after the edit, and the ids of its voices, and gives the decisions
that fail, (n, frames).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from framelens.eval.cases import AUTHOR, REPORTED, Answers

# p may move by so much: int8 arithmetic scales to a batch, so that p hangs a little on what is scored beside a passage.
TOLERANCE = 0.05

Fails = Callable[[Answers, Answers, Sequence[str]], NDArray[np.bool_]]


def flips(before: Answers, after: Answers, voices: Sequence[str]) -> NDArray[np.bool_]:
    """The decision changes, and p with it by more than :data:`TOLERANCE`."""
    flipped: NDArray[np.bool_] = (before.present != after.present) & (np.abs(after.p - before.p) > TOLERANCE)
    return flipped


def speaks_otherwise(before: Answers, after: Answers, voices: Sequence[str]) -> NDArray[np.bool_]:
    """The decision changes, or the voice of a frame that is present before and after."""
    both = (before.voices >= 0) & (after.voices >= 0)
    changed: NDArray[np.bool_] = flips(before, after, voices) | (both & (before.voices != after.voices))
    return changed


def rises(before: Answers, after: Answers, voices: Sequence[str]) -> NDArray[np.bool_]:
    """p rises by more than :data:`TOLERANCE`."""
    risen: NDArray[np.bool_] = after.p - before.p > TOLERANCE
    return risen


def stays_the_authors(before: Answers, after: Answers, voices: Sequence[str]) -> NDArray[np.bool_]:
    """The frame is present in the author's voice."""
    return _spoken(after, voices, AUTHOR)


def is_not_reported(before: Answers, after: Answers, voices: Sequence[str]) -> NDArray[np.bool_]:
    """The frame is not present, or not in the voice of somebody reported."""
    return ~_spoken(after, voices, REPORTED)


def _spoken(answers: Answers, voices: Sequence[str], voice: str) -> NDArray[np.bool_]:
    spoken: NDArray[np.bool_] = answers.present & (answers.voices == [*voices, voice].index(voice))
    return spoken
