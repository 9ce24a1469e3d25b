"""The second distribution, accurate/, fits the package it is a model for."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from framelens import __version__
from framelens.eval.card import add_parity, write_card
from framelens.eval.tables import parity_table
from framelens.model.manifest import ONNX, TOKENIZER, read_manifest, read_verified
from framelens.model.tiers import TIERS

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "accurate" / "framelens_accurate" / "weights"


def settings(folder: Path) -> dict:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("tier", "package"), TIERS.items())
def test_each_tier_is_the_folder_of_its_name(tier: str, package: str) -> None:
    assert settings(ROOT / tier)["project"]["name"] == package.replace("_", "-")
    assert settings(ROOT / tier)["tool"]["setuptools"]["packages"] == [package]
    assert settings(ROOT / tier)["tool"]["setuptools"]["package-data"] == {package: ["weights/*"]}
    assert (ROOT / tier / package / "__init__.py").is_file()


def test_it_takes_this_framelens_and_has_its_licence() -> None:
    ours, theirs = settings(ROOT)["project"], settings(ROOT / "accurate")["project"]
    (dependency,) = theirs["dependencies"]
    assert dependency.startswith("framelens>=")
    assert SpecifierSet(dependency.removeprefix("framelens")).contains(__version__)
    assert theirs["license"] == ours["license"]
    assert theirs["requires-python"] == ours["requires-python"]
    assert (ROOT / "accurate" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_core_distribution_holds_nothing_of_it() -> None:
    setuptools = settings(ROOT)["tool"]["setuptools"]
    assert not any("accurate" in package for package in setuptools["packages"])
    assert setuptools["include-package-data"] is False
    assert not (ROOT / "MANIFEST.in").exists()


def test_its_weights_are_whole_run_on_the_cpu_and_have_their_card(tmp_path: Path) -> None:
    if not WEIGHTS.is_dir():
        pytest.skip("needs the weights of accurate/")
    manifest = read_manifest(WEIGHTS)
    assert set(manifest.files) == {ONNX, TOKENIZER}
    for name in manifest.files:
        read_verified(WEIGHTS, manifest, name)
    evaluation, report = (json.loads((WEIGHTS / name).read_text()) for name in ("eval.json", "parity.json"))
    write_card(tmp_path, manifest.name, evaluation)
    add_parity(tmp_path, parity_table(report))
    assert (WEIGHTS / "README.md").read_text() == (tmp_path / "README.md").read_text()
