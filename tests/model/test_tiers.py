from __future__ import annotations

from pathlib import Path

import pytest

from framelens import FrameClassifier, FramelensError
from framelens.model import tiers


def test_the_shipped_model_has_a_name_and_none() -> None:
    assert tiers.model_folder(None) == tiers.model_folder("default") == str(tiers.DEFAULT)


def test_a_folder_is_itself() -> None:
    assert tiers.model_folder("runs/mine") == "runs/mine"


def test_a_tier_that_is_not_installed_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tiers.TIERS, "grand", "framelens_grand_tier")
    with pytest.raises(FramelensError, match="'grand' is not installed; install it with: pip install framelens-grand"):
        FrameClassifier.load("grand")


def test_a_tier_is_the_weights_folder_of_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "framelens_tried").mkdir()
    (tmp_path / "framelens_tried" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(tiers.TIERS, "tried", "framelens_tried")
    assert tiers.model_folder("tried") == str(tmp_path / "framelens_tried" / "weights")
