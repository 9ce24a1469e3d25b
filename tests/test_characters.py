"""A second codebook, of hero, villain and victim, goes from annotated passages to scores with no code of its own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from framelens.data import gold_passages, load_annotations, load_taxonomy
from framelens.training.config import load_config

Command = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples" / "characters"
ANNOTATED = FOLDER / "annotated.jsonl"
FRAMES = ["hero", "villain", "victim"]


def test_the_passages_are_sound(framelens: Command) -> None:
    done = framelens("data", "check", ANNOTATED, "--taxonomy", FOLDER / "taxonomy.json", "--strict")
    assert done.returncode == 0, done.stderr
    assert "sound: 0 errors, 0 warnings" in done.stderr


def test_every_frame_has_positives_in_every_voice_and_hard_negatives() -> None:
    taxonomy = load_taxonomy(FOLDER / "taxonomy.json")
    assert list(taxonomy.frame_ids) == FRAMES
    passages = gold_passages(load_annotations(ANNOTATED, taxonomy))
    assert len(passages) >= 240
    assert all(set(passage.frames) == set(FRAMES) for passage in passages)
    voices = Counter(
        (frame, gold.voice) for passage in passages for frame, gold in passage.frames.items() if gold.present
    )
    assert all(voices[frame, voice] >= 15 for frame in FRAMES for voice in taxonomy.voice_ids)
    hard = [passage for passage in passages if passage.meta.get("note", "").startswith("hard negative")]
    assert len(hard) >= 60
    assert not any(gold.present for passage in hard for gold in passage.frames.values())


def test_what_is_present_has_a_voice_and_evidence() -> None:
    for passage in gold_passages(load_annotations(ANNOTATED, load_taxonomy(FOLDER / "taxonomy.json"))):
        for frame, gold in passage.frames.items():
            if gold.present:
                assert gold.voice, (passage.id, frame)
                assert gold.spans.get("evidence"), (passage.id, frame)


def test_the_config_names_what_is_there_from_the_root_of_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    data = load_config(FOLDER / "config.yaml").data
    assert data.taxonomy is not None
    assert all(Path(name).is_file() for name in [*data.annotations, data.taxonomy])


def test_it_trains_exports_scores_and_evaluates(framelens: Command, tiny_encoder: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    text = (FOLDER / "config.yaml").read_text(encoding="utf-8")
    config.write_text(text.replace("examples/characters/", f"{FOLDER.as_posix()}/"), encoding="utf-8")
    settings = (f"encoder.name={tiny_encoder}", "encoder.window=64", "schedule.epochs=1", "output=model")
    for command in (
        ("train", config, "--set", *settings),
        ("export", "model", "-o", "exported", "--int8-only"),
        ("score", FOLDER / "article.txt", "--model", "exported", "-o", "scored.jsonl"),
        ("evaluate", "exported", config, "-o", "results"),
    ):
        done = framelens(*command)
        assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in (tmp_path / "scored.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(records) >= 6
    assert {record["model"] for record in records} == {"characters"}
    assert all(list(record["frames"]) == FRAMES for record in records)
    evaluation = json.loads((tmp_path / "results" / "eval.json").read_text(encoding="utf-8"))
    assert list(evaluation["thresholds"]) == FRAMES
    assert {name.split("/")[0] for name in evaluation["figures"]} == {*FRAMES, "macro", "micro", "all"}
    assert all(evaluation["figures"][f"{frame}/average_precision"]["value"] > 0 for frame in FRAMES)
    page = (tmp_path / "results" / "report.html").read_text(encoding="utf-8")
    assert all(frame in page for frame in FRAMES)
