from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

from framelens import FrameClassifier
from framelens.data import load_taxonomy
from framelens.model.checkpoint import load_checkpoint
from framelens.model.network import build_network

TEXTS = [
    "The ministry let the dam crack, they said.",
    "A short one.",
    "The herring shrink and the boats come home empty.",
]


def test_logits_have_a_place_for_each_frame_voice_and_role(tiny_encoder: Path) -> None:
    network = build_network(str(tiny_encoder), load_taxonomy()).eval()
    ids = torch.randint(5, 50, (4, 9))
    logits = network(ids, torch.ones_like(ids))
    assert logits.frames.shape == (4, 3)
    assert logits.voices.shape == (4, 3, 3)
    assert logits.tokens.shape == (4, 9, 3, 2)


def test_padding_changes_nothing(trained: Path) -> None:
    network, *_ = load_checkpoint(trained)
    ids = torch.randint(5, 50, (1, 9))
    padded = torch.nn.functional.pad(ids, (0, 6))
    with torch.inference_mode():
        alone = network(ids, torch.ones_like(ids))
        beside = network(padded, (torch.arange(15) < 9).long()[None])
    torch.testing.assert_close(alone.frames, beside.frames, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(alone.voices, beside.voices, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(alone.tokens, beside.tokens[:, :9], atol=1e-5, rtol=1e-4)


def test_plain_transformers_gives_the_probabilities_before_calibration(trained: Path) -> None:
    manifest = load_checkpoint(trained)[1]
    classifier = FrameClassifier.load(trained)
    scales, offsets = torch.tensor(manifest.calibration.scales), torch.tensor(manifest.calibration.offsets)
    calibrated = torch.from_numpy(classifier.predict_proba(TEXTS)).double()
    before = torch.sigmoid((torch.logit(calibrated) - offsets) / scales)
    answers = pipeline("text-classification", model=str(trained), top_k=None)(TEXTS)
    for row, answer in enumerate(answers):
        by_label = {entry["label"]: entry["score"] for entry in answer}
        assert list(manifest.taxonomy.frame_ids) == sorted(by_label, key=manifest.taxonomy.frame_ids.index)
        for column, frame in enumerate(manifest.taxonomy.frame_ids):
            assert by_label[frame] == pytest.approx(float(before[row, column]), abs=1e-4)


def test_plain_transformers_loads_the_frame_head_whole(trained: Path) -> None:
    model, loading = AutoModelForSequenceClassification.from_pretrained(trained, output_loading_info=True)
    assert not loading["missing_keys"]
    assert not loading["unexpected_keys"]
    assert model.config.problem_type == "multi_label_classification"
    assert AutoTokenizer.from_pretrained(trained)("A word.")["input_ids"]


def test_other_frames_get_a_new_head_on_the_trained_encoder(trained: Path, tmp_path: Path) -> None:
    shipped = json.loads(files("framelens.data").joinpath("taxonomy.json").read_text(encoding="utf-8"))
    frames = [
        frame | {"id": name} for frame, name in zip(shipped["frames"], ("hero", "villain", "victim"), strict=True)
    ]
    others = tmp_path / "taxonomy.json"
    others.write_text(json.dumps(shipped | {"frames": frames}), encoding="utf-8")
    before = load_checkpoint(trained)[0].classifier.state_dict()
    same, other = (build_network(str(trained), load_taxonomy(path)).classifier.state_dict() for path in (None, others))
    assert not {name for name in before if not torch.equal(before[name], same[name])}
    changed = {name for name in before if not torch.equal(before[name], other[name])}
    assert changed == {"classifier.weight", "classifier.bias"}
