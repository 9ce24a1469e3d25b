from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from framelens.data.taxonomy import Taxonomy
from framelens.eval.bootstrap import draw
from framelens.eval.glossary import TITLES
from framelens.eval.metrics import figures, intervals, resampled, sampled
from framelens.eval.outcome import Outcome

MakeOutcome = Callable[..., Outcome]


def test_figures_are_those_of_scikit_learn(make_outcome: MakeOutcome, taxonomy: Taxonomy) -> None:
    made = make_outcome()
    found = figures(made, taxonomy, (0.5, 0.4))
    said = made.p >= [0.5, 0.4]
    assert found["blame/average_precision"] == pytest.approx(average_precision_score(made.present[:, 0], made.p[:, 0]))
    assert found["threat/f1"] == pytest.approx(f1_score(made.present[:, 1], said[:, 1]))
    assert found["macro/f1"] == pytest.approx(f1_score(made.present, said, average="macro"))
    assert found["micro/f1"] == pytest.approx(f1_score(made.present, said, average="micro"))
    micro = average_precision_score(made.present, made.p, average="micro")
    assert found["micro/average_precision"] == pytest.approx(micro)


def test_figures_of_one_frame_are_not_averaged(make_outcome: MakeOutcome, taxonomy: Taxonomy) -> None:
    found = figures(make_outcome(), taxonomy, (0.5, 0.5))
    assert found["blame/support"] == (make_outcome().present[:, 0] == 1).sum()
    assert not {"macro/support", "macro/best_threshold", "micro/support", "micro/best_f1"} & set(found)


def test_every_figure_has_a_title(make_outcome: MakeOutcome, taxonomy: Taxonomy) -> None:
    names = {name.split("/")[1] for name in figures(make_outcome(), taxonomy, (0.5, 0.5))}
    assert {name for name in names if not name.endswith("_recall")} == set(TITLES)


def test_what_nobody_judged_does_not_count(make_outcome: MakeOutcome, taxonomy: Taxonomy) -> None:
    made = make_outcome()
    unknown = made.present.copy()
    unknown[200:, 0] = -1
    found = figures(replace(made, present=unknown), taxonomy, (0.5, 0.5))
    part = figures(made.take(np.arange(200)), taxonomy, (0.5, 0.5))
    for name in ("f1", "average_precision", "mcc", "brier", "calibration_error", "support"):
        assert found[f"blame/{name}"] == pytest.approx(part[f"blame/{name}"])


def test_a_frame_without_positives_has_no_figure_rather_than_a_zero(
    make_outcome: MakeOutcome, taxonomy: Taxonomy
) -> None:
    made = make_outcome()
    absent = made.present.copy()
    absent[:, 0] = 0
    found = figures(replace(made, present=absent), taxonomy, (2.0, 0.5))
    assert math.isnan(found["blame/average_precision"])
    assert math.isnan(found["blame/recall"])
    assert found["macro/average_precision"] == found["threat/average_precision"]


def test_each_sample_has_the_figures_of_its_passages(make_outcome: MakeOutcome, taxonomy: Taxonomy) -> None:
    made = replace(make_outcome(120), swapped=make_outcome(120, seed=1).p)
    (block,) = draw(made.documents, bootstraps=6)
    found = sampled(made, taxonomy, (0.5, 0.4), block)
    for sample in range(6):
        rows = np.repeat(np.arange(120), block.weights[block.documents, sample].astype(int))
        for name, value in figures(made.take(rows), taxonomy, (0.5, 0.4)).items():
            assert found[name][sample] == pytest.approx(value, nan_ok=True), name


def test_intervals_hold_the_figure_and_widen_when_documents_are_few(
    make_outcome: MakeOutcome, taxonomy: Taxonomy
) -> None:
    made = replace(make_outcome(), swapped=make_outcome(seed=1).p)
    value = figures(made, taxonomy, (0.5, 0.5))["macro/f1"]
    low, high = intervals(made, taxonomy, (0.5, 0.5), bootstraps=200)["macro/f1"]
    assert low < value < high
    # Passages that say the same in tens are a tenth of the evidence.
    alike = made.take(np.repeat(np.arange(40), 10))
    alike = replace(alike, documents=np.array([f"d{i // 10}" for i in range(400)]))
    apart = replace(alike, documents=np.arange(400).astype(str))
    wide, narrow = (intervals(each, taxonomy, (0.5, 0.5), bootstraps=200)["macro/f1"] for each in (alike, apart))
    assert wide[1] - wide[0] > 2 * (narrow[1] - narrow[0])


def test_samples_are_the_same_again_and_have_every_figure(make_outcome: MakeOutcome, taxonomy: Taxonomy) -> None:
    made = make_outcome()
    once, again = (resampled(made, taxonomy, (0.5, 0.5), bootstraps=20) for _ in range(2))
    np.testing.assert_equal(once, again)
    assert set(once) == set(figures(made, taxonomy, (0.5, 0.5)))
    assert all(values.shape == (20,) for values in once.values())


def test_a_decision_that_changes_with_the_names_is_counted_where_there_are_names(
    make_outcome: MakeOutcome, taxonomy: Taxonomy
) -> None:
    made = make_outcome(4)
    p = np.array([[0.6, 0.1], [0.6, 0.1], [0.4, 0.1], [0.4, 0.1]])
    swapped = np.array([[0.4, 0.1], [0.7, 0.1], [np.nan, np.nan], [0.3, 0.2]])
    assert figures(replace(made, p=p, swapped=swapped), taxonomy, (0.5, 0.5))["all/swap_flips"] == pytest.approx(1 / 6)
    assert math.isnan(figures(made, taxonomy, (0.5, 0.5))["all/swap_flips"])
