from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from framelens.model.batching import batches, pad


@given(st.lists(st.integers(1, 300), max_size=200), st.integers(1, 2000))
def test_every_passage_is_in_one_batch_and_no_batch_is_over_budget(lengths: list[int], budget: int) -> None:
    made = list(batches(lengths, budget))
    assert sorted(i for batch in made for i in batch) == list(range(len(lengths)))
    for batch in made:
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= budget


def test_passages_of_like_length_go_together() -> None:
    assert [list(batch) for batch in batches([5, 90, 6, 80], budget=200)] == [[1, 3], [2, 0]]


def test_padding_is_masked() -> None:
    ids, mask = pad([[7, 8, 9], [7]], pad_token_id=1)
    assert np.array_equal(ids, [[7, 8, 9], [7, 1, 1]])
    assert np.array_equal(mask, [[1, 1, 1], [1, 0, 0]])
