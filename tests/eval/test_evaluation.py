from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from framelens.eval.evaluation import FILE, evaluate, save_evaluation
from framelens.eval.outcome import Outcome
from framelens.eval.system import System

MakeOutcome = Callable[..., Outcome]


def test_an_evaluation_has_every_figure_with_an_interval_that_holds_it(
    system: System, make_outcome: MakeOutcome, tmp_path: Path
) -> None:
    made = make_outcome()
    save_evaluation(evaluate(system, made), tmp_path / "new" / FILE)
    found = json.loads((tmp_path / "new" / FILE).read_text())
    assert (found["model"], found["engine"]) == ("ours", "by hand")
    assert found["thresholds"] == {"blame": 0.5, "threat": 0.4}
    assert found["data"] == {
        "passages": 400,
        "documents": 100,
        "present": {"blame": int(made.present[:, 0].sum()), "threat": int(made.present[:, 1].sum())},
        "judged": {"blame": 400, "threat": 400},
    }
    for name in ("macro/average_precision", "micro/mcc", "all/voice_accuracy", "blame/best_f1"):
        low, high = found["figures"][name]["interval"]
        assert low < found["figures"][name]["value"] < high, name
    assert sum(each["passages"] for each in found["reliability"]["blame"]) == 400
    assert found["voices"]["voices"] == ["author", "reported", "rebutted"]


def test_what_the_data_do_not_determine_is_null(system: System, make_outcome: MakeOutcome) -> None:
    made = make_outcome(40)
    found = evaluate(system, replace(made, present=np.full((40, 2), -1)))
    assert found["figures"]["blame/f1"] == {"value": None, "interval": [None, None]}
    assert found["figures"]["macro/f1"]["value"] is None
    assert found["reliability"]["blame"] == []
    json.dumps(found, allow_nan=False)
