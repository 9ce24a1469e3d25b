"""Searches for settings: which trials there are, which is kept, and how a search goes on."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import typer
import yaml
from transformers import TrainerControl, TrainerState, TrainingArguments

from framelens import FrameClassifier
from framelens.errors import FramelensError
from framelens.scripts import train as command
from framelens.training import run
from framelens.training import search as searching
from framelens.training.config import Config, load_config
from framelens.training.search import search
from framelens.training.trainer import DivergedError

EXAMPLES = Path(__file__).parents[2] / "examples"
RATES = {"schedule.learning_rate": {"low": 1e-5, "high": 1e-1, "log": True}}
Making = Callable[..., Config]
Curve = Callable[[Config, int], float]


@pytest.fixture
def config(tiny_encoder: Path, tmp_path: Path) -> Making:
    """Makes configs with a search."""

    def make(output: str = "model", trials: int = 4, space: dict[str, Any] = RATES, **more: Any) -> Config:
        return Config.model_validate(
            {
                "name": "tiny",
                "data": {"annotations": [str(EXAMPLES / "annotated.jsonl")], "dev": 0.25, "test": 0.25},
                "encoder": {"name": str(tiny_encoder), "window": 32},
                "schedule": {"epochs": 2, "batch_size": 16},
                "search": {"trials": trials, "space": space},
                "output": str(tmp_path / output),
            }
            | more
        )

    return make


class Runs:
    """Stands for the runs of trials, whose scores on dev are those of a curve; keeps what was tried."""

    def __init__(self, curve: Curve, epochs: int = 3) -> None:
        self.tried: list[Config] = []
        self._curve, self._epochs = curve, epochs
        self._arguments = TrainingArguments(report_to="none")

    def __call__(self, config: Config, splits: Any, taxonomy: Any, trial: searching.Pruning) -> SimpleNamespace:
        self.tried.append(config)
        history: list[dict[str, float]] = []
        control = TrainerControl()
        for epoch in range(1, self._epochs + 1):
            history.append({"eval_macro_ap": self._curve(config, epoch)})
            state = TrainerState(global_step=epoch, max_steps=self._epochs)
            trial.on_evaluate(self._arguments, state, control, metrics=history[-1])
        return SimpleNamespace(history=history)


def peaked(config: Config, epoch: int) -> float:
    """Best at a learning rate of 0.001, and at the second epoch."""
    return 0.9 - 0.1 * abs(math.log10(config.schedule.learning_rate) + 3) - (0.05 if epoch != 2 else 0)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Runs]:
    def replace(curve: Curve = peaked, epochs: int = 3) -> Runs:
        standing = Runs(curve, epochs)
        monkeypatch.setattr(searching, "fit", standing)
        return standing

    return replace


def records(config: Config) -> list[dict[str, Any]]:
    lines = Path(config.output, "search", "trials.jsonl").read_text().splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in lines]


def silent(sentence: str) -> None:
    pass


def test_the_best_trial_is_chosen_and_written(config: Making, runs: Callable[..., Runs]) -> None:
    runs()
    said: list[str] = []
    chosen, count = search(config(), False, said.append)
    found = records(config())
    best = max(found, key=lambda record: record["score"])
    assert count == len(found) == 4
    assert [record["trial"] for record in found] == [1, 2, 3, 4]
    assert best["score"] == best["epochs"][1] == max(best["epochs"])
    assert chosen.schedule.learning_rate == best["values"]["schedule.learning_rate"]
    path = Path(chosen.output, "config.yaml")
    assert load_config(path) == chosen
    assert said[0].startswith("trial 1/4: dev macro AP 0.")
    for words in ("with schedule.learning_rate=", f"the best so far {best['score']:.3f}, trial {best['trial']}."):
        assert words in said[3]
    assert f"trial {best['trial']} is the best" in said[4]
    assert path.read_text().startswith(f"# The best of 4 trials: number {best['trial']}, ")


def test_the_seed_decides_what_is_tried_also_where_the_search_was_cut_off(
    config: Making, runs: Callable[..., Runs]
) -> None:
    # The first ten are random, the others depend on the scores before them.
    space = RATES | {"schedule.batch_size": {"low": 4, "high": 64}, "encoder.lora": [None, {"rank": 2}]}
    whole, again, other = config("a", 12, space), config("b", 12, space), config("c", 2, space, seed=14)
    for each in (whole, other):
        runs()
        search(each, False, silent)

    def cut(tried: Config, epoch: int) -> float:
        if (len(standing.tried), epoch) in ((3, 2), (13, 1)):
            raise KeyboardInterrupt
        return peaked(tried, epoch)

    standing = runs(cut)
    with pytest.raises(KeyboardInterrupt):
        search(again, False, silent)
    assert len(records(again)) == 2
    with pytest.raises(KeyboardInterrupt):
        search(again, True, silent)
    assert len(records(again)) == 11
    # What a crash left of a line.
    with Path(again.output, "search", "study.journal").open("a") as journal:
        journal.write('{"op_code":5,"wor')
    search(again, True, silent)
    assert records(again) == records(whole)
    assert len(standing.tried) == 12 + 2
    assert [record["values"] for record in records(whole)][:2] != [record["values"] for record in records(other)]
    values = [record["values"] for record in records(whole)]
    assert {json.dumps(value["encoder.lora"]) for value in values} == {"null", '{"rank": 2}'}
    assert all(isinstance(value["schedule.batch_size"], int) for value in values)


def test_more_trials_can_be_added_to_a_search(config: Making, runs: Callable[..., Runs]) -> None:
    runs()
    search(config(trials=2), False, silent)
    before, standing, said = records(config()), runs(), []
    assert search(config(trials=3), True, said.append)[1] == 3
    assert said[0] == "2 of 3 trials are done."
    assert len(standing.tried) == 1
    assert records(config())[:2] == before
    # Done already: nothing is tried, and the best is the same.
    standing = runs()
    search(config(trials=3), True, silent)
    assert standing.tried == []


def test_a_search_that_differs_is_not_gone_on_with(config: Making, runs: Callable[..., Runs]) -> None:
    runs()
    with pytest.raises(FramelensError, match="no search to go on with; run without --resume"):
        search(config(), True, silent)
    search(config(trials=1), False, silent)
    other = config(space={"data.swap": [0.1, 0.2]}, schedule={"epochs": 3})
    with pytest.raises(FramelensError, match=r"differs in schedule\.batch_size, schedule\.epochs, search\.space\.data"):
        search(other, True, silent)
    journal = Path(other.output, "search", "study.journal")
    journal.write_text("[]\n")
    with pytest.raises(FramelensError, match="study is damaged; start over with --overwrite"):
        search(config(), True, silent)


def test_a_trial_behind_the_median_is_pruned(config: Making, runs: Callable[..., Runs]) -> None:
    def worse_each_time(tried: Config, epoch: int) -> float:
        return 0.9 - 0.05 * len(standing.tried) + 0.01 * epoch

    standing, said = runs(worse_each_time), []
    search(config(trials=7), False, said.append)
    assert [record["state"] for record in records(config())] == ["complete"] * 5 + ["pruned"] * 2
    assert [len(record["epochs"]) for record in records(config())] == [3] * 5 + [1] * 2
    assert "dev macro AP 0.610 after epoch 1, pruned, with" in said[5]
    # The score of a run that is over is not thrown away.
    runs(worse_each_time, epochs=1)
    search(config("short", trials=7), False, silent)
    assert {record["state"] for record in records(config("short"))} == {"complete"}


def test_a_trial_that_fails_is_passed_over(config: Making, runs: Callable[..., Runs]) -> None:
    def sometimes(tried: Config, epoch: int) -> float:
        if len(standing.tried) == 1:
            raise DivergedError("the loss is nan at epoch 1.")
        if len(standing.tried) == 2:
            raise torch.OutOfMemoryError
        return peaked(tried, epoch)

    standing, said = runs(sometimes), []
    search(config(), False, said.append)
    assert [record["state"] for record in records(config())] == ["failed", "failed", "complete", "complete"]
    assert records(config())[0]["error"] == "the loss is nan at epoch 1."
    assert "memory" in records(config())[1]["error"]
    assert said[0].startswith("trial 1/4: failed (the loss is nan at epoch 1.), with schedule.learning_rate=")
    assert said[0].endswith("; none has ended so far.")


def test_where_all_fail_it_is_said(config: Making, runs: Callable[..., Runs]) -> None:
    def never(tried: Config, epoch: int) -> float:
        raise DivergedError("the loss is nan at epoch 1; lower schedule.learning_rate.")

    runs(never)
    with pytest.raises(
        FramelensError, match="none of 4 trials came to an end; the last: the loss is nan at epoch 1; l"
    ):
        search(config(), False, silent)
    assert not Path(config().output, "config.yaml").exists()


def test_what_is_wrong_with_all_trials_ends_the_search_at_once(config: Making, runs: Callable[..., Runs]) -> None:
    standing = runs()
    heads = {"name": "tiny", "tuning": "heads"}
    with pytest.raises(FramelensError, match=r"tries full fine-tuning; encoder\.tuning: heads is none"):
        search(config(space={"encoder.lora.rank": {"low": 4, "high": 16}}, encoder=heads), False, silent)
    lora = {"name": "tiny", "lora": {"rank": 8}}
    with pytest.raises(FramelensError, match=r"search\.space\.encoder\.tuning: with heads"):
        search(config(space={"encoder.tuning": ["heads"]}, encoder=lora), False, silent)
    few = config(space={"encoder.tuning": ["full", "heads"]})
    with pytest.raises(FramelensError, match=r"tries full fine-tuning; encoder\.tuning: heads is none"):
        search(few, False, silent)
    with pytest.raises(FramelensError, match=r"schedule\.positive_weights: villain is not a frame"):
        search(config(space={"schedule.positive_weights.villain": [1, 2]}), False, silent)
    with pytest.raises(FramelensError, match=r"search\.space\.schedule\.epochs is 0; give"):
        search(config(space={"schedule.epochs": [0, 1]}), False, silent)
    assert standing.tried == []

    def refused(tried: Config, epoch: int) -> float:
        raise FramelensError("the encoder cannot be loaded.")

    standing = runs(refused)
    with pytest.raises(FramelensError, match="the encoder cannot be loaded"):
        search(config(), False, silent)
    assert len(standing.tried) == 1


def call(config: Config, folder: Path, **options: Any) -> int:
    """The exit status of the train command."""
    path = folder / "given.yaml"
    path.write_text(yaml.safe_dump(config.model_dump(mode="json")))
    try:
        command.train(path, **options)
    except typer.Exit as left:
        return left.exit_code
    return 0


@pytest.fixture
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command does not change for other tests what is logged."""
    monkeypatch.setattr(command, "quieten", lambda: None)


