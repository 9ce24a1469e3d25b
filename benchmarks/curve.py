"""The few-shot curve as a Markdown table and a plot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from framelens.eval.tables import markdown, put_between

TITLES = {
    "heads": "heads",
    "contrastive": "contrastive",
    "full": "full",
    "tfidf": "TF-IDF",
    "encoder": "mean of states",
    "adapted": "heads, adapted encoder",
}
# Okabe and Ito's colours, which the colour-blind tell apart.
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#6c757d", "#56b4e9", "#cc79a7")
_MARKS = "os^Dvp"
_BEGIN, _END = "<!-- few-shot curve: begin -->", "<!-- few-shot curve: end -->"
_FIGURES = {"macro/average_precision": "Macro average precision", "macro/f1": "Macro F1"}
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "fewshot",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}

Cells = Sequence[Mapping[str, Any]]


def write_curve(results: Mapping[str, Any], plot: Path, page: Path | None) -> str:
    """Draw the plot, put the table into the page between its two marks, and return the table.

    :raises FramelensError: if the page lacks the marks.
    """
    table = curve_table(results["cells"])
    draw_curve(results["cells"], plot)
    if page is not None:
        image = f"![Macro average precision and F1 over the number of passages, a line a method]({plot.name})"
        put_between(page, _BEGIN, _END, f"{image}\n\n{table}")
    return table


def curve_table(cells: Cells) -> str:
    """A table a figure, a row a method, a column a size: mean over draws, its 95% interval, lowest and highest draw."""
    sizes = list(dict.fromkeys(sorted((cell["passages"] for cell in cells), key=_order)))
    tables = []
    for figure, title in _FIGURES.items():
        rows = []
        for method, name in TITLES.items():
            found = [[c for c in cells if c["method"] == method and c["passages"] == size] for size in sizes]
            if any(found):
                rows.append([name, *(_cell(group, figure) for group in found)])
        tables.append(markdown([title, *map(str, sizes)], rows))
    rows = []
    for method, name in TITLES.items():
        times = [
            sorted(cell["seconds"] for cell in cells if cell["method"] == method and cell["passages"] == size)
            for size in sizes
        ]
        if any(times):
            rows.append([name, *(f"{seconds[len(seconds) // 2]:.0f}" if seconds else "–" for seconds in times)])
    tables.append(markdown(["Seconds, median draw", *map(str, sizes)], rows))
    return "\n\n".join(tables)


def summary(cells: Cells, figure: str) -> tuple[float, float, float]:
    """Mean over draws, and the mean of the bounds of their intervals.

    The draws are measured on the same test passages, whose sampling moves them all alike, so that the mean of the
    bounds is near the interval of the mean; how far the draws are apart it does not say.
    """
    values = [cell["figures"][figure] for cell in cells]
    low, high = (mean(value["interval"][bound] for value in values) for bound in (0, 1))
    return mean(value["value"] for value in values), low, high


@rc_context(_STYLE)
def draw_curve(cells: Cells, path: Path) -> None:
    """Both figures over the number of passages, with intervals and single draws."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    sizes = list(dict.fromkeys(sorted((cell["passages"] for cell in cells), key=_order)))
    for axes, (name, title) in zip(figure.subplots(1, 2, sharey=True), _FIGURES.items(), strict=True):
        for number, (method, label) in enumerate(TITLES.items()):
            groups = [
                (place, group)
                for place, size in enumerate(sizes)
                if (group := [c for c in cells if c["method"] == method and c["passages"] == size])
            ]
            if not groups:
                continue
            places = [place + 0.06 * (number - 2.5) for place, _ in groups]
            middle, low, high = zip(*(summary(group, name) for _, group in groups), strict=True)
            color = _COLORS[number]
            axes.plot(places, middle, marker=_MARKS[number], color=color, label=label, linewidth=1.4, markersize=5)
            axes.vlines(places, low, high, color=color, linewidth=1)
            for place, (_, group) in zip(places, groups, strict=True):
                draws = [cell["figures"][name]["value"] for cell in group]
                axes.plot([place] * len(draws), draws, "_", color=color, markersize=7, alpha=0.6)
        axes.set_xticks(range(len(sizes)), [str(size) for size in sizes])
        axes.set(xlabel="passages, train and dev together", title=title, ylim=(0, None))
        axes.grid(True, axis="y", linewidth=0.5, alpha=0.5)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without a date, so that the same results give the same file.
    figure.savefig(path, format="svg", metadata={"Date": None}, facecolor="white")
    path.write_text(re.sub(r" +\n", "\n", path.read_text(encoding="utf-8")), encoding="utf-8")


def _order(size: int | str) -> float:
    return float("inf") if size == "all" else float(size)


def _cell(group: Cells, figure: str) -> str:
    if not group:
        return "–"
    value, low, high = summary(group, figure)
    draws = [cell["figures"][figure]["value"] for cell in group]
    spread = f"; {min(draws):.2f}–{max(draws):.2f}" if len(draws) > 1 else ""
    return f"{value:.2f} ({low:.2f}–{high:.2f}{spread})"
