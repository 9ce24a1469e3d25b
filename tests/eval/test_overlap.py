from __future__ import annotations

import pytest

from framelens.eval.overlap import span_overlap, word_overlap

TEXT = "The old ministry let the great dam crack."


def at(*phrases: str) -> list[tuple[int, int]]:
    return [(TEXT.index(phrase), TEXT.index(phrase) + len(phrase)) for phrase in phrases]


def test_words_are_counted_once_wherever_ranges_overlap() -> None:
    assert word_overlap(TEXT, at("old ministry", "ministry let"), at("ministry let the")) == (2, 3, 3)
    assert word_overlap(TEXT, [], at("dam")) == (0, 0, 1)


@pytest.mark.parametrize(
    ("said", "gold", "counts"),
    [
        (["old ministry"], ["old ministry"], (1, 1, 1, 1)),
        # Half of the words of either is enough, a third is not.
        (["old ministry"], ["ministry"], (1, 1, 1, 1)),
        (["old ministry let"], ["ministry"], (0, 1, 0, 1)),
        (["old ministry", "great dam"], ["great dam crack"], (1, 2, 1, 1)),
        # Two halves both lie on the whole; one whole lies on both.
        (["old", "ministry"], ["old ministry"], (2, 2, 1, 1)),
        (["old ministry"], ["old", "ministry"], (1, 1, 2, 2)),
        ([], ["dam"], (0, 0, 0, 1)),
        (["dam"], [], (0, 1, 0, 0)),
    ],
)
def test_a_span_counts_where_it_shares_half_of_its_words_with_a_marked_one(
    said: list[str], gold: list[str], counts: tuple[int, ...]
) -> None:
    assert span_overlap(TEXT, at(*said), at(*gold)) == counts


def test_a_span_without_a_word_lies_on_nothing() -> None:
    assert span_overlap("a – b", [(2, 3)], [(2, 3)]) == (0, 1, 0, 1)
