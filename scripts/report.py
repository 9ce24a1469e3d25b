"""``framelens report``: scored passages as one page for people."""

from __future__ import annotations

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from framelens import __version__
from framelens.data.records import Record
from framelens.data.writers import to_json
from framelens.errors import FramelensError
from framelens.scripts.exits import guarded, overwriting, say


@guarded
def report(
    scored: Annotated[
        Path,
        typer.Argument(
            metavar="SCORED", help="What framelens score -o wrote: .jsonl, .csv, .parquet, or a folder of shards."
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.html", help="Write the page here.")],
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The folder of the model that scored, for its definitions and error rates.",
            show_default="the shipped models are known",
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE.html if it exists.")] = False,
) -> None:
    """Write one self-contained page: how often each frame, in whose voice, who is named, and every passage.

    It opens in any browser, asks nothing of the network, and can be mailed and printed. Of a corpus too large for one
    page, charts and tables count everything, and the text is a random sample of whole articles.

    Examples:
      framelens report scored.parquet -o report.html
      framelens report shards/ -o report.html --overwrite
    """
    check_page(output, overwrite, [scored])
    write_page(scored, output, model=model)


def check_page(output: Path, overwrite: bool, inputs: list[Path]) -> None:
    """Refuse, before any work, what could not be written.

    :raises FramelensError: if the name is no page's, the file exists, is an input, or the extra is not installed.
    """
    if output.suffix.lower() not in (".html", ".htm"):
        raise FramelensError(f"{output}: cannot write {output.suffix or 'that'}; end the name in .html.")
    if any(os.path.realpath(path) == os.path.realpath(output) for path in inputs):
        raise FramelensError(f"{output} is an input too; write somewhere else.")
    if output.is_dir():
        raise FramelensError(f"{output} is a folder; give a name that none has.")
    overwriting(output, overwrite)
    if not output.parent.is_dir():
        raise FramelensError(f"{output}: there is no folder {output.parent}; make it, or write somewhere else.")
    for package in ("jinja2", "matplotlib"):
        if find_spec(package) is None:
            raise FramelensError(
                f"a report needs {package}, which is not here; install it with: pip install 'framelens[report]'."
            )


def write_page(scored: Path, output: Path, name: str | None = None, model: Path | None = None) -> None:
    """Write the page of scored records, and say where it is."""
    from framelens.eval.report.writing import write_report

    write_report(scored, output, __version__, name, model)
    say(f"report written to {output}; open it in a browser.")


class RunReport:
    """The page of a scoring run, made when it is over.

    Its records are those of the run's output, or where it has none, kept in a temporary file.

    :raises FramelensError: as :func:`check_page`.
    """

    def __init__(self, page: Path | None, overwrite: bool, inputs: list[str], output: Path | None) -> None:
        self._page, self._inputs, self._output = page, inputs, output
        self._stream = None
        if page is None:
            return
        check_page(page, overwrite, [])
        if output is None:
            self._stream = tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8")  # noqa: SIM115

    def keep(self, record: Record) -> None:
        """Remember a record, where no output does."""
        if self._stream is not None:
            self._stream.write(to_json(record) + "\n")

    def write(self, model: str | None) -> None:
        """Write the page, if one was asked for.

        :param model: the model that scored, as ``score --model`` names it.
        """
        if self._page is None:
            return
        from framelens.model.tiers import model_folder

        if self._stream is not None:
            self._stream.flush()
        scored = self._output or Path(self._stream.name)  # type: ignore[union-attr]
        first = "standard input" if self._inputs[0] == "-" else self._inputs[0]
        others = len(self._inputs) - 1
        write_page(scored, self._page, f"{first} and {others} more" if others else first, Path(model_folder(model)))
        if self._stream is not None:
            self._stream.close()
