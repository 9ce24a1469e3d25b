"""Which passages go through the network together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

# Padded tokens in a batch. On two cores small batches beat large ones, which fall out of the cache.
TOKEN_BUDGET = 1024


def batches(lengths: Sequence[int], budget: int = TOKEN_BUDGET) -> Iterator[NDArray[np.intp]]:
    """Indices of passages, longest first, in batches whose padded size stays within the budget.

    Sorting by length keeps padding small; a passage longer than the budget is a batch of its own.

    :param lengths: tokens in each passage.
    """
    order = np.argsort(-np.asarray(lengths, dtype=np.intp), kind="stable")
    start = 0
    while start < len(order):
        count = max(1, budget // lengths[order[start]])
        yield order[start : start + count]
        start += count


def pad(rows: Sequence[Sequence[int]], pad_token_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token ids and attention mask, both (n, longest), padded at the right."""
    longest = max(map(len, rows))
    ids = np.full((len(rows), longest), pad_token_id, dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, tokens in enumerate(rows):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return ids, mask
