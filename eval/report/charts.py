"""The page's charts, each an SVG element: how common frames are, in which voice, where and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from framelens.eval.report.tables import Row
from framelens.eval.report.visible import plain
from framelens.eval.svg import INK, SERIES, STYLE, to_svg

# Inches; 72 points of matplotlib are 96 pixels of a page.
_WIDTH = 3.75
# A voice is told by its pattern, as in the legend of the page; a frame by its colour, mark and line.
HATCHES = ("", "////", "xxx", "...", "\\\\\\")
_MARKS = ("o", "s", "^", "D", "v")
_DASHES = ("solid", (0, (1.5, 1.5)), (0, (5, 1.5)), (0, (5, 1.5, 1.5, 1.5)), (0, (8, 2)))


@rc_context(STYLE | {"hatch.linewidth": 1.2})
def stacked(rows: Sequence[Row], labels: Sequence[str], colors: Sequence[int], name: str, alt: str) -> str:
    """Shares as bars, parted by voice, with the interval of the whole as a whisker.

    :param colors: a place in the series of colours for each row.
    """
    figure, axes = _axes(0.62 + 0.4 * len(rows), "x")
    for place, (row, color) in enumerate(zip(rows, colors, strict=True)):
        ink, left = SERIES[color % len(SERIES)], 0.0
        for voice, part in enumerate(row.voice_shares):
            if part.value:
                hatch = HATCHES[voice % len(HATCHES)]
                axes.barh(
                    place,
                    part.value,
                    left=left,
                    height=0.52,
                    facecolor="none" if hatch else ink,
                    edgecolor=ink,
                    hatch=hatch,
                    linewidth=1,
                )
                left += part.value
        axes.hlines(place, row.share.low, row.share.high, color=INK, linewidth=1.3, zorder=4)
        axes.vlines([row.share.low, row.share.high], place - 0.1, place + 0.1, color=INK, linewidth=1.3, zorder=4)
    axes.set_yticks(range(len(rows)), [plain(label, 24) for label in labels])
    axes.set_ylim(len(rows) - 0.45, -0.55)
    axes.set_xlim(0, _limit(rows))
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(_tick))
    axes.set_xlabel("share of passages")
    return to_svg(figure, name, alt)


@rc_context(STYLE)
def over_time(rows: Mapping[str, Sequence[Row]], titles: Mapping[str, str], name: str, alt: str) -> str:
    """Shares of each frame over months or years, with their intervals as whiskers."""
    figure, axes = _axes(2.9, "both")
    names = [row.name for row in next(iter(rows.values()))]
    for number, (frame, found) in enumerate(rows.items()):
        color = SERIES[number % len(SERIES)]
        # Beside one another, so that whiskers do not hide each other.
        places = [place + 0.09 * (number - (len(rows) - 1) / 2) for place in range(len(found))]
        axes.vlines(places, [r.share.low for r in found], [r.share.high for r in found], color=color, linewidth=1.1)
        axes.plot(
            places,
            [row.share.value for row in found],
            marker=_MARKS[number % len(_MARKS)],
            linestyle=_DASHES[number % len(_DASHES)],
            color=color,
            markersize=5,
            linewidth=1.5,
            label=titles[frame],
        )
    step = max(1, -(-len(names) // 6))
    axes.set_xticks(range(0, len(names), step), names[::step])
    axes.set_ylim(0, _limit([row for found in rows.values() for row in found]))
    axes.yaxis.set_major_formatter(FuncFormatter(_tick))
    axes.set_ylabel("share of passages")
    figure.legend(loc="outside upper center", ncols=len(rows), fontsize=9)
    return to_svg(figure, name, alt)


def _tick(share: float, _: int) -> str:
    return f"{round(100 * share, 6):g}%"


def _limit(rows: Sequence[Row]) -> float:
    return min(1.0, max(0.02, 1.04 * max(row.share.high for row in rows)))


def _axes(height: float, grid: Literal["x", "both"]) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_axisbelow(True)
    axes.grid(True, axis=grid, linewidth=0.8)
    return figure, axes
