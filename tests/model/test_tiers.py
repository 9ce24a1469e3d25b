from __future__ import annotations

import shutil
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
    with pytest.raises(FramelensError, match=r"'grand' is not installed; in a clone .*: pip install \./grand\."):
        FrameClassifier.load("grand")


def test_a_package_without_a_model_in_it_is_not_an_installed_tier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "framelens_hollow").mkdir()
    (tmp_path / "framelens_hollow" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(tiers.TIERS, "hollow", "framelens_hollow")
    with pytest.raises(FramelensError, match="'hollow' is not installed"):
        tiers.model_folder("hollow")


def test_a_tier_is_the_weights_folder_of_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = tmp_path / "framelens_tried" / "weights"
    shutil.copytree(tiers.DEFAULT, weights, ignore=shutil.ignore_patterns("*.safetensors"))
    (weights.parent / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(tiers.TIERS, "tried", "framelens_tried")
    assert tiers.model_folder("tried") == str(weights)
    assert FrameClassifier.load("tried", "cpu").name == FrameClassifier.load(device="cpu").name
