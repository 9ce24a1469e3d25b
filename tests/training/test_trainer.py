from __future__ import annotations

from pathlib import Path

import pytest
import torch

from framelens.data import gold_passages, load_annotations, load_taxonomy
from framelens.model.network import build_network
from framelens.training.config import Config, Schedule
from framelens.training.losses import consistency
from framelens.training.optimizer import parameter_groups
from framelens.training.run import fit
from framelens.training.trainer import FrameTrainer

EXAMPLES = Path(__file__).parents[2] / "examples"
TAXONOMY = load_taxonomy()


def run(encoder: Path, folder: Path, **schedule: float) -> FrameTrainer:
    passages = gold_passages(load_annotations(EXAMPLES / "annotated.jsonl", TAXONOMY))[:60]
    config = Config.model_validate(
        {
            "name": "tiny",
            "data": {"annotations": ["unused"]},
            "encoder": {"name": str(encoder), "window": 32},
            "schedule": {"epochs": 1, "learning_rate": 1e-3} | schedule,
            "output": str(folder),
        }
    )
    return fit(config, {"train": passages[:40], "dev": passages[40:], "test": []}, TAXONOMY)


def test_a_layer_learns_slower_than_the_one_above(tiny_encoder: Path) -> None:
    network = build_network(str(tiny_encoder), TAXONOMY)
    groups = parameter_groups(network, Schedule(learning_rate=1e-3, head_learning_rate=7e-3, layer_decay=0.5))
    rates = {id(parameter): group["lr"] for group in groups for parameter in group["params"]}
    bert = network.classifier.bert
    assert rates[id(network.heads.voice.weight)] == 7e-3
    assert rates[id(bert.encoder.layer[1].output.dense.weight)] == 1e-3
    assert rates[id(bert.encoder.layer[0].output.dense.weight)] == 5e-4
    assert rates[id(bert.embeddings.word_embeddings.weight)] == 2.5e-4
    assert len(rates) == len(list(network.parameters()))


def test_the_average_of_the_weights_is_kept(tiny_encoder: Path, tmp_path: Path) -> None:
    last, averaged = (run(tiny_encoder, tmp_path, averaging=decay) for decay in (0.0, 0.9))
    start = build_network(str(tiny_encoder), TAXONOMY).classifier.bert.encoder.layer[0].output.dense.weight
    moved, less = (
        (trainer.network.classifier.bert.encoder.layer[0].output.dense.weight - start).norm().item()
        for trainer in (last, averaged)
    )
    assert 0 < less < moved


def test_consistency_brings_the_views_together(tiny_encoder: Path, tmp_path: Path) -> None:
    settings = {"batch_size": 1, "head_learning_rate": 5e-3}
    # Weighs so much because views of an encoder that knows nothing differ so little.
    apart, together = (run(tiny_encoder, tmp_path, consistency=weight, **settings) for weight in (1e-9, 1e4))
    assert distance(together) < distance(apart) / 10


@torch.inference_mode()
def distance(trainer: FrameTrainer) -> float:
    """How far two views of the dev passages are apart that differ by dropout."""
    torch.manual_seed(0)
    batch = trainer.data_collator([*trainer.eval_dataset, *trainer.eval_dataset])
    return consistency(trainer.network.train()(batch["input_ids"], batch["attention_mask"])).item()


@pytest.mark.parametrize("decay", [1.0, -0.1])
def test_a_decay_of_the_average_outside_its_range_is_refused(decay: float) -> None:
    with pytest.raises(ValueError, match="averaging"):
        Schedule(averaging=decay)
