"""Training through the command line, on the example passages and a tiny encoder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from framelens import FrameClassifier
from framelens.data import gold_passages, load_annotations, load_taxonomy
from framelens.training.checkpoints import writing

Command = Callable[..., CompletedProcess[str]]
EXAMPLES = Path(__file__).parents[2] / "examples"


def config(folder: Path, encoder: Path, annotations: Path, **more: str) -> Path:
    path = folder / "config.yaml"
    lines = [
        "name: tiny",
        f"data: {{annotations: ['{annotations}'], dev: 0.25, test: 0.25{more.get('data', '')}}}",
        f"encoder: {{name: '{encoder}', window: 64}}",
        f"schedule: {{epochs: 1{more.get('schedule', '')}}}",
        f"output: '{folder / 'model'}'",
    ]
    path.write_text("\n".join(lines))
    return path


def test_a_trained_folder_holds_weights_card_and_figures(trained: Path) -> None:
    names = {file.name for file in trained.iterdir()}
    assert {"model.safetensors", "heads.safetensors", "framelens.json", "README.md", "eval.json"} <= names
    evaluation = json.loads((trained / "eval.json").read_text())
    for split in ("dev", "test"):
        figure = evaluation[split]["figures"]["macro/average_precision"]
        assert figure["interval"][0] <= figure["value"] <= figure["interval"][1]
    assert evaluation["baseline"]["figures"]["macro/average_precision"]["value"] > 0
    assert len(evaluation["training"]["history"]) == 2


def test_the_same_config_and_seed_give_the_same_figures(framelens: Command, trained: Path, tmp_path: Path) -> None:
    settings = ["schedule.batch_size=16", "schedule.checkpoint_steps=2", f"output={tmp_path / 'again'}"]
    done = framelens("train", trained.parent / "config.yaml", "--set", *settings)
    assert done.returncode == 0, done.stderr
    first, second = (json.loads((folder / "eval.json").read_text()) for folder in (trained, tmp_path / "again"))
    for evaluation in (first, second):
        evaluation["training"]["config"].pop("output")
        evaluation["training"]["config"]["schedule"].pop("checkpoint_steps")
    assert first == second
    for name in ("model.safetensors", "heads.safetensors"):
        assert (trained / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert not (tmp_path / "again" / "checkpoints").exists()


def test_a_run_that_did_not_finish_is_not_lost_unasked(framelens: Command, tiny_encoder: Path, tmp_path: Path) -> None:
    path = config(tmp_path, tiny_encoder, EXAMPLES / "annotated.jsonl")
    done = framelens("train", path, "--resume")
    assert done.returncode == 1
    assert "no whole checkpoint to go on from" in done.stderr
    with writing(tmp_path / "model" / "checkpoints", 3) as place:
        (place / "run.json").write_text("{}")
    done = framelens("train", path)
    assert done.returncode == 1
    assert "did not finish; go on with --resume, or start over with --overwrite" in done.stderr
    assert (tmp_path / "model" / "checkpoints" / "checkpoint-3" / "run.json").is_file()


def test_the_card_gives_the_figures_of_the_evaluation(trained: Path) -> None:
    card = (trained / "README.md").read_text()
    test = json.loads((trained / "eval.json").read_text())["test"]
    assert f"{test['figures']['macro/average_precision']['value']:.2f}" in card
    assert f"{test['data']['passages']} passages" in card


def test_thresholds_and_calibration_are_fitted(trained: Path) -> None:
    manifest = FrameClassifier.load(trained).manifest
    assert manifest.calibration.scales != (1.0, 1.0, 1.0)
    assert manifest.thresholds != (0.5, 0.5, 0.5)


def test_a_trained_model_learns_what_it_was_shown(trained: Path) -> None:
    passages = gold_passages(load_annotations(EXAMPLES / "annotated.jsonl", load_taxonomy()))
    history = json.loads((trained / "eval.json").read_text())["training"]["history"]
    probabilities = FrameClassifier.load(trained).predict_proba([passage.text for passage in passages])
    assert probabilities.std(axis=0).min() > 0
    assert all(0 < epoch["eval_macro_ap"] <= 1 for epoch in history)


@pytest.mark.parametrize(
    ("data", "schedule", "message"),
    [
        (", taxonomy: missing.json", "", "missing.json: cannot read the taxonomy"),
        (", splits: missing.json", "", "missing.json: cannot read the splits"),
        ("", ", positive_weights: {villain: 2}", "villain is not a frame"),
        (", prevalence: {villain: 0.1}", "", "villain is not a frame"),
    ],
)
def test_what_does_not_fit_is_refused_before_training(
    framelens: Command, tiny_encoder: Path, tmp_path: Path, data: str, schedule: str, message: str
) -> None:
    path = config(tmp_path, tiny_encoder, EXAMPLES / "annotated.jsonl", data=data, schedule=schedule)
    done = framelens("train", path)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "model").exists()


def test_evidence_that_is_not_in_the_text_is_refused_by_line(
    framelens: Command, tiny_encoder: Path, tmp_path: Path
) -> None:
    lines = (EXAMPLES / "annotated.jsonl").read_text().splitlines()[:20]
    broken = json.loads(lines[11])
    broken["labels"]["blame_attribution"] = {"score": 3, "voice": "author", "evidence": ["not there"]}
    lines[11] = json.dumps(broken)
    annotations = tmp_path / "broken.jsonl"
    annotations.write_text("\n".join(lines))
    done = framelens("train", config(tmp_path, tiny_encoder, annotations))
    assert done.returncode == 1
    assert "broken.jsonl, line 12" in done.stderr


def test_data_without_a_passage_are_refused(framelens: Command, tiny_encoder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    done = framelens("train", config(tmp_path, tiny_encoder, tmp_path / "empty.jsonl"))
    assert done.returncode == 1
    assert "empty.jsonl: there is no annotated passage" in done.stderr


def test_data_without_a_frame_in_training_are_refused(framelens: Command, tiny_encoder: Path, tmp_path: Path) -> None:
    lines = (EXAMPLES / "annotated.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    for record in records:
        record["labels"]["threat_inflation"] = {"score": 0}
    annotations = tmp_path / "plain.jsonl"
    annotations.write_text("\n".join(map(json.dumps, records)))
    done = framelens("train", config(tmp_path, tiny_encoder, annotations))
    assert done.returncode == 1
    assert "threat_inflation" in done.stderr
