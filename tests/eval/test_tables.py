from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from framelens.data import GoldPassage
from framelens.eval.evaluation import evaluate
from framelens.eval.outcome import Outcome
from framelens.eval.paired import compare
from framelens.eval.slices import slice_figures
from framelens.eval.system import System
from framelens.eval.tables import cell, differences_table, figures_table, slices_table

MakeOutcome = Callable[..., Outcome]
MakePassages = Callable[[Outcome], list[GoldPassage]]


def lines(table: str) -> list[str]:
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1
    return rows


def test_a_cell_is_a_figure_with_its_interval() -> None:
    figure = {"value": -0.016, "interval": [-0.2, 0.031]}
    assert cell(figure) == "-0.02 (-0.20–0.03)"
    assert cell(figure, signed=True) == "-0.02 (-0.20 to +0.03)"
    assert cell(None) == cell({"value": None, "interval": [None, None]}) == "–"


def test_figures_stand_in_a_row_a_frame(system: System, make_outcome: MakeOutcome) -> None:
    table = figures_table(evaluate(system, make_outcome()))
    head, _, blame, threat, macro = lines(table)
    assert head.startswith("| frame | present | average precision | f1 |")
    assert [row.split(" | ")[0] for row in (blame, threat)] == ["| blame", "| threat"]
    assert macro.startswith("| macro | |")
    assert table.startswith("400 passages of 100 documents, ours on by hand; 95% intervals by bootstrap")
    assert "Over all frames: voice accuracy 0." in table
    assert "swap flips" not in table


def test_slices_stand_in_a_row_each_and_small_ones_are_named(
    system: System, make_outcome: MakeOutcome, make_passages: MakePassages
) -> None:
    made = make_outcome(100)
    passages = [replace(p, source="a\n|b" if row < 50 else f"small{row}") for row, p in enumerate(make_passages(made))]
    table = slices_table("source", slice_figures(system, made, passages)["source"])
    assert lines(table)[2].startswith("| a ¦b | 50 | ")
    assert table.endswith("small69 (1), and 30 more.")


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_differences_stand_in_a_row_a_frame_with_mcnemar(
    system: System, make_outcome: MakeOutcome, make_passages: MakePassages, noise: float
) -> None:
    made = make_outcome(100)
    other = replace(made, p=np.clip(made.p + np.random.default_rng(0).normal(0, noise, made.p.shape), 0, 1))
    evaluation = evaluate(system, made)
    evaluation["against"] = compare(system, made, replace(system, name="theirs"), other, make_passages(made))
    table = differences_table(evaluation)
    assert table.startswith(f"ours less theirs; {len(evaluation['against']['changed'])} decisions differ.")
    blame = lines(table)[2]
    test = evaluation["against"]["mcnemar"]["blame"]
    assert f"| {test['only_model_right']} : {test['only_other_right']} |" in blame
