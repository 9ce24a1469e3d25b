"""The training objective; what was not judged is masked, never taken for a no."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from framelens.model.network import Logits


class Targets(NamedTuple):
    """What annotators say, as tensors; NaN marks what nobody judged.

    ``frames``: (n, frames), probabilities. ``voices``: (n, frames, voices), distributions, all NaN where
    the frame is absent or its voice unknown. ``tokens``: (n, t, frames, roles), 0 or 1, NaN likewise and
    on special tokens.
    """

    frames: Tensor
    voices: Tensor
    tokens: Tensor


def loss(logits: Logits, targets: Targets, positive: Tensor, voice_weight: float, span_weight: float) -> Tensor:
    """Weighted sum of frame, voice and span losses, each a mean over what was judged.

    :param positive: (frames,), the weight of a present frame relative to an absent one.
    """
    frames = _frame_loss(logits.frames, targets.frames, positive)
    voices = _voice_loss(logits.voices, targets.voices)
    return frames + voice_weight * voices + span_weight * span_loss(logits.tokens, targets.tokens)


def consistency(logits: Logits) -> Tensor:
    """How far the two halves of a batch are apart, which hold two views of the same passages.

    Symmetric Kullback-Leibler divergence of the frames' probabilities (R-Drop, Liang et al. 2021), mean over
    passages and frames.
    """
    here, there = logits.frames.chunk(2)
    gap = (torch.sigmoid(here) - torch.sigmoid(there)) * (here - there)
    return gap.mean() / 2


def _frame_loss(logits: Tensor, targets: Tensor, positive: Tensor) -> Tensor:
    judged = ~targets.isnan()
    known = targets.nan_to_num()
    losses = functional.binary_cross_entropy_with_logits(logits, known, reduction="none", pos_weight=positive)
    return _mean(losses, judged)


def _voice_loss(logits: Tensor, targets: Tensor) -> Tensor:
    judged = ~targets.isnan().any(-1)
    losses = -(targets.nan_to_num() * functional.log_softmax(logits, -1)).sum(-1)
    return _mean(losses, judged)


def span_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Each role of each frame weighs the same, else those of the commonest frame would be learnt for all.

    :param logits: (n, t, frames, roles). :param targets: the same shape, 0 or 1, NaN where nobody marked.
    """
    judged = ~targets.isnan()
    losses = functional.binary_cross_entropy_with_logits(logits, targets.nan_to_num(), reduction="none")
    marked = judged.sum((0, 1))
    means = torch.where(judged, losses, 0.0).sum((0, 1)) / marked.clamp(min=1)
    return _mean(means, marked > 0)


def _mean(losses: Tensor, judged: Tensor) -> Tensor:
    """Mean over what was judged; zero, with zero gradients, where nothing was."""
    return torch.where(judged, losses, 0.0).sum() / judged.sum().clamp(min=1)
