"""The wheel that a user gets, as ``make test`` built it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel() -> zipfile.ZipFile:
    built = sorted((ROOT / "build" / "wheel").glob("framelens-*.whl"))
    if not built:
        pytest.skip("needs the wheel that 'make test' builds")
    return zipfile.ZipFile(built[-1])


def test_everything_stands_under_one_importable_name(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"framelens"}


def test_every_module_of_the_source_tree_is_in_it(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for room in ("framelens", "model", "training", "eval", "scripts"):
        for file in (ROOT / room).rglob("*.py"):
            inside = file.relative_to(ROOT).as_posix()
            assert (inside if room == "framelens" else f"framelens/{inside}") in names


def test_the_weights_the_taxonomy_the_template_and_the_type_marker_are_in_it(wheel: zipfile.ZipFile) -> None:
    assert {
        "framelens/model/weights/minilm/framelens.json",
        "framelens/model/weights/minilm/model.int8.onnx",
        "framelens/model/weights/minilm/model.safetensors",
        "framelens/data/taxonomy.json",
        "framelens/eval/templates/evaluation.html",
        "framelens/eval/report/templates/report.html",
        "framelens/eval/report/templates/report.css",
        "framelens/eval/report/templates/report.js",
        "framelens/py.typed",
    } <= set(wheel.namelist())


def test_it_is_under_100_megabytes_and_holds_no_pickle(wheel: zipfile.ZipFile) -> None:
    assert Path(str(wheel.filename)).stat().st_size < 100_000_000
    assert not [name for name in wheel.namelist() if name.endswith((".bin", ".pt", ".pth", ".pkl", ".pickle"))]
