from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from framelens.data import Gold, GoldPassage
from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError
from framelens.eval.baselines import is_baseline, measure_baseline
from framelens.eval.linear import fit_linear
from framelens.eval.metrics import figures

WORDS = {"blame": "culprit", "threat": "menace"}


def passages(count: int, seed: int) -> list[GoldPassage]:
    """Passages whose frames have a word of their own; blame is in a third, threat in a quarter."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        present = {"blame": number % 3 == 0, "threat": number % 4 == 0}
        words = [WORDS[frame] for frame in present if present[frame]]
        text = " ".join([*rng.choice(["rain", "fell", "over", "hills", "today"], 8), *words])
        frames = {frame: Gold(0.98 if there else 0.02, {}, {}) for frame, there in present.items()}
        made.append(GoldPassage(f"{seed}-{number}", text, "s", f"{seed}-{number // 2}", frames))
    return made


@pytest.fixture
def splits() -> dict[str, list[GoldPassage]]:
    return {"train": passages(120, 1), "dev": passages(48, 2), "test": passages(48, 3)}


@pytest.mark.parametrize(
    ("name", "known"),
    [("majority", True), ("tfidf", True), ("encoder:x", True), ("nli:x", True), ("default", False), ("./tfidf", False)],
)
def test_baselines_are_known_by_name(name: str, known: bool) -> None:
    assert is_baseline(name) is known


def test_tfidf_learns_the_words_of_a_frame(splits: dict[str, list[GoldPassage]], taxonomy: Taxonomy) -> None:
    system, outcome = measure_baseline("tfidf", splits, taxonomy)
    assert system.name == "TF-IDF and logistic regression"
    found = figures(outcome, taxonomy, system.thresholds)
    assert found["macro/average_precision"] == pytest.approx(1.0)
    assert found["macro/f1"] > 0.95
    assert np.isnan(found["all/voice_accuracy"])


def test_the_majority_class_is_right_as_often_as_it_is_common(
    splits: dict[str, list[GoldPassage]], taxonomy: Taxonomy
) -> None:
    system, outcome = measure_baseline("majority", splits, taxonomy)
    np.testing.assert_allclose(outcome.p, np.tile([1 / 3, 1 / 4], (48, 1)))
    found = figures(outcome, taxonomy, system.thresholds)
    assert found["blame/average_precision"] == pytest.approx(1 / 3)
    assert found["blame/roc_auc"] == 0.5
    assert found["blame/f1"] == found["blame/mcc"] == 0.0
    assert found["blame/calibration_error"] == pytest.approx(0.0)


def test_a_frame_that_nobody_judged_in_some_passages_is_learnt_from_the_others(
    splits: dict[str, list[GoldPassage]], taxonomy: Taxonomy
) -> None:
    half = [
        replace(p, frames={"threat": p.frames["threat"]}) if row % 2 else p for row, p in enumerate(splits["train"])
    ]
    system, outcome = measure_baseline("tfidf", {**splits, "train": half}, taxonomy)
    assert figures(outcome, taxonomy, system.thresholds)["blame/average_precision"] > 0.95


@pytest.mark.parametrize(("split", "there", "what"), [("train", True, "is without"), ("dev", False, "has")])
def test_a_split_that_lacks_what_must_be_learnt_is_refused(
    splits: dict[str, list[GoldPassage]], taxonomy: Taxonomy, split: str, there: bool, what: str
) -> None:
    splits[split] = [p for p in splits[split] if p.frames["blame"].present is there]
    with pytest.raises(FramelensError, match=f"no {split} passage {what} blame"):
        measure_baseline("majority", splits, taxonomy)


def test_the_strength_that_is_best_on_dev_is_taken() -> None:
    """One feature tells the truth and twenty are noise that train can be learnt by heart with."""
    rng = np.random.default_rng(0)
    truth = {name: rng.integers(0, 2, (30, 1)) for name in ("train", "dev", "test")}
    features = {
        name: np.hstack([labels + rng.normal(0, 1, (30, 1)), rng.normal(0, 1, (30, 20))])
        for name, labels in truth.items()
    }

    alone = [
        average_precision_score(truth["dev"], fit_linear(features, truth, [strength])["dev"][:, 0])
        for strength in (1e-3, 1e3)
    ]
    chosen = fit_linear(features, truth, [1e-3, 1e3])
    assert average_precision_score(truth["dev"], chosen["dev"][:, 0]) == pytest.approx(max(alone))
    assert alone[0] != alone[1]
    assert chosen["test"].shape == (30, 1)
