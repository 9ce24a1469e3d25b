"""The other commands, as a user runs them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from framelens import FrameClassifier, __version__
from framelens.data.passages import Window
from framelens.eval.parity import parity_texts
from framelens.model.manifest import Calibration
from framelens.model.tiers import DEFAULT
from framelens.model.torch_engine import load_torch

Command = Callable[..., CompletedProcess[str]]
EXAMPLES = Path(__file__).parents[2] / "examples"
WINDOW = Window(256, lambda text: [(0, len(text))])


def test_info_names_version_model_engine_and_devices(framelens: Command) -> None:
    done = framelens("info")
    assert done.returncode == 0
    for words in (__version__, "framelens-minilm", "onnxruntime", "int8", "cpu", "threat_inflation"):
        assert words in done.stdout


def test_info_lists_the_accurate_model_where_it_is_installed(
    framelens: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / "site" / "framelens_accurate" / "weights"
    weights.mkdir(parents=True)
    (weights.parent / "__init__.py").touch()
    manifest = json.loads((DEFAULT / "framelens.json").read_text())
    (weights / "framelens.json").write_text(json.dumps(manifest | {"name": "some-accurate-model"}))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")]))
    done = framelens("info")
    assert done.returncode == 0, done.stderr
    assert f"--modelaccuratesome-accurate-model({weights})" in "".join(done.stdout.split())


def test_the_accurate_model_says_in_one_sentence_how_to_install_it(framelens: Command) -> None:
    if find_spec("framelens_accurate") is not None:
        pytest.skip("framelens-accurate is installed here")
    done = framelens("score", EXAMPLES / "articles" / "wire_report.md", "--model", "accurate")
    assert done.returncode == 1
    sentence = "the model 'accurate' is not installed; in a clone of framelens: pip install ./accurate."
    assert done.stderr == f"framelens: {sentence}\n"
    assert "not installed; in a clone of framelens: pip install ./accurate" in framelens("info").stdout


def test_export_says_how_far_its_files_are_from_what_was_trained(
    framelens: Command, trained: Path, tmp_path: Path
) -> None:
    done = framelens("export", trained, "-o", "out", "--check", EXAMPLES / "articles")
    assert done.returncode == 0, done.stderr
    names = {
        "README.md",
        "config.json",
        "eval.json",
        "framelens.json",
        "heads.safetensors",
        "model.int8.onnx",
        "model.safetensors",
        "parity.json",
        "tokenizer.json",
    }
    assert names <= {file.name for file in (tmp_path / "out").iterdir()}
    report = json.loads((tmp_path / "out" / "parity.json").read_text())
    assert list(report["files"]) == ["model.int8.onnx", "model.safetensors"]
    assert all(file["all"]["mean"] < 0.001 for file in report["files"].values())
    assert report["files"]["model.int8.onnx"]["all"]["decisions"]["of"] == 3 * report["passages"]
    rows = [line for line in done.stdout.splitlines() if line.startswith("| `model")]
    assert len(rows) == 8
    card = (tmp_path / "out" / "README.md").read_text()
    assert all(row in card for row in rows)
    assert card.startswith((trained / "README.md").read_text().rstrip())
    scored = framelens("score", EXAMPLES / "articles" / "wire_report.md", "--model", "out")
    assert json.loads(scored.stdout.splitlines()[0])["model"] == "tiny"


def test_export_measures_itself_unasked_on_passages_of_its_own(exported: Path) -> None:
    report = json.loads((exported / "parity.json").read_text())
    assert report["from"] == "framelens"
    assert report["passages"] > 150


@pytest.fixture
def spread(trained: Path, tmp_path: Path) -> Path:
    """The trained model, whose logits are nearly the same for all texts, calibrated so that its p are not."""
    model = load_torch(str(trained), "cpu")
    uncalibrated = replace(model.manifest, calibration=Calibration((1.0,) * 3, (0.0,) * 3))
    p = FrameClassifier(model._replace(manifest=uncalibrated)).predict_proba(parity_texts(None, WINDOW)[0])
    logits = np.log(p / (1 - p)).astype(np.float64)
    scales = 2 / logits.std(0)
    calibration = {"scales": scales.tolist(), "offsets": (-scales * logits.mean(0)).tolist()}
    shutil.copytree(trained, tmp_path / "spread")
    manifest = json.loads((trained / "framelens.json").read_text())
    (tmp_path / "spread" / "framelens.json").write_text(json.dumps(manifest | {"calibration": calibration}))
    return tmp_path / "spread"


def test_export_warns_where_a_file_is_far_from_what_was_trained(
    framelens: Command, spread: Path, tmp_path: Path
) -> None:
    (spread / "README.md").unlink()
    done = framelens("export", spread, "-o", "out", "--int8-only")
    assert done.returncode == 0, done.stderr
    (warning,) = [line for line in done.stderr.splitlines() if "is far from the trained model: p of " in line]
    assert warning.startswith("framelens: model.int8.onnx ")
    assert warning.endswith("; see what that costs: framelens evaluate out DATA.")
    assert f"{spread} has no README.md" in done.stderr
    assert list(json.loads((tmp_path / "out" / "parity.json").read_text())["files"]) == ["model.int8.onnx"]


def test_export_refuses_what_it_cannot_compare_on_before_it_writes(
    framelens: Command, trained: Path, tmp_path: Path
) -> None:
    done = framelens("export", trained, "-o", "out", "--check", tmp_path / "missing.txt")
    assert done.returncode == 1
    assert "missing.txt" in done.stderr
    assert not (tmp_path / "out").exists()


def test_export_of_what_is_no_model_is_refused(framelens: Command, tmp_path: Path) -> None:
    done = framelens("export", tmp_path, "-o", "out")
    assert done.returncode == 1
    assert "not a framelens model" in done.stderr
