"""``framelens data agreement``: how far annotators agree."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from framelens.data.annotations import load_annotations
from framelens.data.taxonomy import load_taxonomy
from framelens.scripts.exits import apart, guarded, overwriting, printable, say

if TYPE_CHECKING:
    from framelens.eval.agreement import Agreement, Figure


@guarded
def agreement(
    files: Annotated[list[str], typer.Argument(metavar="FILES", help="Annotated .jsonl files, folders, globs.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE.json", help="Write all figures here, as JSON.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE.json if it exists.")] = False,
    taxonomy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The taxonomy.", show_default="the shipped one")
    ] = None,
) -> None:
    """Measure how far annotators agree on passages that several of them judged.

    Krippendorff's alpha with 95% intervals by bootstrap over passages: of
    present against absent, and of scores. Cohen's kappa of each pair of
    annotators. How often those who both see a frame hear the same voice.

    Examples:
      framelens data agreement annotated.jsonl
      framelens data agreement first.jsonl second.jsonl -o agreement.json
    """
    from framelens.eval.agreement import agreement as measure

    if output is not None:
        apart(output, files)
        overwriting(output, overwrite)
    known = load_taxonomy(taxonomy)
    measured = measure(load_annotations(files, known), known)
    titles = [frame.title for frame in known.frames]
    console = Console(highlight=False)
    console.print(_frames(measured, titles))
    console.print(_pairs(measured, titles))
    if output is not None:
        content = {"frames": {each.frame: each.to_dict() for each in measured}}
        output.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        say(f"written to {output}.")


def _frames(measured: list[Agreement], titles: list[str]) -> Table:
    table = Table(caption="95% intervals by bootstrap over passages", caption_justify="left")
    table.add_column("frame")
    for column in ("passages", "alpha, present", "alpha, score", "same voice", "of pairs"):
        table.add_column(column, justify="right")
    for title, each in zip(titles, measured, strict=True):
        figures = map(_shown, (each.present, each.score, each.voice))
        table.add_row(title, f"{each.passages:,}", *figures, f"{each.pairs:,}")
    return table


def _pairs(measured: list[Agreement], titles: list[str]) -> Table:
    table = Table(caption="Cohen's kappa, present against absent, on so many passages", caption_justify="left")
    for column in ("annotators", *titles):
        table.add_column(column, justify="left" if column == "annotators" else "right")
    kappas: dict[tuple[str, str], dict[str, str]] = {}
    for each in measured:
        for kappa in each.kappas:
            kappas.setdefault(kappa.annotators, {})[each.frame] = f"{_number(kappa.value)} ({kappa.passages:,})"
    for pair, cells in sorted(kappas.items()):
        names = printable(", ".join(name or "(no name)" for name in pair))
        table.add_row(names, *(cells.get(each.frame, "–") for each in measured))
    return table


def _shown(figure: Figure) -> str:
    low, high = map(_number, figure.interval)
    return "–" if math.isnan(figure.value) else f"{_number(figure.value)} ({low}–{high})"


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"
