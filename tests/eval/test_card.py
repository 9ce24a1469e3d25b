from __future__ import annotations

import json
from pathlib import Path

from framelens.eval.card import write_card
from framelens.model.tiers import DEFAULT


def test_a_card_is_made_of_what_eval_json_holds(tmp_path: Path) -> None:
    """That of the shipped model was written before some figures came, and must still be read."""
    evaluation = json.loads((DEFAULT / "eval.json").read_text())
    write_card(tmp_path, "some-model", evaluation)
    card = (tmp_path / "README.md").read_text()
    assert card.startswith("---\nlibrary_name: framelens")
    assert "# some-model" in card
    shipped = (DEFAULT / "README.md").read_text()
    table = [line for line in shipped.splitlines() if line.startswith("|")]
    assert len(table) > 5
    assert all(line in card for line in table)


def test_the_card_of_a_searched_model_says_that_dev_is_too_good(tmp_path: Path) -> None:
    evaluation = json.loads((DEFAULT / "eval.json").read_text())
    evaluation["training"]["trials"] = 20
    write_card(tmp_path, "some-model", evaluation)
    assert "the best of 20 trials on dev, whose figures are therefore too good." in (tmp_path / "README.md").read_text()
