"""The ``framelens`` command."""

from __future__ import annotations

from typing import Annotated

import typer

from framelens.scripts.data import data
from framelens.scripts.evaluate import evaluate
from framelens.scripts.export import export
from framelens.scripts.info import info
from framelens.scripts.prevalence import prevalence
from framelens.scripts.report import report
from framelens.scripts.score import score
from framelens.scripts.train import train
from framelens.scripts.version import version_line

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
for command in (score, report, prevalence, train, evaluate, export, info):
    app.command()(command)
app.add_typer(data, name="data")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(version_line())
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show version, model and engine, and exit."
        ),
    ] = False,
) -> None:
    """Label how passages of text frame: who is blamed, who protects, what threatens, in whose voice.

    framelens COMMAND --help says more of each command.

    Examples:
      framelens score article.txt
      framelens score articles/ -o scored.parquet
    """


def main() -> None:
    """Run the command line."""
    app()
