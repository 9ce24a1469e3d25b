"""Contrastive tuning of the encoder from few passages, as SetFit does it (Tunstall et al. 2022)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import nullcontext

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from transformers import get_linear_schedule_with_warmup

from framelens.errors import FramelensError
from framelens.model.batching import pad
from framelens.model.engines import torch_device
from framelens.model.network import FrameNetwork
from framelens.training.config import Schedule
from framelens.training.features import Rows, pool
from framelens.training.optimizer import parameter_groups

_PRECISIONS = {"bf16": torch.bfloat16, "fp16": torch.float16}
_LARGEST_GRADIENT = 1.0


def contrast(network: FrameNetwork, rows: Rows, schedule: Schedule, seed: int, pad_token_id: int) -> list[float]:
    """Tune the encoder so that passages with the same frame lie near, and those with and without it apart.

    The cosine of what the last layer of the frame head reads is drawn to 1 or to 0, by its squared error. The last
    layer itself and the other heads stay as they are. ``schedule`` says learning rates, warm-up, weight decay,
    precision, passages a step, and by its epochs the number of pairs: as many as passages, each epoch.

    :param rows: of :func:`.examples.build_dataset`.
    :returns: the loss of each step.
    :raises FramelensError: if a loss is no number.
    """
    frames = np.array([row["frames"] for row in rows], np.float32)
    steps = list(draw_pairs(frames, math.ceil(schedule.epochs * len(rows)), max(1, schedule.batch_size // 2), seed))
    network = network.to(torch_device()).train()
    kept = {*network.frame_layer.parameters(), *network.heads.parameters()}
    for parameter in kept:
        parameter.requires_grad_(False)
    optimizer = torch.optim.AdamW(parameter_groups(network, schedule))
    warmup = math.ceil(schedule.warmup * len(steps))
    rates = get_linear_schedule_with_warmup(optimizer, warmup, len(steps))  # type: ignore[no-untyped-call]
    dtype = _PRECISIONS.get(schedule.precision)
    scaler = torch.amp.GradScaler(torch_device(), enabled=schedule.precision == "fp16" and torch_device() == "cuda")
    losses = []
    try:
        for number, (pairs, same) in enumerate(steps, 1):
            sequences = [rows[place]["input_ids"] for place in pairs.T.ravel().tolist()]
            ids, mask = (torch.from_numpy(part).to(torch_device()) for part in pad(sequences, pad_token_id))
            with torch.autocast(torch_device(), dtype) if dtype else nullcontext():
                read, _ = pool(network, ids, mask)
            loss = pair_loss(read.float(), torch.from_numpy(same).to(read.device))
            losses.append(loss.item())
            if not math.isfinite(losses[-1]):
                raise FramelensError(
                    f"the loss of the pairs is {losses[-1]} at step {number}; "
                    "lower schedule.learning_rate, or try schedule.precision=fp32."
                )
            optimizer.zero_grad()
            scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(network.parameters(), _LARGEST_GRADIENT)
            scaler.step(optimizer)
            scaler.update()
            rates.step()
    finally:
        for parameter in kept:
            parameter.requires_grad_(True)
    return losses


def pair_loss(read: Tensor, same: Tensor) -> Tensor:
    """Squared error of the cosines of pairs.

    :param read: (2n, hidden), the first passages of all pairs, then the second ones. :param same: (n,), 1 or 0.
    """
    first, second = read.chunk(2)
    return (functional.cosine_similarity(first, second) - same).square().mean()


def draw_pairs(
    frames: NDArray[np.float32], count: int, size: int, seed: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """Pairs of passages, in steps of at most ``size``: half have the same frame, half are with and without it.

    Frames take turns, so that a rare one has as many pairs as a common one. Two passages without a frame make no
    pair, since the lack of a frame makes no likeness.

    :param frames: (n, frames), probabilities, NaN where nobody judged. A frame that fewer than two passages have, or
        none lacks, is passed over.
    :returns: places of the passages (pairs, 2), and 1 where they are of the same kind, else 0.
    """
    rng = np.random.default_rng(seed)
    sides = [(np.flatnonzero(column >= 0.5), np.flatnonzero(column < 0.5)) for column in frames.T]
    sides = [(having, lacking) for having, lacking in sides if len(having) > 1 and len(lacking)]
    count = count if sides else 0
    pairs, same = np.zeros((count, 2), np.intp), np.zeros(count, np.float32)
    for number in range(count):
        turn, frame = divmod(number, len(sides))
        having, lacking = sides[frame]
        if turn % 2 == 0:
            pairs[number], same[number] = rng.choice(having, 2, replace=False), 1
        else:
            pairs[number] = rng.choice(having), rng.choice(lacking)
    order = rng.permutation(count)
    for start in range(0, count, size):
        step = order[start : start + size]
        yield pairs[step], same[step]
