from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from framelens.data import GoldPassage, load_taxonomy
from framelens.errors import FramelensError
from framelens.eval.metrics import figures
from framelens.eval.outcome import Outcome
from framelens.eval.paired import changed_decisions, compare, differences, mcnemar
from framelens.eval.system import System

MakeOutcome = Callable[..., Outcome]
MakePassages = Callable[[Outcome], list[GoldPassage]]


def worse(made: Outcome) -> Outcome:
    noise = np.random.default_rng(5).normal(0, 0.3, made.p.shape)
    return replace(made, p=np.clip(made.p + noise, 0, 1))


def test_a_system_does_not_differ_from_itself(system: System, make_outcome: MakeOutcome) -> None:
    made = make_outcome()
    found = differences(system, made, system, made)
    assert all(figure == {"value": 0.0, "interval": [0.0, 0.0]} for figure in found.values())
    assert {"macro/average_precision", "blame/f1", "micro/brier"} <= set(found)
    assert all(test["p_value"] == 1.0 for test in mcnemar(system, made, system, made).values())
    assert changed_decisions(system, made, system, made, []) == []


def test_differences_are_ours_less_theirs_and_paired_samples_make_them_narrow(
    system: System, make_outcome: MakeOutcome
) -> None:
    made = make_outcome()
    other = replace(system, name="theirs", thresholds=(0.5, 0.41))
    noisy = replace(made, p=np.clip(made.p - 0.02 * (made.p < 0.3), 0, 1))
    found = differences(system, made, other, noisy)["threat/f1"]
    ours, theirs = (figures(each, system.taxonomy, t) for each, t in ((made, (0.5, 0.4)), (noisy, (0.5, 0.41))))
    assert found["value"] == pytest.approx(ours["threat/f1"] - theirs["threat/f1"], abs=1e-4)
    assert found["interval"][1] - found["interval"][0] < 0.05
    clear = differences(system, made, other, worse(made))["macro/average_precision"]
    assert clear["interval"][0] > 0


def test_mcnemar_counts_passages_that_only_one_gets_right(system: System, make_outcome: MakeOutcome) -> None:
    made = make_outcome(12)
    present = np.array([[1, -1]] * 10 + [[0, -1]] * 2)
    ours, theirs = (np.zeros((12, 2)) for _ in range(2))
    ours[:9, 0] = theirs[8:10, 0] = 0.9
    theirs[11, 0] = 0.9
    found = mcnemar(system, replace(made, p=ours, present=present), system, replace(made, p=theirs, present=present))
    assert found["blame"]["only_model_right"] == 9
    assert found["blame"]["only_other_right"] == 1
    assert found["blame"]["p_value"] == pytest.approx(binomtest(9, 10).pvalue, rel=1e-3)
    assert found["threat"] == {"only_model_right": 0, "only_other_right": 0, "p_value": 1.0}


def test_changed_decisions_have_both_p_and_come_by_their_distance(
    system: System, make_outcome: MakeOutcome, make_passages: MakePassages
) -> None:
    made = replace(
        make_outcome(3),
        p=np.array([[0.6, 0.1], [0.2, 0.1], [0.9, 0.1]]),
        present=np.array([[1, 0], [-1, 0], [0, 0]]),
    )
    other = replace(made, p=np.array([[0.4, 0.1], [0.8, 0.1], [0.8, 0.1]]))
    assert changed_decisions(system, made, system, other, make_passages(made)) == [
        {"id": "p1", "frame": "blame", "p": 0.2, "other_p": 0.8, "present": False, "gold": None},
        {"id": "p0", "frame": "blame", "p": 0.6, "other_p": 0.4, "present": True, "gold": True},
    ]


def test_a_comparison_is_plain_json_and_names_the_other(
    system: System, make_outcome: MakeOutcome, make_passages: MakePassages
) -> None:
    made = make_outcome(80)
    other = replace(system, name="theirs")
    found = json.loads(json.dumps(compare(system, made, other, worse(made), make_passages(made)), allow_nan=False))
    assert found["model"] == "theirs"
    assert found["thresholds"] == {"blame": 0.5, "threat": 0.4}
    assert len(found["changed"]) > 0
    assert set(found["mcnemar"]) == {"blame", "threat"}


def test_models_of_other_frames_are_not_compared(
    system: System, make_outcome: MakeOutcome, make_passages: MakePassages
) -> None:
    made = make_outcome(40)
    other = replace(system, name="theirs", taxonomy=load_taxonomy())
    with pytest.raises(FramelensError, match="ours labels blame, threat and theirs blame_attribution"):
        compare(system, made, other, made, make_passages(made))
