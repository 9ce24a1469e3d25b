from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from framelens.data import Gold, GoldPassage, load_taxonomy
from framelens.training.examples import build_dataset, collate, with_twins
from framelens.training.losses import Targets

TEXT = "The ministry let the dam crack."
BLAME = Gold(0.98, {"reported": 1.0}, {"actor": ((0, 12),), "evidence": ((13, 30),)})
PASSAGES = [
    GoldPassage("1", TEXT, "s", "d", {"blame_attribution": BLAME, "threat_inflation": Gold(0.02, {}, {})}),
    GoldPassage("2", "Plain.", "s", "d", {"blame_attribution": Gold(0.75, {"author": 1.0}, {})}),
]


@pytest.fixture
def batch(tiny_encoder: Path) -> dict[str, torch.Tensor]:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    rows = list(build_dataset(PASSAGES, load_taxonomy(), tokenizer, window=64))
    return collate(rows, pad_token_id=0, frames=3)


def test_frames_that_nobody_judged_are_unknown(batch: dict[str, torch.Tensor]) -> None:
    targets = Targets(*batch["targets"])
    np.testing.assert_allclose(targets.frames, [[0.98, np.nan, 0.02], [0.75, np.nan, np.nan]], rtol=1e-6)


def test_voices_are_known_only_where_a_frame_is_present(batch: dict[str, torch.Tensor]) -> None:
    targets = Targets(*batch["targets"])
    assert targets.voices[0, 0].tolist() == [0.0, 1.0, 0.0]
    assert targets.voices[1, 0].tolist() == [1.0, 0.0, 0.0]
    assert targets.voices[:, 1:].isnan().all()


def test_tokens_are_marked_where_they_overlap_a_span(tiny_encoder: Path, batch: dict[str, torch.Tensor]) -> None:
    targets = Targets(*batch["targets"])
    offsets = AutoTokenizer.from_pretrained(tiny_encoder)(TEXT, return_offsets_mapping=True)["offset_mapping"]
    for place, (start, end) in enumerate(offsets):
        actor, evidence = targets.tokens[0, place, 0].tolist()
        if start == end:
            assert np.isnan(actor)
            assert np.isnan(evidence)
        else:
            assert actor == (start < 12)
            assert evidence == (13 <= start < 30)


def test_tokens_are_unknown_where_nobody_marked_and_on_padding(batch: dict[str, torch.Tensor]) -> None:
    targets = Targets(*batch["targets"])
    assert targets.tokens[0, :, 1:].isnan().all()
    assert targets.tokens[1].isnan().all()
    assert batch["attention_mask"][1].sum() < batch["attention_mask"].shape[1]


def test_twins_follow_in_the_order_of_their_rows(tiny_encoder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    rows = build_dataset(PASSAGES, load_taxonomy(), tokenizer, window=64)
    batch = collate(list(with_twins(rows, rows)), pad_token_id=0, frames=3)
    for here, there in (part.chunk(2) for part in (batch["input_ids"], *batch["targets"])):
        assert torch.equal(here.nan_to_num(-1), there.nan_to_num(-1))
