"""The table and plot of ``benchmarks.fewshot``."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from framelens.errors import FramelensError

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def curve() -> Any:
    """The module, which no package holds."""
    spec = spec_from_file_location("curve", ROOT / "benchmarks" / "curve.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cell(method: str, passages: int | str, value: float) -> dict[str, Any]:
    figure = {"value": value, "interval": [value - 0.1, value + 0.1]}
    return {
        "method": method,
        "passages": passages,
        "seconds": 10 * value,
        "figures": {"macro/average_precision": figure, "macro/f1": figure},
    }


CELLS = [cell("heads", "all", 0.6), cell("heads", 50, 0.3), cell("heads", 50, 0.4), cell("tfidf", 50, 0.2)]


def test_a_row_a_method_has_mean_interval_and_draws(curve: Any) -> None:
    lines = curve.curve_table(CELLS).splitlines()
    assert lines[0] == "| Macro average precision | 50 | all |"
    assert "| heads | 0.35 (0.25–0.45; 0.30–0.40) | 0.60 (0.50–0.70) |" in lines
    assert "| TF-IDF | 0.20 (0.10–0.30) | – |" in lines
    assert "| heads | 4 | 6 |" in lines


def test_the_page_gets_the_table_between_its_marks(curve: Any, tmp_path: Path) -> None:
    page, plot = tmp_path / "page.md", tmp_path / "curve.svg"
    page.write_text("before\n<!-- few-shot curve: begin -->\nold\n<!-- few-shot curve: end -->\nafter\n")
    curve.write_curve({"cells": CELLS}, plot, page)
    first, drawn = page.read_text(), plot.read_bytes()
    assert first.startswith("before\n") and first.endswith("-->\nafter\n") and "old" not in first
    assert "](curve.svg)" in first and "| heads |" in first
    curve.write_curve({"cells": CELLS}, plot, page)
    assert (page.read_text(), plot.read_bytes()) == (first, drawn)
    page.write_text("no marks")
    with pytest.raises(FramelensError, match=r"page\.md: the marks"):
        curve.write_curve({"cells": CELLS}, plot, page)


def test_the_guide_has_the_marks(curve: Any) -> None:
    text = (ROOT / "docs" / "retraining.md").read_text(encoding="utf-8")
    assert text.count("<!-- few-shot curve: begin -->") == text.count("<!-- few-shot curve: end -->") == 1
