"""The section ``trainer`` of a config."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from framelens.data import gold_passages, load_annotations, load_taxonomy
from framelens.errors import FramelensError
from framelens.training.arguments import argument_mistakes, training_arguments
from framelens.training.config import Config, load_config
from framelens.training.run import fit
from framelens.training.trainer import FrameTrainer

EXAMPLES = Path(__file__).parents[2] / "examples"
TAXONOMY = load_taxonomy()


def config(folder: Path, encoder: str = "e", schedule: dict[str, Any] | None = None, **trainer: Any) -> Config:
    return Config.model_validate(
        {
            "name": "tiny",
            "data": {"annotations": ["unused"]},
            "encoder": {"name": encoder, "window": 32},
            "schedule": {"epochs": 1, "batch_size": 8} | (schedule or {}),
            "trainer": trainer,
            "output": str(folder / "model"),
        }
    )


def run(encoder: Path, folder: Path, **trainer: Any) -> FrameTrainer:
    passages = gold_passages(load_annotations(EXAMPLES / "annotated.jsonl", TAXONOMY))[:60]
    splits = {"train": passages[:40], "dev": passages[40:], "test": []}
    return fit(config(folder, str(encoder), **trainer), splits, TAXONOMY)


def test_an_argument_passes_through_in_its_type(tmp_path: Path) -> None:
    arguments = training_arguments(
        config(tmp_path, gradient_accumulation_steps="2", adam_epsilon="1e-6", lr_scheduler_type="cosine")
    )
    assert arguments.gradient_accumulation_steps == 2
    assert arguments.adam_epsilon == 1e-6
    assert arguments.lr_scheduler_type == "cosine"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("gradient_acumulation_steps", 2, 'is none of TrainingArguments; did you mean "gradient_accumulation_steps"?'),
        ("num_train_epochs", 2, "is not set here; use schedule.epochs instead."),
        ("seed", 2, "is not set here; use seed instead."),
        ("eval_steps", 2, "cannot be set: dev is measured after each epoch, and the best epoch kept."),
        ("fsdp_config", {}, "cannot be set: each device holds the whole model."),
        ("gradient_accumulation_steps", "four", "is 'four'; input should be a valid integer, .*"),
    ],
)
def test_an_argument_that_is_none_or_not_free_is_refused(name: str, value: Any, sentence: str) -> None:
    [(key, what)] = argument_mistakes({name: value})
    assert key == f"trainer.{name}"
    assert what == sentence or what.startswith(sentence.removesuffix(".*"))


def test_its_mistakes_are_said_beside_the_others(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "name: a\ndata: {annotations: [x.jsonl]}\nencoder: {name: e}\noutput: o\n"
        "schedule: {epochs: 0}\ntrainer: {learning_rate: 1, optim: adamw_torch}"
    )
    with pytest.raises(FramelensError) as caught:
        load_config(path, ["trainer.bf17=true"])
    epochs, rate, precision = caught.value.args
    assert "schedule.epochs is 0" in epochs
    assert rate == f"{path}: trainer.learning_rate is not set here; use schedule.learning_rate instead."
    assert precision == '--set trainer.bf17 is none of TrainingArguments; did you mean "bf16"?'


@pytest.mark.parametrize(
    ("trainer", "message"),
    [
        ({"lr_scheduler_type": "cosin"}, "trainer: .*cosin.* is not a valid SchedulerType"),
        ({"report_to": ["smoke"]}, "trainer: smoke is not supported"),
    ],
)
def test_a_value_that_trainer_does_not_know_is_one_sentence(
    tmp_path: Path, trainer: dict[str, Any], message: str
) -> None:
    with pytest.raises(FramelensError, match=message):
        training_arguments(config(tmp_path, **trainer))


def test_precision_has_one_home_at_a_time(tmp_path: Path) -> None:
    assert training_arguments(config(tmp_path, bf16=True)).bf16
    with pytest.raises(FramelensError, match=r"schedule\.precision is bf16"):
        training_arguments(config(tmp_path, schedule={"precision": "bf16"}, fp16=True))


def test_accumulated_steps_are_fewer(tiny_encoder: Path, tmp_path: Path) -> None:
    assert run(tiny_encoder, tmp_path).state.global_step == 5
    assert run(tiny_encoder, tmp_path, gradient_accumulation_steps=2).state.global_step == 3


def test_the_optimizer_is_the_one_named(tiny_encoder: Path, tmp_path: Path) -> None:
    trainer = run(tiny_encoder, tmp_path, optim="sgd", lr_scheduler_type="constant", gradient_checkpointing=True)
    optimizer = trainer.optimizer
    assert isinstance(getattr(optimizer, "optimizer", optimizer), torch.optim.SGD)
    assert {group["lr"] for group in optimizer.param_groups} == {1e-4, 5e-4}


def test_tensorboard_gets_loss_and_dev_score(tiny_encoder: Path, tmp_path: Path) -> None:
    trainer = run(tiny_encoder, tmp_path, report_to=["tensorboard"], logging_steps=2, logging_strategy="steps")
    [file] = (tmp_path / "model" / "runs").rglob("events.out.tfevents.*")
    scalars = read_scalars(file)
    assert [step for step, _ in scalars["train/loss"]] == [2, 4]
    assert scalars["eval/macro_ap"] == [(5, pytest.approx(trainer.history[0]["eval_macro_ap"]))]


def read_scalars(file: Path) -> dict[str, list[tuple[int, float]]]:
    """The scalars of an event file: records of length, checksum, protocol buffer, checksum."""
    from tensorboardX.proto.event_pb2 import Event

    content, scalars = file.read_bytes(), {}
    while content:
        length = int.from_bytes(content[:8], "little")
        event = Event.FromString(content[12 : 12 + length])
        for value in event.summary.value:
            if value.HasField("simple_value"):
                scalars.setdefault(value.tag, []).append((event.step, value.simple_value))
        content = content[16 + length :]
    return scalars
