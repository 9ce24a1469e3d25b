"""The other commands, as a user runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from framelens import __version__

Command = Callable[..., CompletedProcess[str]]
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("command", [[], ["score"], ["train"], ["evaluate"], ["export"], ["info"], ["prevalence"]])
def test_help_shows_an_example(framelens: Command, command: list[str]) -> None:
    done = framelens(*command, "--help")
    assert done.returncode == 0
    assert "Example: framelens" in done.stdout


def test_commands_that_do_not_exist_yet_are_absent(framelens: Command) -> None:
    shown = framelens("--help").stdout
    assert "report" not in shown


def test_version(framelens: Command) -> None:
    assert framelens("--version").stdout.strip() == f"framelens {__version__}"


def test_info_names_version_model_engine_and_devices(framelens: Command) -> None:
    done = framelens("info")
    assert done.returncode == 0
    for words in (__version__, "framelens-minilm", "onnxruntime", "int8", "cpu", "threat_inflation"):
        assert words in done.stdout


def test_export_says_how_far_int8_is_from_what_was_trained(framelens: Command, trained: Path, tmp_path: Path) -> None:
    done = framelens("export", trained, "-o", "out", "--check", EXAMPLES / "articles")
    assert done.returncode == 0, done.stderr
    assert "mean |Δp|" in done.stdout
    names = {
        "config.json",
        "framelens.json",
        "heads.safetensors",
        "model.int8.onnx",
        "model.safetensors",
        "tokenizer.json",
    }
    assert names <= {file.name for file in (tmp_path / "out").iterdir()}
    scored = framelens("score", EXAMPLES / "articles" / "wire_report.md", "--model", "out")
    assert json.loads(scored.stdout.splitlines()[0])["model"] == "tiny"


def test_export_of_what_is_no_model_is_refused(framelens: Command, tmp_path: Path) -> None:
    done = framelens("export", tmp_path, "-o", "out")
    assert done.returncode == 1
    assert "not a framelens model" in done.stderr
