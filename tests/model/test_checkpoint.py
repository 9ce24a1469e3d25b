from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from framelens import FrameClassifier, FramelensError
from framelens.model.checkpoint import load_checkpoint, save_checkpoint

TEXTS = ["The ministry let the dam crack.", "The court set a date."]


def test_what_is_saved_is_what_is_loaded(trained: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    network, manifest, _ = load_checkpoint(trained)
    save_checkpoint(tmp_path, network, AutoTokenizer.from_pretrained(trained), manifest)
    again, manifest_again, _ = load_checkpoint(tmp_path)
    assert manifest_again.thresholds == manifest.thresholds
    assert manifest_again.calibration == manifest.calibration
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name]), name


def test_a_model_folder_holds_no_pickle(trained: Path, exported: Path) -> None:
    for folder in (trained, exported):
        suffixes = {file.suffix for file in folder.iterdir()}
        assert suffixes <= {".json", ".safetensors", ".onnx", ".md"}


@pytest.mark.parametrize("name", ["model.int8.onnx", "tokenizer.json"])
def test_one_changed_byte_is_refused_by_the_name_of_its_file(exported: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(exported, tmp_path / "model")
    file = tmp_path / "model" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(FramelensError, match=rf"{name}: damaged"):
        FrameClassifier.load(tmp_path / "model")


@pytest.mark.parametrize("name", ["model.safetensors", "heads.safetensors", "config.json"])
def test_damaged_weights_of_the_torch_engine_are_refused_too(trained: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(trained, tmp_path / "model")
    file = tmp_path / "model" / name
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(FramelensError, match=rf"{name}: damaged"):
        FrameClassifier.load(tmp_path / "model")


def test_a_missing_file_is_named(exported: Path, tmp_path: Path) -> None:
    shutil.copytree(exported, tmp_path / "model")
    (tmp_path / "model" / "model.int8.onnx").unlink()
    with pytest.raises(FramelensError, match=r"model\.int8\.onnx: cannot be read"):
        FrameClassifier.load(tmp_path / "model")


@pytest.mark.parametrize("content", ["{", "{}", "[]", '{"format": 99}'])
def test_a_broken_manifest_is_refused(exported: Path, tmp_path: Path, content: str) -> None:
    shutil.copytree(exported, tmp_path / "model")
    (tmp_path / "model" / "framelens.json").write_text(content)
    with pytest.raises(FramelensError, match=r"framelens\.json"):
        FrameClassifier.load(tmp_path / "model")


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match="neither a framelens model nor"):
        FrameClassifier.load(tmp_path)


@pytest.mark.parametrize("name", ["missing", "./missing", "/tmp/missing/model", "a/b/c"])
def test_a_path_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(FramelensError, match="no such folder"):
        FrameClassifier.load(name)


def test_a_plain_hugging_face_checkpoint_loads_without_voices(trained: Path, tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(trained / name, tmp_path / name)
    foreign = FrameClassifier.load(tmp_path)
    assert foreign.frames == FrameClassifier.load(trained).frames
    assert foreign.manifest.window == json.loads((trained / "config.json").read_text())["max_position_embeddings"]
    (first, _) = foreign.predict(TEXTS)
    assert all(result.voice is None and not result.evidence for result in first.values())
    assert np.isfinite(foreign.predict_proba(TEXTS)).all()
