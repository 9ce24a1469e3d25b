"""How predicted stretches of a passage lie on the marked ones, by word and by span."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
# Intersection over union of words from which two spans are the same (DeYoung et al. 2020).
SAME = 0.5

Ranges = Iterable[tuple[int, int]]


def word_overlap(text: str, predicted: Ranges, marked: Ranges) -> tuple[int, int, int]:
    """Counts of words in both, in the predicted, and in the marked ranges of code points."""
    said, gold = _words(text, predicted), _words(text, marked)
    return len(said & gold), len(said), len(gold)


def span_overlap(text: str, predicted: Ranges, marked: Ranges) -> tuple[int, int, int, int]:
    """Counts of spans: predicted that lie on a marked one, predicted, marked that lie on a predicted one, marked.

    Two spans lie on one another when their words' intersection over union is at least one half.
    """
    said = [_words(text, [span]) for span in predicted]
    gold = [_words(text, [span]) for span in marked]
    on_gold = sum(any(_same(span, other) for other in gold) for span in said)
    on_said = sum(any(_same(span, other) for other in said) for span in gold)
    return on_gold, len(said), on_said, len(gold)


def _same(span: set[int], other: set[int]) -> bool:
    return len(span & other) >= SAME * len(span | other) > 0


def _words(text: str, ranges: Ranges) -> set[int]:
    """Where the words of the ranges begin."""
    return {word.start() for start, end in ranges for word in _WORD.finditer(text, start, end)}
