"""What the heads read of passages, computed once by a network that stays as it is, beside what annotators say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from framelens.data.taxonomy import ROLES
from framelens.errors import FramelensError
from framelens.model.batching import batches, pad
from framelens.model.engines import torch_device
from framelens.model.network import FrameNetwork, masked_mean

# Padded tokens in a batch.
_BUDGET = 4096

Rows = Sequence[Mapping[str, Any]]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Features:
    """Features and targets of ``n`` passages; NaN marks what nobody judged, as in :class:`.losses.Targets`.

    ``pooled``: (n, hidden), what the last layer of the frame head reads. ``mean``: (n, hidden), the mean of the
    token states, which the voice head reads. ``states``: for each passage its token states (t, hidden), none of
    them (0, hidden) where nobody marked a span. ``frames``: (n, frames), probabilities. ``voices``: (n, frames,
    voices), distributions. ``marks``: for each passage (t, frames, roles) with the t of its states.
    """

    pooled: Floats
    mean: Floats
    states: list[Floats]
    frames: Floats
    voices: Floats
    marks: list[Floats]

    def take(self, places: Sequence[int] | NDArray[np.intp]) -> Features:
        """Those of some passages, in the given order."""
        at = np.asarray(places, dtype=np.intp)
        return Features(
            self.pooled[at],
            self.mean[at],
            [self.states[place] for place in at],
            self.frames[at],
            self.voices[at],
            [self.marks[place] for place in at],
        )


def frozen_features(network: FrameNetwork, rows: Rows, pad_token_id: int) -> Features:
    """Run the network, without dropout, over rows of :func:`.examples.build_dataset`.

    :raises FramelensError: if the frame head does not end in a linear layer, or a feature is not finite.
    """
    network = network.to(torch_device()).eval()
    frames, voices = network.heads.shape
    marks = [np.array(row["tokens"], np.float32).reshape(-1, frames, len(ROLES)) for row in rows]
    hidden = network.heads.voice.in_features
    pooled = np.zeros((len(rows), network.frame_layer.in_features), np.float32)
    mean = np.zeros((len(rows), hidden), np.float32)
    states = [np.zeros((0, hidden), np.float32)] * len(rows)
    for batch in batches([row["length"] for row in rows], _BUDGET):
        read, each, mask = _run(network, [rows[place]["input_ids"] for place in batch.tolist()], pad_token_id)
        pooled[batch] = read.cpu().numpy()
        mean[batch] = masked_mean(each, mask).cpu().numpy()
        for number, place in enumerate(batch.tolist()):
            if not np.isnan(marks[place]).all():
                states[place] = each[number, : rows[place]["length"]].cpu().numpy()
    if not (np.isfinite(pooled).all() and np.isfinite(mean).all()):
        raise FramelensError("the encoder's states are not finite; lower schedule.learning_rate.")
    return Features(
        pooled,
        mean,
        states,
        np.array([row["frames"] for row in rows], np.float32).reshape(len(rows), frames),
        np.array([row["voices"] for row in rows], np.float32).reshape(len(rows), frames, voices),
        [mark if len(state) else mark[:0] for mark, state in zip(marks, states, strict=True)],
    )


def pool(network: FrameNetwork, ids: Tensor, mask: Tensor) -> tuple[Tensor, Any]:
    """What the last layer of the frame head reads, (n, hidden), with the classifier's output."""
    read: list[Tensor] = []

    def keep(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        read.append(inputs[0])

    hook = network.frame_layer.register_forward_pre_hook(keep)
    try:
        output = network.classifier(input_ids=ids, attention_mask=mask, output_hidden_states=True)
    finally:
        hook.remove()
    return read[-1], output


@torch.no_grad()
def _run(network: FrameNetwork, sequences: Sequence[Sequence[int]], pad_token_id: int) -> tuple[Tensor, Tensor, Tensor]:
    """What the last layer of the frame head reads, the token states, and the mask, of a batch."""
    ids, mask = (torch.from_numpy(part).to(torch_device()) for part in pad(sequences, pad_token_id))
    read, output = pool(network, ids, mask)
    if not torch.allclose(network.frame_layer(read), output.logits, atol=1e-4, equal_nan=True):
        kind = type(network.classifier).__name__
        raise FramelensError(f"{kind} does more to its logits than a linear layer; use encoder.tuning: full.")
    return read, output.hidden_states[-1], mask
