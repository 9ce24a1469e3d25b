from __future__ import annotations

from collections.abc import Callable

import pytest

from framelens.eval.cells import frame_rows, interval, overall_rows, value
from framelens.eval.evaluation import evaluate
from framelens.eval.outcome import Outcome
from framelens.eval.system import System


@pytest.mark.parametrize(
    ("figure", "name", "signed", "shown"),
    [
        ({"value": 0.876, "interval": [0.8, 0.95]}, "f1", False, ("0.88", "0.80–0.95")),
        ({"value": 0.0123, "interval": [0.01, 0.02]}, "brier", False, ("0.012", "0.010–0.020")),
        ({"value": 88.0, "interval": [66.0, 114.0]}, "support", False, ("88", "66–114")),
        ({"value": -0.02, "interval": [-0.07, 0.03]}, "sufficiency", False, ("−0.02", "−0.07 to 0.03")),
        ({"value": 0.1, "interval": [0.0, 0.2]}, "f1", True, ("+0.10", "+0.00 to +0.20")),
        ({"value": None, "interval": [None, None]}, "f1", False, ("–", "")),
        (None, "f1", False, ("–", "")),
    ],
)
def test_figures_are_written_for_people(
    figure: dict[str, object] | None, name: str, signed: bool, shown: tuple[str, str]
) -> None:
    assert (value(figure, name, signed), interval(figure, name, signed)) == shown


def test_rows_stand_in_the_order_of_the_glossary_and_pooled_figures_last(
    system: System, make_outcome: Callable[..., Outcome]
) -> None:
    figures = evaluate(system, make_outcome())["figures"]
    rows = dict(frame_rows(figures, {"blame": "blame", "macro": "macro", "micro": "pooled"}))
    assert list(rows)[:3] == ["support", "average_precision", "roc_auc"]
    assert rows["f1"] == [figures["blame/f1"], figures["macro/f1"], figures["micro/f1"]]
    assert rows["voice_accuracy"][-1] == figures["all/voice_accuracy"]
    assert rows["best_threshold"] == [figures["blame/best_threshold"], None, None]
    # Nothing was swapped or erased here.
    assert "comprehensiveness" not in rows
    assert [name for name, _ in overall_rows(figures)] == ["author_recall", "reported_recall", "rebutted_recall"]
