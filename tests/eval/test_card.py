from __future__ import annotations

import json
from pathlib import Path

import pytest

from framelens.eval.card import write_card
from framelens.eval.tables import parity_table
from framelens.model.tiers import DEFAULT


def test_the_shipped_card_is_made_of_what_eval_json_holds(tmp_path: Path) -> None:
    """Every figure in it, that is; export adds how far its runtime files are from the trained model."""
    evaluation = json.loads((DEFAULT / "eval.json").read_text())
    write_card(tmp_path, evaluation["test"]["model"], evaluation)
    card = (tmp_path / "README.md").read_text()
    assert card.startswith("---\nlibrary_name: framelens")
    assert (DEFAULT / "README.md").read_text().split("\n## Runtime files\n")[0].rstrip() == card.rstrip()


def test_what_the_shipped_card_says_of_its_runtime_files_is_what_parity_json_holds() -> None:
    if not (DEFAULT / "parity.json").exists():
        pytest.skip("needs a parity.json beside the shipped weights")
    report = json.loads((DEFAULT / "parity.json").read_text())
    assert parity_table(report) in (DEFAULT / "README.md").read_text()


def test_the_card_of_a_searched_model_says_that_dev_is_too_good(tmp_path: Path) -> None:
    evaluation = json.loads((DEFAULT / "eval.json").read_text())
    evaluation["training"]["trials"] = 20
    write_card(tmp_path, "some-model", evaluation)
    assert "the best of 20 trials on dev, whose figures are therefore too good." in (tmp_path / "README.md").read_text()
