from __future__ import annotations

import json
from pathlib import Path

from framelens.eval.report.measured import known_model
from framelens.model.manifest import FILE, read_manifest
from framelens.model.tiers import DEFAULT

FRAMES = ("blame_attribution", "benevolent_protector", "threat_inflation")


def test_of_the_shipped_model_definitions_thresholds_and_error_rates_are_known() -> None:
    known = known_model(read_manifest(DEFAULT).name, FRAMES)
    expected = json.loads((DEFAULT / "eval.json").read_text())["test"]["figures"]["blame_attribution/precision"]
    assert known.figure("blame_attribution/precision") == expected
    assert known.figure("blame_attribution/nonsense") is None
    assert set(known.thresholds) == set(FRAMES)
    assert known.frame("blame_attribution").title == "blame"


def test_of_another_model_nothing_is_made_up() -> None:
    known = known_model("somebody-else", FRAMES)
    assert known.test is None
    assert known.thresholds == {}
    assert known.frame("hero_of_the_day").title == "hero of the day"
    assert known.frame("hero_of_the_day").definition == ""


def test_a_folder_that_is_named_is_asked_first_and_a_damaged_one_passed_over(tmp_path: Path) -> None:
    manifest = json.loads((DEFAULT / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps(manifest | {"name": "mine"}))
    (tmp_path / "eval.json").write_text("{")
    assert known_model("mine", FRAMES, tmp_path).thresholds
    assert known_model("mine", FRAMES, tmp_path).test is None
    (tmp_path / FILE).write_text("{")
    assert known_model("mine", FRAMES, tmp_path).thresholds == {}


def test_a_model_of_that_name_with_other_frames_is_not_the_one() -> None:
    assert known_model(read_manifest(DEFAULT).name, ("hero",)).test is None
