"""``framelens data``: the commands that look after annotated data, one file each."""

from __future__ import annotations

import typer

from framelens.scripts.data_agreement import agreement
from framelens.scripts.data_check import check
from framelens.scripts.data_convert import convert
from framelens.scripts.data_sample import sample

data = typer.Typer(no_args_is_help=True)
for command in (check, convert, agreement, sample):
    data.command()(command)


@data.callback()
def options() -> None:
    """Look after annotated data: check it, convert it, measure how far annotators agree, choose what to annotate next.

    Annotated data are JSONL, a passage a line; docs/annotated-data.md shows it.

    Examples:
      framelens data check annotated.jsonl
      framelens data agreement first.jsonl second.jsonl
    """
