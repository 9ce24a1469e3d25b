"""Several processes that train together, as ``accelerate launch`` and ``torchrun`` start them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from framelens import FrameClassifier
from framelens.training.config import Config

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPT = """
import sys
from framelens.training.config import Config
from framelens.training.run import train

print("writes" if train(Config.model_validate_json(sys.argv[1])) else "does not write")
"""


def together(script: str, argument: str) -> list[tuple[str, str]]:
    """What each of two processes prints on standard output and error."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1]), "WORLD_SIZE": "2"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, argument],
            env=os.environ | meeting | {"RANK": rank, "LOCAL_RANK": rank},
            **pipes,  # type: ignore[call-overload]
        )
        for rank in ("0", "1")
    ]
    try:
        printed = [process.communicate(timeout=240) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0, 0], printed
    return printed


def test_two_processes_train_one_model_and_the_first_writes(tiny_encoder: Path, tmp_path: Path) -> None:
    config = Config.model_validate(
        {
            "name": "tiny",
            "data": {"annotations": [str(EXAMPLES / "annotated.jsonl")], "dev": 0.25, "test": 0.25},
            "encoder": {"name": str(tiny_encoder), "window": 32},
            "schedule": {"epochs": 2, "batch_size": 8, "averaging": 0.9, "checkpoint_steps": 3},
            "trainer": {"use_cpu": True},
            "output": str(tmp_path / "model"),
        }
    )
    first, second = together(SCRIPT, config.model_dump_json())
    assert (first[0], second[0]) == ("writes\n", "does not write\n")
    said = [[line[:20] for line in err.splitlines() if "epoch" in line] for _, err in (first, second)]
    assert said == [["framelens: epoch 1/2", "framelens: epoch 2/2"], []]
    checkpoints = tmp_path / "model" / "checkpoints"
    assert {file.name for file in checkpoints.glob("*/rng_state_*")} == {"rng_state_0.pth", "rng_state_1.pth"}
    assert FrameClassifier.load(tmp_path / "model").name == "tiny"
