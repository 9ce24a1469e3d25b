"""From token probabilities to the words meant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from framelens.data.records import Span
from framelens.model.engines import Floats

Offsets = Sequence[tuple[int, int]]

# A frame that is present has evidence; its actor may go unnamed.
NEEDED = ("evidence",)


def decode_spans(
    text: str, offsets: Offsets, probabilities: Floats, threshold: float, at_least_one: bool
) -> tuple[Span, ...]:
    """The stretches of :func:`segments`, widened to whole words.

    :param offsets: code points of each token; an empty range is a special token and belongs to no span.
    :param probabilities: (tokens,), each 0 to 1.
    """
    words = np.array([end > start for start, end in offsets], dtype=bool)
    return tuple(
        Span(start, end, text[start:end], round(float(probabilities[first:last][words[first:last]].mean()), 6))
        for first, last in segments(probabilities, words, threshold, at_least_one)
        for start, end in [_whole_words(text, offsets[first][0], offsets[last - 1][1])]
    )


def segments(
    probabilities: Floats, words: NDArray[np.bool_], threshold: float, at_least_one: bool
) -> list[tuple[int, int]]:
    """Ranges of tokens whose probabilities exceed the threshold by most in sum, in order.

    Maximal scoring segments (Ruzzo and Tompa 1999), which bridge a weak word between strong ones; those less than
    half as good as the best are left out.

    :param words: (tokens,), false for special tokens, where no range begins or ends.
    :param at_least_one: where no token reaches the threshold, take half the best probability for one.
    """
    if not words.any():
        return []
    best = float(probabilities[words].max())
    if at_least_one and best <= threshold:
        threshold = best / 2
    excess = np.where(words, probabilities.astype(np.float64) - threshold, 0.0)
    found: list[tuple[int, int]] = []
    first, last, gain = _best_segment(excess)
    enough = gain / 2
    while gain > 0 and gain >= enough:
        inside = np.flatnonzero(words[first:last])
        found.append((first + int(inside[0]), first + int(inside[-1]) + 1))
        # Nothing is worth crossing a range that is taken.
        excess[first:last] = -float(len(excess))
        first, last, gain = _best_segment(excess)
    return sorted(found)


def _best_segment(excess: NDArray[np.float64]) -> tuple[int, int, float]:
    """Begin, end and sum of the range with the largest sum (Kadane)."""
    sums = np.concatenate([[0.0], np.cumsum(excess)])
    gains = sums[1:] - np.minimum.accumulate(sums[:-1])
    last = int(gains.argmax()) + 1
    return int(sums[:last].argmin()), last, float(gains[last - 1])


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end
