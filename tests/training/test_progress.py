"""What a user sees of a run while it lasts, and what ends it early."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import torch
from rich.console import Console
from transformers import TrainerControl, TrainerState, TrainingArguments

from framelens.data import GoldPassage, gold_passages, load_annotations, load_taxonomy
from framelens.errors import FramelensError
from framelens.training import progress, trainer
from framelens.training.callbacks import Patience
from framelens.training.config import Config
from framelens.training.progress import Progress, RunningLoss
from framelens.training.run import fit
from framelens.training.trainer import FrameTrainer

EXAMPLES = Path(__file__).parents[2] / "examples"
TAXONOMY = load_taxonomy()


def passages() -> list[GoldPassage]:
    return gold_passages(load_annotations(EXAMPLES / "annotated.jsonl", TAXONOMY))[:60]


def run(encoder: Path, folder: Path, **schedule: Any) -> FrameTrainer:
    config = Config.model_validate(
        {
            "name": "tiny",
            "data": {"annotations": ["unused"]},
            "encoder": {"name": str(encoder), "window": 32},
            "schedule": {"epochs": 2, "batch_size": 8} | schedule,
            "output": str(folder),
        }
    )
    found = passages()
    return fit(config, {"train": found[:40], "dev": found[40:], "test": []}, TAXONOMY)


def test_each_epoch_is_a_line_and_nothing_else(
    tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = run(tiny_encoder, tmp_path).history
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert len(lines) == len(history) == 2
    for number, (line, epoch) in enumerate(zip(lines, history, strict=True), 1):
        start = f"framelens: epoch {number}/2: loss {epoch['loss']:.4f}, dev macro AP {epoch['eval_macro_ap']:.3f}"
        assert line.startswith(start)
    assert lines[0].endswith("the best so far.")


def test_a_terminal_gets_a_bar_with_loss_and_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    terminal = Console(file=shown, force_terminal=True, width=100)
    monkeypatch.setattr(progress, "Console", lambda stderr: terminal)
    loss, history = RunningLoss(), [{"epoch": 1.0, "loss": 0.5, "eval_macro_ap": 0.25}]
    state = TrainerState(epoch=1.5, global_step=3, max_steps=4, num_train_epochs=2)
    arguments, control = TrainingArguments(output_dir=str(tmp_path)), TrainerControl()
    with Progress(loss, history) as shows:
        shows.on_train_begin(arguments, state, control)
        loss.add(0.25)
        loss.add(0.75)
        shows.on_step_end(arguments, state, control)
        shows.on_evaluate(arguments, state, control)
    text = shown.getvalue()
    for words in ("epoch 2/2", "3/4", "loss 0.5000", "left", "epoch 1/2: loss 0.5000, dev macro AP 0.250"):
        assert words in text


@pytest.mark.parametrize(
    ("scores", "patience", "stops"),
    [([0.5, 0.4], 1, True), ([0.5, 0.4], 2, False), ([0.5, 0.4, 0.5], 2, True), ([0.5, 0.4, 0.6], 1, False)],
)
def test_patience_counts_epochs_without_a_better_score(
    tmp_path: Path, scores: list[float], patience: int, stops: bool
) -> None:
    control = TrainerControl()
    history = [{"eval_macro_ap": score} for score in scores]
    Patience(patience, history).on_evaluate(TrainingArguments(output_dir=str(tmp_path)), TrainerState(), control)
    assert control.should_training_stop == stops


def test_a_run_out_of_patience_ends(tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # So slow that the scores of dev stay the same.
    slow = {"learning_rate": 1e-30, "head_learning_rate": 1e-30, "epochs": 9}
    assert len(run(tiny_encoder, tmp_path, patience=2, **slow).history) == 3
    assert "stopped early" in capsys.readouterr().err


def test_a_loss_that_is_no_number_stops_at_once_and_names_the_passages(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine, calls = trainer.loss, []

    def broken(*inputs: Any) -> torch.Tensor:
        calls.append(1)
        return genuine(*inputs) * (float("nan") if len(calls) == 7 else 1.0)

    monkeypatch.setattr(trainer, "loss", broken)
    with pytest.raises(FramelensError, match=r"the loss is nan at epoch 2, step 7, on the passages .*lower") as caught:
        run(tiny_encoder, tmp_path, consistency=0.5)
    named = str(caught.value).partition("passages ")[2].partition(";")[0].split(", ")
    assert len(calls) == 7
    assert len(named) == len(set(named)) == 8
    assert set(named) <= {passage.id for passage in passages()[:40]}


def test_weights_that_are_no_numbers_stop_the_run(tiny_encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match="learning_rate"):
        run(tiny_encoder, tmp_path, learning_rate=1e30, head_learning_rate=1e30)
