"""Figures as a page writes them: in cells, rows and columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from framelens.eval.glossary import FIGURES

_THREE_PLACES = ("brier", "calibration_error", "change", "bias")


def value(figure: Mapping[str, Any] | None, name: str = "", signed: bool = False) -> str:
    """A figure in a table; its name says to how many places."""
    if figure is None or figure["value"] is None:
        return "–"
    return _number(figure["value"], name, signed)


def interval(figure: Mapping[str, Any] | None, name: str = "", signed: bool = False) -> str:
    """A figure's interval in a table."""
    if figure is None or figure["value"] is None or None in figure["interval"]:
        return ""
    # A dash beside a minus would be hard to read.
    between = " to " if signed or figure["interval"][0] < 0 else "–"
    return between.join(_number(bound, name, signed) for bound in figure["interval"])


def _number(number: float, name: str, signed: bool) -> str:
    places = 0 if name == "support" else 3 if name in _THREE_PLACES else 2
    return f"{number:{'+' if signed else ''}.{places}f}".replace("-", "−")


def frame_rows(figures: Mapping[str, Any], columns: Mapping[str, str]) -> list[tuple[str, list[Any]]]:
    """A row for each figure of frames: its name, and the figure of each column; pooled are ``micro`` or ``all``."""
    rows = []
    for name, *_ in FIGURES:
        found = [figures.get(f"{column}/{name}") for column in columns]
        found[-1] = found[-1] or figures.get(f"all/{name}")
        # Frames have it (figures of no frame stand in a table of their own), and the data determine it somewhere.
        if any(found[:-1]) and any(map(known, found)):
            rows.append((name, found))
    return rows


def overall_rows(figures: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The figures that only all frames together have, by name, where the data determine them."""
    names = [name for name in figures if name.startswith("all/") and f"macro/{name[4:]}" not in figures]
    return [(name.removeprefix("all/"), figures[name]) for name in names if known(figures[name])]


def known(figure: Mapping[str, Any] | None) -> bool:
    """Whether there is such a figure and the data determine it."""
    return figure is not None and figure["value"] is not None
