"""Runs that are cut off, and go on."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from framelens.errors import FramelensError
from framelens.training import resuming, run
from framelens.training.checkpoints import last_whole, refuse_changes, writing
from framelens.training.config import Config
from framelens.training.trainer import FrameTrainer

EXAMPLES = Path(__file__).parents[2] / "examples"
Making = Callable[..., Config]

# A run whose process the system kills in the middle of the second epoch.
KILLED = """
import json, os, signal, sys
from framelens.training.config import Config
from framelens.training.run import train
from framelens.training.trainer import FrameTrainer

genuine = FrameTrainer.training_step

def step(self, *inputs):
    if self.state.global_step == 11:
        os.kill(os.getpid(), signal.SIGKILL)
    return genuine(self, *inputs)

FrameTrainer.training_step = step
train(Config.model_validate(json.loads(sys.argv[1])))
"""


@pytest.fixture
def config(tiny_encoder: Path, tmp_path: Path) -> Making:
    """Makes configs of runs of three epochs of seven steps, with all that has a state of its own."""

    def make(output: str, lora: dict[str, Any] | None = None, **schedule: Any) -> Config:
        return Config.model_validate(
            {
                "name": "tiny",
                "data": {"annotations": [str(EXAMPLES / "annotated.jsonl")], "dev": 0.25, "test": 0.25, "swap": 0.5},
                "encoder": {"name": str(tiny_encoder), "window": 32, "lora": lora},
                "schedule": {
                    "epochs": 3,
                    "batch_size": 8,
                    "learning_rate": 1e-3,
                    "averaging": 0.9,
                    "consistency": 0.5,
                    "checkpoint_steps": 3,
                }
                | schedule,
                "trainer": {"gradient_accumulation_steps": 2},
                "output": str(tmp_path / output),
            }
        )

    return make


def weights(folder: str) -> dict[str, bytes]:
    return {name: Path(folder, name).read_bytes() for name in ("model.safetensors", "heads.safetensors")}


def cut_off(config: Config, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train until a step breaks, and leave what is then on the disk."""
    genuine = FrameTrainer.training_step

    def breaks(self: FrameTrainer, *inputs: Any) -> torch.Tensor:
        if self.state.global_step == step:
            raise KeyboardInterrupt
        return genuine(self, *inputs)

    with monkeypatch.context() as patched:
        patched.setattr(FrameTrainer, "training_step", breaks)
        with pytest.raises(KeyboardInterrupt):
            run.train(config)


def test_a_run_that_was_killed_ends_with_the_same_weights_bit_for_bit(config: Making) -> None:
    killed, whole = (config(output, lora={"rank": 4, "dropout": 0.1}) for output in ("killed", "whole"))
    done = subprocess.run([sys.executable, "-c", KILLED, killed.model_dump_json()], capture_output=True, timeout=300)
    assert done.returncode == -9, done.stderr
    assert not Path(killed.output, "framelens.json").exists()
    resumed, unbroken = run.train(killed, resume=True), run.train(whole)
    assert resumed is not None
    assert unbroken is not None
    assert weights(killed.output) == weights(whole.output)
    assert resumed.history == unbroken.history
    assert resumed.manifest == unbroken.manifest


# Epochs have 7 steps: cut off after a checkpoint within the first, at the end of one, and within the last.
@pytest.mark.parametrize(("steps", "step"), [(2, 3), (7, 8), (7, 13), (5, 16)])
def test_a_run_goes_on_from_anywhere(config: Making, monkeypatch: pytest.MonkeyPatch, steps: int, step: int) -> None:
    cut, whole = config("cut", checkpoint_steps=steps), config("whole", checkpoint_steps=steps)
    cut_off(cut, step, monkeypatch)
    resumed, unbroken = run.train(cut, resume=True), run.train(whole)
    assert resumed is not None
    assert unbroken is not None
    assert weights(cut.output) == weights(whole.output)
    assert resumed.history == unbroken.history


