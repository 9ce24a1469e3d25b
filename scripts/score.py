"""``framelens score``: passages in, frames out."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from framelens.data.passages import Unit
from framelens.data.readers import Fields, read_documents
from framelens.data.records import Record
from framelens.data.taxonomy import Taxonomy
from framelens.data.writers import FileWriter, StreamWriter, Writer
from framelens.errors import FramelensError
from framelens.model.engines import Device
from framelens.scripts.completion import model_names
from framelens.scripts.exits import FAILED, INTERRUPTED, QUARANTINED, guarded, say
from framelens.scripts.quarantine import Quarantine


@guarded
def score(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files, folders, globs, or - for standard input.")
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT", help="Write here: .jsonl, .csv or .parquet.")
    ] = None,
    unit: Annotated[
        Unit, typer.Option(metavar="UNIT", help="What a passage is: a paragraph, a sentence, or the record whole.")
    ] = "paragraph",
    text_field: Annotated[str, typer.Option(help="The field of a record that holds the text.")] = "text",
    id_field: Annotated[
        str | None, typer.Option(help="The field that holds the id.", show_default="id or doc_id")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="A model folder, or: accurate.", show_default="the shipped model", autocompletion=model_names
        ),
    ] = None,
    device: Annotated[Device, typer.Option(help="Where to compute.")] = "auto",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it exists.")] = False,
    quarantine: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write what was refused here, as JSONL.", show_default="OUT.quarantine.jsonl"
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 if anything was quarantined.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, no messages but errors.")] = False,
) -> None:
    """Score the passages of texts: .txt .md .html .jsonl .csv .parquet, text formats also as .gz or .zst.

    Without -o, a terminal gets a table and a pipe gets JSONL.

    Examples:
      framelens score article.txt
      framelens score articles/ -o scored.parquet --unit sentence
    """
    writer = FileWriter(output, overwrite) if output is not None else None
    if quarantine is None and output is not None:
        # Belongs to OUT, and is replaced with it.
        refused = Quarantine(output.with_name(output.name + ".quarantine.jsonl"), overwrite=True, quiet=quiet)
    else:
        refused = Quarantine(quarantine, overwrite, quiet)
    written = [path for path in (output, refused.path, writer and writer.partial) if path]
    _check_paths(inputs, written)
    from framelens.model.classifier import FrameClassifier

    started = time.monotonic()
    classifier = FrameClassifier.load(model, device)
    tally = Tally(classifier.taxonomy)
    try:
        documents = refused.accepted(read_documents(inputs, Fields(text_field, id_field), leave_out=written))
        with writer or _screen(classifier.taxonomy) as out:
            for record in _watched(classifier.score_documents(documents, unit), quiet):
                out.write(record)
                tally.add(record)
    except KeyboardInterrupt:
        kept = f"; they are in {writer.partial}" if writer and tally.passages else ""
        say(f"interrupted after {tally.passages:,} passages{kept}.")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        refused.close(tally.passages)
    if not quiet and tally.passages:
        say(f"{tally.summary(time.monotonic() - started)}{f' → {output}' if output else ''}")
    if strict and refused.count:
        raise typer.Exit(QUARANTINED)
    if not tally.passages:
        if quiet or refused.first is None:
            raise FramelensError(
                str(
                    refused.first
                    or "nothing was scored: there was nothing to read; give files, folders or globs that hold text."
                )
            )
        raise typer.Exit(FAILED)


def _check_paths(inputs: list[str], written: list[Path]) -> None:
    """Refuse to write over an input, or one output over another."""
    real = [os.path.realpath(path) for path in written]
    for path, place in zip(written, real, strict=True):
        if place in {os.path.realpath(name) for name in inputs}:
            raise FramelensError(f"{path} is an input too; write somewhere else.")
        if real.count(place) > 1:
            raise FramelensError(f"{path} cannot hold both the records and what was refused; name two files.")


class Tally:
    """What a run has scored so far."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.passages = 0
        self._taxonomy = taxonomy
        self._documents: set[str] = set()
        self._present: Counter[str] = Counter()
        self._voices: Counter[tuple[str, str]] = Counter()

    def add(self, record: Record) -> None:
        self.passages += 1
        self._documents.add(record.doc_id)
        for frame, result in record.frames.items():
            if result.present:
                self._present[frame] += 1
                self._voices[frame, result.voice or ""] += 1

    def summary(self, seconds: float) -> str:
        """One line: how much, how fast, and each frame with its voices."""
        frames = []
        for frame in self._taxonomy.frames:
            voices = [(self._voices[frame.id, voice], voice) for voice in self._taxonomy.voice_ids]
            said = ", ".join(f"{count:,} {voice}" for count, voice in voices if count)
            frames.append(f"{frame.title} {self._present[frame.id]:,}{f' ({said})' if said else ''}")
        documents = f"{len(self._documents):,} document{'s' if len(self._documents) != 1 else ''}"
        passages = f"{self.passages:,} passage{'s' if self.passages != 1 else ''}"
        return f"{documents}, {passages} in {seconds:.1f} s: {'; '.join(frames)}."


def _screen(taxonomy: Taxonomy) -> Writer:
    if not sys.stdout.isatty():
        return StreamWriter(sys.stdout)
    from framelens.scripts.table import TableWriter

    return TableWriter(Console(), taxonomy)


def _watched(records: Iterable[Record], quiet: bool) -> Iterator[Record]:
    """The records, with progress on standard error where that is a terminal and the table is not in its way."""
    if quiet or not sys.stderr.isatty() or sys.stdout.isatty():
        yield from records
        return
    columns = (
        SpinnerColumn(),
        BarColumn(),
        TextColumn("{task.completed:,} passages, {task.fields[rate]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None, rate="")
        started = time.monotonic()
        for count, record in enumerate(records, 1):
            if count % 16 == 0:
                progress.update(task, completed=count, rate=f"{count / (time.monotonic() - started):,.0f} a second")
            yield record
