"""The plots of an evaluation, each an SVG element; narrow enough for a phone, and side by side on a desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve

from framelens.eval.outcome import Outcome
from framelens.eval.svg import INK, MUTED, SERIES, STYLE, to_svg
from framelens.eval.system import System

# Inches; 72 points of matplotlib are 96 pixels of a page.
_WIDTH = 3.5
_DASHES = ("solid", (0, (5, 1.5)), (0, (1.5, 1.5)), (0, (5, 1.5, 1.5, 1.5)), (0, (8, 2)))
_MARKS = ("o", "s", "^", "D", "v")


@rc_context(STYLE)
def precision_recall(system: System, outcome: Outcome, evaluation: Mapping[str, Any]) -> str:
    """Precision over recall of each frame at every threshold, with the stored one marked."""
    figure, axes = _axes(_WIDTH, 3.2)
    for column, frame in enumerate(system.taxonomy.frames):
        judged = outcome.present[:, column] >= 0
        truth, p = outcome.present[judged, column] == 1, outcome.p[judged, column]
        if truth.any():
            precision, recall, _ = precision_recall_curve(truth, p)
            color, dashes = SERIES[column % len(SERIES)], _DASHES[column % len(_DASHES)]
            axes.step(recall, precision, where="post", label=frame.title, color=color, linestyle=dashes, linewidth=1.6)
            found = [evaluation["figures"][f"{frame.id}/{name}"]["value"] for name in ("recall", "precision")]
            if None not in found:
                axes.plot(*found, _MARKS[column % len(_MARKS)], color=color, markersize=7)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="recall", ylabel="precision")
    axes.legend(loc="lower left", fontsize=9, handlelength=3.5)
    said = "; ".join(
        f"{frame.title}: average precision {_said(evaluation['figures'][f'{frame.id}/average_precision'])}"
        for frame in system.taxonomy.frames
    )
    return to_svg(figure, "curves", f"Precision-recall curves. {said}.")


@rc_context(STYLE)
def reliability_diagram(title: str, bins: Sequence[Mapping[str, Any]], number: int) -> str:
    """The share of passages that have a frame over the p that they were given, bin by bin.

    :param number: the frame's place among the frames, for its colour.
    """
    figure, axes = _axes(2.5, 2.5)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    p, found = (np.array([each[name] for each in bins]) for name in ("p", "found"))
    low, high = np.array([each["interval"] for each in bins], dtype=float).reshape(-1, 2).T
    sizes = 12 + 60 * np.sqrt(np.array([each["passages"] for each in bins]) / max(1, sum(b["passages"] for b in bins)))
    color = SERIES[number % len(SERIES)]
    axes.vlines(p, low, high, color=color, linewidth=1.4)
    axes.scatter(p, found, s=sizes, color=color, zorder=3)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel="p", ylabel="share that have it", title=title)
    said = "; ".join(f"p {each['p']:.2f}: {each['found']:.2f} of {each['passages']}" for each in bins)
    return to_svg(figure, f"reliability-{number}", f"Reliability of p for {title}. Mean p and share by bin: {said}.")


@rc_context(STYLE)
def confusion(title: str, voices: Sequence[str], counts: Sequence[Sequence[int]], number: int) -> str:
    """Voices in the gold (rows) and predicted (columns), a cell the darker the larger its share of its row."""
    table: NDArray[np.int64] = np.array(counts)
    shares = table / np.maximum(table.sum(1, keepdims=True), 1)
    size = len(voices)
    figure, axes = _axes(2.75, 2.2, grid=None)
    for row, column in np.ndindex(size, size):
        alpha = 0.06 + 0.44 * shares[row, column]
        axes.add_patch(Rectangle((column - 0.48, row - 0.48), 0.96, 0.96, facecolor=SERIES[0], alpha=alpha))
        axes.text(column, row, f"{table[row, column]:,}", ha="center", va="center", fontsize=11)
    axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), xlabel="predicted", ylabel="gold", title=title)
    axes.set_xticks(range(size), voices, fontsize=8.5)
    axes.set_yticks(range(size), voices, fontsize=8.5)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    said = "; ".join(
        f"gold {voice}: " + ", ".join(f"{count} {other}" for count, other in zip(row, voices, strict=True))
        for voice, row in zip(voices, counts, strict=True)
    )
    return to_svg(figure, f"voices-{number}", f"Confusion of voices, {title}. {said}.")


@rc_context(STYLE)
def dots(
    rows: Sequence[str],
    series: Mapping[str, Sequence[Mapping[str, Any] | None]],
    name: str,
    alt: str,
    zero: bool = False,
) -> str:
    """Figures as dots with their intervals as whiskers, a line a row.

    :param series: by title, a figure for each row, or None where it has none.
    :param zero: the figures are differences: mark zero, and let the axis fit them.
    """
    figure, axes = _axes(_WIDTH, 0.8 + 0.42 * len(rows), grid="x")
    places = np.linspace(-0.13, 0.13, len(series)) if len(series) > 1 else [0.0]
    for number, (title, figures) in enumerate(series.items()):
        color, first = SERIES[number % len(SERIES)], True
        for row, found in enumerate(figures):
            if found is not None and found["value"] is not None:
                y = row + places[number]
                axes.hlines(y, *found["interval"], color=color, linewidth=1.6)
                label = title if first else None
                axes.plot(found["value"], y, _MARKS[number % len(_MARKS)], color=color, markersize=6, label=label)
                first = False
    axes.set_yticks(range(len(rows)), [shortened(row) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    if zero:
        axes.axvline(0, color=INK, linewidth=1)
    else:
        axes.set(xlim=(-0.02, 1.02), xticks=(0, 0.25, 0.5, 0.75, 1))
    if len(series) > 1:
        figure.legend(loc="outside upper center", ncols=len(series), fontsize=9, handletextpad=0.2)
    return to_svg(figure, name, alt)


def shortened(text: str, length: int = 24) -> str:
    """A name that fits beside a plot; what could steer the text around it becomes U+FFFD."""
    shown = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return shown if len(shown) <= length else shown[: length - 1] + "…"


def _axes(width: float, height: float, grid: Literal["both", "x"] | None = "both") -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_axisbelow(True)
    if grid:
        axes.grid(True, axis=grid, linewidth=0.8)
    return figure, axes


def _said(figure: Mapping[str, Any]) -> str:
    if figure["value"] is None:
        return "none"
    low, high = figure["interval"]
    return f"{figure['value']:.2f} ({low:.2f} to {high:.2f})"
