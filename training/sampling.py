"""The order in which passages are learnt from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from transformers.trainer_pt_utils import LengthGroupedSampler


class EpochOrder(LengthGroupedSampler):
    """Passages of like length together, in an order that seed and epoch alone decide.

    Trainer's own sampler draws it from the state that the dropout before has left, so that a run which goes on in
    the middle of an epoch would see other passages than one that was not interrupted.

    :param epoch: tells the epoch that begins, from 0 on.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int, epoch: Callable[[], int]) -> None:
        super().__init__(batch_size, lengths=list(lengths))
        self._seed, self._epoch = seed, epoch

    def __iter__(self) -> Iterator[int]:
        [mixed] = np.random.SeedSequence([self._seed, self._epoch()]).generate_state(1)
        self.generator = torch.Generator().manual_seed(int(mixed))
        order: Iterator[int] = super().__iter__()  # type: ignore[no-untyped-call]
        return order
