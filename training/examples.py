"""Gold passages as what the network reads and what the losses compare with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from transformers import PreTrainedTokenizerBase

from framelens.data.annotations import GoldPassage
from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.model.batching import pad
from framelens.training.losses import Targets


def build_dataset(
    passages: Sequence[GoldPassage], taxonomy: Taxonomy, tokenizer: PreTrainedTokenizerBase, window: int
) -> Dataset:
    """Tokenise gold passages and lay their labels out for :func:`collate`."""
    encoded = tokenizer(
        [passage.text for passage in passages], truncation=True, max_length=window, return_offsets_mapping=True
    )
    rows = [
        {
            "id": passage.id,
            "input_ids": ids,
            "length": len(ids),
            "frames": [passage.frames[f].target if f in passage.frames else math.nan for f in taxonomy.frame_ids],
            "voices": [_voices(passage, frame, taxonomy) for frame in taxonomy.frame_ids],
            "tokens": _tokens(passage, taxonomy, offsets).tolist(),
        }
        for passage, ids, offsets in zip(passages, encoded["input_ids"], encoded["offset_mapping"], strict=True)
    ]
    return Dataset.from_list(rows)


def _voices(passage: GoldPassage, frame: str, taxonomy: Taxonomy) -> list[float]:
    gold = passage.frames.get(frame)
    if gold is None or not gold.present or not gold.voices:
        return [math.nan] * len(taxonomy.voices)
    return [gold.voices.get(voice, 0.0) for voice in taxonomy.voice_ids]


def _tokens(passage: GoldPassage, taxonomy: Taxonomy, offsets: Sequence[tuple[int, int]]) -> np.ndarray:
    """(tokens, frames * roles): 1 where a token overlaps a marked span, 0 elsewhere, NaN where nobody marked."""
    labels = np.full((len(offsets), len(taxonomy.frames), len(ROLES)), np.nan, dtype=np.float32)
    starts, ends = np.array(offsets).T
    words = ends > starts
    for f, frame in enumerate(taxonomy.frame_ids):
        for r, role in enumerate(ROLES):
            gold = passage.frames.get(frame)
            if gold is not None and gold.present and role in gold.spans:
                labels[words, f, r] = 0.0
                for start, end in gold.spans[role]:
                    labels[words & (starts < end) & (ends > start), f, r] = 1.0
    return labels.reshape(len(offsets), -1)


def with_twins(rows: Dataset, twins: Dataset) -> Dataset:
    """Each row with its other view beside it, for :func:`collate` to put in the same batch."""
    return rows.add_column("twin", list(twins))


def collate(rows: Sequence[dict[str, Any]], pad_token_id: int, frames: int) -> dict[str, Any]:
    """Pad rows of :func:`build_dataset` to a batch; where rows have twins, these follow in the same order.

    ``ids`` are those of the passages, each once, to name them where something is wrong with the batch.
    """
    names = [row["id"] for row in rows]
    rows = [*rows, *(row["twin"] for row in rows if "twin" in row)]
    ids, mask = pad([row["input_ids"] for row in rows], pad_token_id)
    tokens = np.full((*ids.shape, frames, len(ROLES)), np.nan, dtype=np.float32)
    for place, row in enumerate(rows):
        tokens[place, : len(row["input_ids"])] = np.array(row["tokens"], dtype=np.float32).reshape(
            -1, frames, len(ROLES)
        )
    targets = Targets(
        torch.tensor([row["frames"] for row in rows]),
        torch.tensor([row["voices"] for row in rows]),
        torch.from_numpy(tokens),
    )
    # A plain tuple: Trainer rebuilds what it moves to a device, and cannot rebuild a named one.
    inputs = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
    return inputs | {"targets": tuple(targets), "ids": names}
