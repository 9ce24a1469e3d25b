from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from framelens.model.spans import decode_spans

TEXT = "The Kestrovian fleet 🚢 starved us."
# [CLS] The Kestr ##ovian fleet 🚢 starved us . [SEP]
OFFSETS = [(0, 0), (0, 3), (4, 9), (9, 14), (15, 20), (21, 22), (23, 30), (31, 33), (33, 34), (0, 0)]


def spans(*probabilities: float, threshold: float = 0.5, at_least_one: bool = False) -> list[str]:
    found = decode_spans(TEXT, OFFSETS, np.array(probabilities, np.float32), threshold, at_least_one)
    assert all(TEXT[span.start : span.end] == span.text for span in found)
    return [span.text for span in found]


def test_part_of_a_word_becomes_the_word() -> None:
    assert spans(0, 0, 0.9, 0, 0, 0, 0, 0, 0, 0) == ["Kestrovian"]


def test_a_weak_word_between_strong_ones_is_bridged_where_that_is_worth_it() -> None:
    assert spans(0, 0, 0.9, 0.9, 0.9, 0.2, 0.9, 0, 0, 0) == ["Kestrovian fleet 🚢 starved"]
    assert spans(0, 0, 0.9, 0.9, 0.9, 0, 0.9, 0, 0, 0) == ["Kestrovian fleet"]


def test_a_word_far_weaker_than_the_best_is_left_out() -> None:
    assert spans(0, 0.6, 0, 0, 0, 0, 0.9, 0.9, 0, 0) == ["starved us"]


def test_words_far_apart_are_two_spans() -> None:
    assert spans(0, 0.9, 0, 0, 0, 0, 0.9, 0.9, 0, 0) == ["The", "starved us"]


def test_special_tokens_belong_to_no_span() -> None:
    assert spans(0.9, 0, 0, 0, 0, 0, 0, 0, 0, 0.9) == []


def test_the_best_words_are_given_where_some_must_be() -> None:
    assert spans(0.9, 0.01, 0.2, 0.15, 0, 0, 0, 0, 0, 0, at_least_one=True) == ["Kestrovian"]
    assert spans(0.9, 0.01, 0.2, 0.15, 0, 0, 0, 0, 0, 0) == []


@given(st.lists(st.floats(0, 1, width=32), min_size=10, max_size=10), st.floats(0.05, 0.95), st.booleans())
def test_spans_are_ordered_and_stand_in_the_text(probabilities: list[float], threshold: float, least: bool) -> None:
    found = decode_spans(TEXT, OFFSETS, np.array(probabilities, np.float32), threshold, least)
    assert all(0 <= span.start < span.end <= len(TEXT) and 0 <= span.p <= 1 for span in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert found or not least or max(probabilities[1:9]) == 0
