"""Prevalences as a table on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from framelens.eval.corpus import Corpus
from framelens.eval.intervals import Share
from framelens.eval.shares import Prevalence
from framelens.scripts.exits import printable

_COLUMNS = ("passages", "labels", "raw", "adjusted", "labels alone", "prediction-\npowered", "to halve")


def prevalence_table(found: Sequence[Prevalence], corpus: Corpus) -> Table:
    """A row a frame, shares in percent; of several groups the whole corpus comes first."""
    drawn = "with known weights" if corpus.weights is not None else "taken to be a random sample"
    table = Table(
        title=f"{len(corpus.p):,} passages, {len(corpus.rows):,} labelled, {drawn}; % (95% interval)",
        caption="labels: with the frame, of all; to halve: how many more labels halve the interval; raw is biased",
        box=SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
    )
    grouped = len(corpus.group_names) > 0
    for name in ("group", "frame")[not grouped :]:
        table.add_column(name, overflow="fold")
    for name in _COLUMNS:
        table.add_column(name, justify="right")
    for row in found:
        group = [printable("all" if row.group is None else row.group)] if grouped else []
        frame = printable(row.frame).replace("_", " ")
        table.add_row(*group, frame, *_cells(row), end_section=row.frame == corpus.frames[-1])
    return table


def _cells(row: Prevalence) -> list[str]:
    counts = [f"{row.passages:,}", f"{row.positives:,} of {row.labels:,}", f"{100 * row.raw:.1f}"]
    powered = row.powered.share if row.powered else None
    return [*counts, _share(row.adjusted), _share(row.labels_only), _share(powered), _more(row)]


def _share(share: Share | None) -> str:
    return f"{100 * share.value:.1f} ({100 * share.low:.1f}–{100 * share.high:.1f})" if share else "–"


def _more(row: Prevalence) -> str:
    """How many more labels halve the interval, and what to know of the row."""
    more = f"+{row.powered.more_labels:,}" if row.powered and row.powered.more_labels is not None else "–"
    return f"{more} ({row.remark})" if row.remark else more
