from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from framelens.data import Gold, GoldPassage
from framelens.data.taxonomy import load_taxonomy
from framelens.errors import FramelensError
from framelens.model.engines import Scores
from framelens.training import suspects
from framelens.training.config import Config

CONFIG = Config.model_validate(
    {"name": "x", "data": {"annotations": ["a"]}, "encoder": {"name": "e"}, "output": "o", "seed": 3}
)
FRAMES = load_taxonomy().frame_ids
WRONG = {5, 50, 95}


def passage(number: int) -> GoldPassage:
    truly = number % 2 == 0
    labelled = truly != (number in WRONG)
    frames = {frame: Gold(0.98 if labelled else 0.02, {}, {}) for frame in FRAMES}
    return GoldPassage(str(number), "present" if truly else "absent", "s", str(number // 2), frames)


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, list[GoldPassage]]]:
    """Stands in for training: a model that is nearly always right about what the text says."""
    parts: list[dict[str, list[GoldPassage]]] = []

    def fit(config: Config, splits: dict[str, list[GoldPassage]], taxonomy: Any) -> Any:
        parts.append(splits)
        rng = np.random.default_rng(0)
        logits = np.array([[4.0 if p.text == "present" else -4.0] * 3 for p in splits["dev"]])
        noisy = (logits + rng.normal(0, 0.5, logits.shape)).astype(np.float32)
        return SimpleNamespace(predict_logits=lambda: Scores(noisy, noisy, noisy))

    passages = [passage(number) for number in range(120)]
    splits = {"train": passages[:100], "dev": passages[100:], "test": [passage(7)]}
    monkeypatch.setattr(suspects, "fit", fit)
    monkeypatch.setattr(suspects, "load_splits_of", lambda config, taxonomy: splits)
    return parts


def test_labels_that_models_speak_against_are_found(learnt: Any) -> None:
    found = suspects.find_suspects(CONFIG, folds=4)
    for frame in FRAMES:
        assert {int(suspect.passage.id) for suspect in found if suspect.frame == frame} == WRONG
    assert all((suspect.p > 0.5) == (suspect.passage.text == "present") for suspect in found)


def test_every_passage_is_scored_once_by_a_model_that_has_not_seen_its_document(learnt: Any) -> None:
    suspects.find_suspects(CONFIG, folds=4)
    scored = [p.id for parts in learnt for p in parts["dev"]]
    assert sorted(scored, key=int) == [str(number) for number in range(120)]
    for parts in learnt:
        assert not {p.document for p in parts["dev"]} & {p.document for p in parts["train"]}
        assert len(parts["dev"]) + len(parts["train"]) == 120


def test_more_folds_than_documents_are_refused(learnt: Any) -> None:
    with pytest.raises(FramelensError, match="60 documents cannot be dealt into 61 folds"):
        suspects.find_suspects(CONFIG, folds=61)
