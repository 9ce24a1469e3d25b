from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from framelens.data.taxonomy import Label, Taxonomy
from framelens.eval.metrics import calibration_error, figures, intervals
from framelens.eval.outcome import Outcome

TAXONOMY = Taxonomy(
    "test",
    "1",
    tuple(Label(frame, frame, "") for frame in ("blame", "threat")),
    tuple(Label(voice, voice, "") for voice in ("author", "reported", "rebutted")),
)


def outcome(n: int = 400, seed: int = 0) -> Outcome:
    rng = np.random.default_rng(seed)
    p = rng.random((n, 2))
    present = (rng.random((n, 2)) < p).astype(int)
    gold = np.where(present == 1, rng.integers(0, 3, (n, 2)), -1)
    voices = np.where(rng.random((n, 2)) < 0.8, gold, 0)
    words = np.zeros((n, 2, 2, 3), dtype=np.int64)
    words[:, :, 0] = [1, 2, 2]
    words[:, :, 1] = [3, 4, 6]
    documents = np.array([f"d{i // 4}" for i in range(n)])
    return Outcome(documents, p, present, voices, gold, words, np.full((n, 2), np.nan))


def contrast(p: list[float], gold: list[int], voices: list[int], gold_voices: list[int]) -> Outcome:
    """One contrast group, of which only the first frame is judged."""

    def beside(column: list[int], other: int) -> np.ndarray:
        return np.stack([np.array(column), np.full(len(column), other)], 1)

    return replace(
        outcome(len(p)),
        documents=np.array(["contrast/1"] * len(p)),
        p=np.stack([np.array(p), np.zeros(len(p))], 1),
        present=beside(gold, -1),
        voices=beside(voices, -1),
        gold_voices=beside(gold_voices, -1),
    )


def test_figures_are_those_of_scikit_learn() -> None:
    made = outcome()
    found = figures(made, TAXONOMY, (0.5, 0.4))
    assert found["blame/average_precision"] == pytest.approx(average_precision_score(made.present[:, 0], made.p[:, 0]))
    assert found["threat/f1"] == pytest.approx(f1_score(made.present[:, 1], made.p[:, 1] >= 0.4))
    assert found["macro/f1"] == pytest.approx((found["blame/f1"] + found["threat/f1"]) / 2)


def test_word_overlap_becomes_f1() -> None:
    found = figures(outcome(), TAXONOMY, (0.5, 0.5))
    assert found["all/actor_f1"] == pytest.approx(0.5)
    assert found["all/evidence_f1"] == pytest.approx(0.6)


def test_what_nobody_judged_does_not_count() -> None:
    made = outcome()
    unknown = made.present.copy()
    unknown[200:, 0] = -1
    found = figures(replace(made, present=unknown), TAXONOMY, (0.5, 0.5))
    assert found["blame/f1"] == figures(made.take(np.arange(200)), TAXONOMY, (0.5, 0.5))["blame/f1"]


def test_a_frame_without_positives_has_no_figure_rather_than_a_zero() -> None:
    made = outcome()
    absent = made.present.copy()
    absent[:, 0] = 0
    found = figures(replace(made, present=absent), TAXONOMY, (2.0, 0.5))
    assert math.isnan(found["blame/average_precision"])
    assert math.isnan(found["blame/recall"])
    assert found["macro/average_precision"] == found["threat/average_precision"]


def test_calibrated_probabilities_have_a_small_error_and_others_a_large_one() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(20_000)
    truth = rng.random(20_000) < p
    assert calibration_error(truth, p) < 0.02
    assert calibration_error(truth, np.clip(p + 0.3, 0, 1)) > 0.2


def test_intervals_hold_the_figure_and_widen_when_documents_are_few() -> None:
    made = replace(outcome(), swapped=outcome(seed=1).p)
    few = replace(made, documents=np.array([f"d{i // 100}" for i in range(400)]))
    value = figures(made, TAXONOMY, (0.5, 0.5))["macro/f1"]
    low, high = intervals(made, TAXONOMY, (0.5, 0.5), bootstraps=200)["macro/f1"]
    assert low < value < high
    twice = [intervals(made, TAXONOMY, (0.5, 0.5), bootstraps=20) for _ in range(2)]
    np.testing.assert_equal(*twice)
    assert set(intervals(few, TAXONOMY, (0.5, 0.5), bootstraps=20)) == set(figures(few, TAXONOMY, (0.5, 0.5)))


def test_a_decision_that_changes_with_the_names_is_counted_where_there_are_names() -> None:
    made = outcome(4)
    p = np.array([[0.6, 0.1], [0.6, 0.1], [0.4, 0.1], [0.4, 0.1]])
    swapped = np.array([[0.4, 0.1], [0.7, 0.1], [np.nan, np.nan], [0.3, 0.2]])
    assert figures(replace(made, p=p, swapped=swapped), TAXONOMY, (0.5, 0.5))["all/swap_flips"] == pytest.approx(1 / 6)
    assert math.isnan(figures(made, TAXONOMY, (0.5, 0.5))["all/swap_flips"])


def test_a_voice_is_recalled_where_the_gold_has_it() -> None:
    made = outcome(4)
    gold = np.array([[2, 2], [2, 0], [-1, -1], [1, 1]])
    said = np.array([[2, 0], [2, 0], [2, 2], [1, 0]])
    found = figures(replace(made, gold_voices=gold, voices=said), TAXONOMY, (0.5, 0.5))
    assert [found[f"all/{voice}_recall"] for voice in TAXONOMY.voice_ids] == [1.0, 0.5, pytest.approx(2 / 3)]


@pytest.mark.parametrize(
    ("p", "gold", "voices", "gold_voices", "right"),
    [
        ([0.9, 0.1], [1, 0], [0, 0], [0, -1], 1.0),
        ([0.9, 0.8], [1, 0], [0, 0], [0, -1], 0.0),
        ([0.9, 0.8], [1, 1], [1, 2], [1, 2], 1.0),
        ([0.9, 0.8], [1, 1], [1, 1], [1, 2], 0.0),
        # The voice is not what the edit changes, so a wrong one is another matter.
        ([0.9, 0.1], [1, 0], [2, 0], [0, -1], 1.0),
    ],
)
def test_a_contrast_group_is_right_when_all_members_are(
    p: list[float], gold: list[int], voices: list[int], gold_voices: list[int], right: float
) -> None:
    made = contrast(p, gold, voices, gold_voices)
    assert figures(made, TAXONOMY, (0.5, 0.5))["all/contrast_right"] == right
    assert math.isnan(figures(outcome(), TAXONOMY, (0.5, 0.5))["all/contrast_right"])
