from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from framelens.data.taxonomy import Label, load_taxonomy
from framelens.errors import FramelensError
from framelens.model.checkpoint import load_checkpoint
from framelens.model.tiers import DEFAULT
from framelens.training.config import Encoder
from framelens.training.encoders import load_encoder, resolve_encoder


def test_the_shipped_model_is_a_start_by_name() -> None:
    network, tokenizer = load_encoder(Encoder(name="default"), load_taxonomy())
    shipped, _, _ = load_checkpoint(DEFAULT)
    assert len(tokenizer) == shipped.classifier.config.vocab_size
    for name, tensor in shipped.state_dict().items():
        torch.testing.assert_close(network.state_dict()[name], tensor)


def test_a_model_of_other_frames_gives_its_encoder_alone(trained: Path) -> None:
    frames = tuple(Label(id, id, "") for id in ("hero", "villain"))
    network, _ = load_encoder(Encoder(name=str(trained)), replace(load_taxonomy(), frames=frames))
    before, _, _ = load_checkpoint(trained)
    assert network.classifier.classifier.weight.shape[0] == 2
    assert network.heads.shape == (2, 3)
    torch.testing.assert_close(
        network.classifier.bert.embeddings.word_embeddings.weight,
        before.classifier.bert.embeddings.word_embeddings.weight,
    )


def test_an_encoder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match="the encoder cannot be loaded"):
        load_encoder(Encoder(name=str(tmp_path)), load_taxonomy())


def test_an_encoder_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(FramelensError, match="pip install no-such-encoder"):
        resolve_encoder("package:no_such_encoder")
