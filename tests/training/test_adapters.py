from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from framelens.data import load_taxonomy
from framelens.model.checkpoint import load_checkpoint
from framelens.model.network import build_network
from framelens.training import run
from framelens.training.adapters import add_adapters, merge_adapters
from framelens.training.config import Config, Lora

EXAMPLES = Path(__file__).parents[2] / "examples"
RANK = 2


def adapted(encoder: Path, output: Path, **schedule: Any) -> run.Run:
    config = Config.model_validate(
        {
            "name": "tiny",
            "data": {"annotations": [str(EXAMPLES / "annotated.jsonl")], "dev": 0.25, "test": 0.25},
            "encoder": {"name": str(encoder), "window": 32, "lora": {"rank": RANK, "dropout": 0.1}},
            "schedule": {"epochs": 2, "batch_size": 16, "learning_rate": 1e-2} | schedule,
            "output": str(output),
        }
    )
    done = run.train(config)
    assert done is not None
    return done


@pytest.mark.parametrize("averaging", [0.0, 0.9])
def test_an_adapted_model_is_an_ordinary_one_of_low_rank_changes(
    tiny_encoder: Path, tmp_path: Path, averaging: float
) -> None:
    adapted(tiny_encoder, tmp_path / "model", averaging=averaging)
    before, after = load_file(tiny_encoder / "model.safetensors"), load_file(tmp_path / "model" / "model.safetensors")
    plain = AutoModelForSequenceClassification.from_pretrained(tiny_encoder, num_labels=3)
    assert set(after) == set(plain.state_dict())
    for name, weight in before.items():
        change = (after[f"bert.{name}"] - weight).numpy()
        linear = weight.ndim == 2 and "embeddings" not in name
        assert np.abs(change).max() > 0 if linear else not change.any(), name
        if linear:
            sizes = np.linalg.svd(change, compute_uv=False)
            assert sizes[RANK:].max() < 1e-3 * sizes[0]
    assert not (tmp_path / "model" / "adapter_config.json").exists()
    network, _, _ = load_checkpoint(tmp_path / "model")
    text = AutoTokenizer.from_pretrained(tmp_path / "model")("The dam cracked.", return_tensors="pt")
    loaded, info = AutoModelForSequenceClassification.from_pretrained(tmp_path / "model", output_loading_info=True)
    assert not info["missing_keys"]
    with torch.inference_mode():
        ids, mask = text["input_ids"], text["attention_mask"]
        torch.testing.assert_close(loaded.eval()(ids, mask).logits, network(ids, mask).frames)


def test_merging_changes_no_answer(tiny_encoder: Path) -> None:
    network = build_network(str(tiny_encoder), load_taxonomy()).eval()
    ids = torch.randint(5, 50, (4, 9))
    adapters = add_adapters(network, Lora(rank=RANK, alpha=4)).eval()
    with torch.inference_mode():
        untouched = network(ids, torch.ones_like(ids)).frames
        for name, parameter in network.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.5)
        before = network(ids, torch.ones_like(ids)).frames
        merge_adapters(adapters)
        after = network(ids, torch.ones_like(ids)).frames
    assert not torch.allclose(untouched, before)
    torch.testing.assert_close(before, after, atol=1e-5, rtol=1e-4)


def test_only_additions_and_heads_learn(tiny_encoder: Path) -> None:
    network = build_network(str(tiny_encoder), load_taxonomy())
    add_adapters(network, Lora(rank=RANK))
    learning = {name for name, parameter in network.named_parameters() if parameter.requires_grad}
    assert any("lora_" in name for name in learning)
    assert all("lora_" in name or name.startswith(("classifier.classifier.", "heads.")) for name in learning)
