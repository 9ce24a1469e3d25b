"""From token probabilities to the words meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from framelens.data.records import Span
from framelens.model.engines import Floats

Offsets = Sequence[tuple[int, int]]


def decode_spans(
    text: str, offsets: Offsets, probabilities: Floats, threshold: float, at_least_one: bool
) -> tuple[Span, ...]:
    """Runs of tokens at or above the threshold, widened to whole words; runs far weaker than the best are left out.

    :param offsets: code points of each token; an empty range is a special token and belongs to no span.
    :param probabilities: (tokens,), each 0 to 1.
    :param at_least_one: where no token reaches the threshold, take those within half of the best.
    """
    words = np.array([end > start for start, end in offsets], dtype=bool)
    kept = np.where(words, probabilities, 0.0)
    if not words.any():
        return ()
    if at_least_one and kept.max() < threshold:
        threshold = float(kept.max()) / 2
    runs = [(first, last, float(kept[first:last].mean())) for first, last in _runs(kept >= threshold, words)]
    best = max((mean for *_, mean in runs), default=0.0)
    return tuple(
        Span(start, end, text[start:end], round(mean, 6))
        for first, last, mean in runs
        if mean >= best / 2
        for start, end in [_whole_words(text, offsets[first][0], offsets[last - 1][1])]
    )


def _runs(chosen: np.ndarray, words: np.ndarray) -> Iterator[tuple[int, int]]:
    """Ranges of chosen tokens; a gap of a single token does not end a run."""
    places = np.flatnonzero(chosen & words)
    if not len(places):
        return
    breaks = np.flatnonzero(np.diff(places) > 2)
    for first, last in zip(np.r_[0, breaks + 1], np.r_[breaks, len(places) - 1], strict=True):
        yield int(places[first]), int(places[last]) + 1


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end
