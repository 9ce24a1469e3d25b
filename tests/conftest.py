"""What several rooms' tests need: a tiny encoder, a model trained on it through the command line, the command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from framelens import FrameClassifier

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
SHARED = ROOT.parent / "shared"
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def shipped() -> FrameClassifier:
    return FrameClassifier.load()


@pytest.fixture
def framelens(tmp_path: Path) -> Command:
    """Runs the installed command, as a user does, in an empty folder."""

    def run(*arguments: object, stdin: str | None = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).with_name("framelens"), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=os.environ | {"COLUMNS": "100"},
            timeout=300,
        )

    return run


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A randomly initialised BERT of two layers with a vocabulary of its own."""
    import torch
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("encoder")
    words = BertWordPieceTokenizer(lowercase=True)
    words.train([str(EXAMPLES / "annotated.jsonl")], vocab_size=800, show_progress=False)
    words.save(str(folder / "raw.json"))
    tokenizer = BertTokenizerFast(tokenizer_file=str(folder / "raw.json"))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def trained(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder that the train command wrote, from the example passages."""
    folder = tmp_path_factory.mktemp("trained")
    config = folder / "config.yaml"
    config.write_text(
        f"name: tiny\n"
        f"data: {{annotations: ['{EXAMPLES / 'annotated.jsonl'}'], dev: 0.25, test: 0.25}}\n"
        f"encoder: {{name: '{tiny_encoder}', window: 64}}\n"
        f"schedule: {{epochs: 2, learning_rate: 0.001}}\n"
        f"output: '{folder / 'model'}'\n"
    )
    command = [Path(sys.executable).with_name("framelens"), "train", config, "--set", "schedule.batch_size=16"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder / "model"


@pytest.fixture(scope="session")
def exported(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runtime files of ``trained``, written by the export command."""
    folder = tmp_path_factory.mktemp("exported")
    command = [Path(sys.executable).with_name("framelens"), "export", trained, "-o", folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data beside the repository; a test that needs them skips where they are absent."""
    if not SHARED.exists():
        pytest.skip("needs ../shared, which is not here")
    return SHARED
