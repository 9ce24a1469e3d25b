from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from framelens.eval.evaluation import evaluate
from framelens.eval.outcome import Outcome
from framelens.eval.plots import confusion, dots, precision_recall, reliability_diagram, shortened
from framelens.eval.system import System

MakeOutcome = Callable[..., Outcome]


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("text")]


def alt(svg: str) -> str:
    return ElementTree.fromstring(svg).attrib["aria-label"]


def test_curves_name_their_frames_and_say_their_average_precision(system: System, make_outcome: MakeOutcome) -> None:
    made = make_outcome()
    evaluation = evaluate(system, made)
    svg = precision_recall(system, made, evaluation)
    assert {"blame", "threat", "precision", "recall"} <= set(texts(svg))
    assert f"blame: average precision {evaluation['figures']['blame/average_precision']['value']:.2f}" in alt(svg)


def test_a_frame_without_positives_has_no_curve(system: System, make_outcome: MakeOutcome) -> None:
    made = make_outcome()
    absent = replace(made, present=made.present * [0, 1])
    svg = precision_recall(system, absent, evaluate(system, absent))
    assert "blame" not in texts(svg)
    assert "blame: average precision none" in alt(svg)


def test_reliability_says_each_bin() -> None:
    bins = [
        {"passages": 90, "p": 0.04, "found": 0.1, "interval": [0.05, 0.2]},
        {"passages": 1, "p": 0.9, "found": 1.0, "interval": [1.0, 1.0]},
    ]
    svg = reliability_diagram("blame", bins, 0)
    assert "blame" in texts(svg)
    assert "p 0.04: 0.10 of 90; p 0.90: 1.00 of 1." in alt(svg)


def test_confusion_shows_counts_and_says_them() -> None:
    svg = confusion("all", ["author", "reported"], [[12, 3], [0, 1400]], 0)
    assert {"12", "3", "0", "1,400", "author", "reported"} <= set(texts(svg))
    assert "gold author: 12 author, 3 reported; gold reported: 0 author, 1400 reported." in alt(svg)


def figure(value: float | None) -> dict[str, Any]:
    return {"value": value, "interval": [value, value]}


@pytest.mark.parametrize("figures", [[figure(0.5), None], [figure(None), figure(0.2)], [None, None]])
def test_dots_may_lack_figures_and_names_are_only_names(figures: Sequence[Any]) -> None:
    svg = dots(["$a_{b", "x" * 40], {"F1": figures, "AP": [figure(0.1), figure(0.9)]}, "slices", "by source")
    assert {"$a_{b", "x" * 23 + "…", "AP"} <= set(texts(svg))


def test_differences_have_a_line_at_zero_and_an_axis_that_fits() -> None:
    svg = dots(["blame"], {"F1": [{"value": -0.01, "interval": [-0.04, 0.02]}]}, "differences", "", zero=True)
    assert "1.00" not in texts(svg)


def test_what_could_steer_the_text_around_a_name_is_replaced() -> None:
    assert shortened("a\u202eb\nc") == "a\ufffdb\ufffdc"
    assert np.all([len(shortened("y" * length)) <= 24 for length in (0, 24, 25, 500)])