@pytest.mark.usefixtures("loud")
def test_the_command_saves_a_model_with_the_best_settings(
    config: Making, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    space = {"schedule.learning_rate": [1e-3, 1e30], "schedule.epochs": [1, 2]}
    assert call(config(space=space), tmp_path, search=True) == 0
    said = capsys.readouterr().err.splitlines()
    found = records(config())
    assert {record["state"] for record in found} == {"complete", "failed"}
    best = max((record for record in found if record["state"] == "complete"), key=lambda record: record["score"])
    folder = Path(config().output)
    evaluation = json.loads((folder / "eval.json").read_text())["training"]
    # The model is that of the best trial, to the last bit of its scores.
    assert [epoch["eval_macro_ap"] for epoch in evaluation["history"]] == best["epochs"]
    assert evaluation["config"]["schedule"]["epochs"] == best["values"]["schedule.epochs"]
    assert evaluation["trials"] == 4
    assert "best of 4 trials on dev" in (folder / "README.md").read_text()
    assert FrameClassifier.load(folder).name == "tiny"
    # A line a trial; an epoch has one only where the model itself is trained.
    assert [line.split(":")[1].split()[0] for line in said[:4]] == ["trial"] * 4
    assert sum(": epoch " in line for line in said) == len(best["epochs"])
    # And a plain run of what was written makes the same model.
    again = load_config(folder / "config.yaml", [f"output={tmp_path / 'again'}"])
    run.train(again)
    assert (folder / "model.safetensors").read_bytes() == (tmp_path / "again" / "model.safetensors").read_bytes()
    assert call(config(space=space), tmp_path, search=True) == 1
    assert "framelens.json exists" in capsys.readouterr().err


@pytest.mark.usefixtures("loud")
def test_an_interrupted_search_says_how_to_go_on(
    config: Making,
    runs: Callable[..., Runs],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(tried: Config, epoch: int) -> float:
        if len(standing.tried) == 3:
            raise KeyboardInterrupt
        return peaked(tried, epoch)

    standing = runs(interrupted)
    assert call(config(), tmp_path, search=True) == 130
    assert capsys.readouterr().err.splitlines()[-1].endswith("give the same command with --resume to go on.")
    assert len(records(config())) == 2
    assert call(config(), tmp_path, search=True) == 1
    assert "holds a search that did not finish; go on with --resume" in capsys.readouterr().err
    assert len(records(config())) == 2
    # Interrupted again while the model is trained, before it has a checkpoint.
    standing = runs()

    def stops(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(run, "train", stops)
        assert call(config(), tmp_path, search=True, resume=True) == 130
    assert len(standing.tried) == 2
    trained: list[tuple[Config, bool]] = []
    monkeypatch.setattr(run, "train", lambda *given: trained.append(given))
    assert call(config(), tmp_path, search=True, resume=True) == 0
    assert len(standing.tried) == 2
    assert trained == [(load_config(Path(config().output, "config.yaml")), False)]


@pytest.mark.usefixtures("loud")
def test_what_a_search_needs_is_said(
    config: Making, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call(config().model_copy(update={"search": None}), tmp_path, search=True) == 1
    assert "--search needs a section search in the config" in capsys.readouterr().err
    for name in ("search", "trials"):
        monkeypatch.delitem(sys.modules, f"framelens.training.{name}")
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert call(config(), tmp_path, search=True) == 1
    assert "needs optuna; install it with: pip install 'framelens[train]'" in capsys.readouterr().err
    assert not Path(config().output).exists()