def test_it_says_where_it_goes_on(
    config: Making, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off(config("cut"), 11, monkeypatch)
    capsys.readouterr()
    run.train(config("cut"), resume=True)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "framelens: going on from step 9 of 21."
    assert [line.partition(":")[2].partition(":")[0] for line in lines[1:]] == [" epoch 2/3", " epoch 3/3"]


def test_the_last_two_checkpoints_are_kept(config: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = config("cut")
    cut_off(cut, 11, monkeypatch)
    assert {file.name for file in Path(cut.output, "checkpoints").iterdir()} == {"checkpoint-6", "checkpoint-9"}


def test_a_damaged_checkpoint_is_passed_over(config: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = config("cut")
    folder = Path(cut.output, "checkpoints")
    cut_off(cut, 11, monkeypatch)
    assert last_whole(folder) == folder / "checkpoint-9"
    with (folder / "checkpoint-9" / "optimizer.pt").open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\1\2\3")
    assert last_whole(folder) == folder / "checkpoint-6"
    run.train(cut, resume=True)
    assert Path(cut.output, "framelens.json").is_file()


def test_nothing_to_go_on_from_is_said(config: Making) -> None:
    with pytest.raises(FramelensError, match="no whole checkpoint to go on from; run without --resume"):
        run.train(config("new"), resume=True)


def test_a_changed_config_is_refused_by_its_keys(config: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = config("cut")
    cut_off(cut, 5, monkeypatch)
    other = cut.model_dump()
    other["schedule"] |= {"epochs": 4, "positive_weights": {"threat_inflation": 2}}
    other["data"]["annotations"] = [str(Path(cut.output).parent / "fewer.jsonl")]
    lines = (EXAMPLES / "annotated.jsonl").read_text().splitlines(keepends=True)
    Path(other["data"]["annotations"][0]).write_text("".join(lines[:-1]))
    with pytest.raises(FramelensError) as caught:
        run.train(Config.model_validate(other), resume=True)
    differing = "annotated passages, data.annotations, schedule.epochs, schedule.positive_weights.threat_inflation;"
    assert differing in str(caught.value)


def test_a_moved_folder_goes_on(config: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(config("cut"), 5, monkeypatch)
    moved = config("moved")
    shutil.move(config("cut").output, moved.output)
    run.train(moved, resume=True)
    assert Path(moved.output, "framelens.json").is_file()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "No space left on device"),
        (RuntimeError("[enforce fail at inline_container.cc:603] . unexpected pos 64"), "enforce fail"),
    ],
)
def test_a_checkpoint_that_cannot_be_saved_leaves_the_ones_before(
    config: Making, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    cut, whole = config("cut"), config("whole")
    genuine = torch.save

    def full(content: Any, path: Path) -> None:
        if "partial-9" in str(path) and Path(path).name == "weights.pt":
            Path(path).write_bytes(b"half")
            raise error
        genuine(content, path)

    with monkeypatch.context() as patched:
        patched.setattr(resuming.torch, "save", full)
        with pytest.raises(FramelensError, match=rf"checkpoint-9: cannot be saved \(.*{reason}.*\); .*--resume"):
            run.train(cut)
    folder = Path(cut.output, "checkpoints")
    assert {file.name for file in folder.iterdir()} == {"checkpoint-3", "checkpoint-6"}
    assert last_whole(folder) == folder / "checkpoint-6"
    run.train(cut, resume=True)
    run.train(whole)
    assert weights(cut.output) == weights(whole.output)


def test_a_model_that_cannot_be_saved_leaves_the_checkpoints(config: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(run, "save_checkpoint", full)
    with pytest.raises(FramelensError, match=r"No space left on device.*--resume"):
        run.train(config("full"))
    assert last_whole(Path(config("full").output, "checkpoints")) is not None


def test_a_folder_that_breaks_while_it_is_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), writing(tmp_path, 4) as place:
        (place / "half").write_text("a")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_holds_no_code(config: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = config("cut")
    cut_off(cut, 5, monkeypatch)
    [checkpoint] = Path(cut.output, "checkpoints").iterdir()
    names = {file.name for file in checkpoint.iterdir()}
    assert "training_args.bin" not in names
    for name in ("weights.pt", "optimizer.pt", "scheduler.pt"):
        assert torch.load(checkpoint / name, weights_only=True)
    refuse_changes(checkpoint, json.loads((checkpoint / "run.json").read_text()))
