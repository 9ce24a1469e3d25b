"""``framelens score``: passages in, frames out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from framelens.data.layout import ShardFormat
from framelens.data.passages import Unit
from framelens.data.readers import Fields
from framelens.data.shards import QUARANTINE
from framelens.data.writers import SUFFIXES, partial_of
from framelens.errors import FramelensError
from framelens.model.engines import Device
from framelens.scripts.completion import model_names
from framelens.scripts.exits import FAILED, QUARANTINED, guarded, say
from framelens.scripts.outcome import Outcome, summary
from framelens.scripts.report import RunReport


@guarded
def score(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files, folders, globs, or - for standard input.")
    ],
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="OUT", help="Write here: .jsonl .csv .parquet, or a folder of shards."),
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.html", help="Also write a page for people here.")
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
    workers: Annotated[int, typer.Option(min=1, metavar="N", help="Score in N processes, which share the cores.")] = 1,
    shard_format: Annotated[ShardFormat, typer.Option(help="The format of the shards in a folder.")] = "parquet",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run into a folder, if one was begun.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it exists.")] = False,
    quarantine: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write what was refused here, as JSONL.",
            show_default=f"OUT.quarantine.jsonl, FOLDER/{QUARANTINE}",
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 if anything was quarantined.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, no messages but errors.")] = False,
) -> None:
    """Score the passages of texts: .txt .md .html .jsonl .csv .parquet, text formats also as .gz or .zst.

    Without -o, a terminal gets a table and a pipe gets JSONL. A whole corpus goes into a folder, as shards: a run that
    was interrupted, however it was, goes on with --resume.

    Examples:
      framelens score article.txt
      framelens score articles/ -o scored.parquet --unit sentence
    """
    if resume and overwrite:
        raise typer.BadParameter("--resume goes on with a run and --overwrite begins anew; give one of them.")
    from framelens.scripts.scorers import Choice

    fields, choice = Fields(text_field, id_field), Choice(model, device)
    report = RunReport(page, overwrite, inputs, Path(output) if output is not None else None)
    pages = (page,) if page else ()
    if output is not None and is_folder(output):
        from framelens.scripts.corpus import Corpus, score_corpus

        folder = Path(output)
        _check_paths(inputs, [folder, *pages, *([quarantine] if quarantine else [])])
        options = (shard_format, workers, resume, overwrite, quarantine, quiet)
        outcome = score_corpus(Corpus(inputs, folder, fields, unit, choice, *options, leave_out=pages))
    else:
        from framelens.scripts.stream import Stream, score_stream

        if resume:
            raise FramelensError("--resume goes on with a run into a folder of shards; name one, as in: -o scored/")
        file = Path(output) if output is not None else None
        beside = file.with_name(f"{file.name}.quarantine.jsonl") if file and not quarantine else quarantine
        # What belongs to OUT is replaced with it.
        replace = overwrite or beside is not quarantine
        _check_paths(inputs, [path for path in (file, page, file and partial_of(file), beside) if path])
        stream = Stream(inputs, file, fields, unit, choice, workers, overwrite, beside, replace, quiet, pages)
        outcome = score_stream(stream, report.keep)
    if outcome.stopped is None and outcome.tally.passages:
        for sentence in () if quiet else summary(outcome, output):
            say(sentence)
        report.write(model)
    _end(outcome, strict, quiet)


def is_folder(output: str) -> bool:
    """Whether an OUT means a folder of shards: one that exists or ends in a slash, or a name without suffix.

    :raises FramelensError: if it has a suffix that is neither.
    """
    path = Path(output)
    if path.name and (path.is_dir() or output.endswith(("/", os.sep)) or not path.suffix):
        return True
    if path.suffix.lower() not in SUFFIXES:
        raise FramelensError(
            f"{output}: cannot write {path.suffix or 'that'}; end the name in {', '.join(SUFFIXES)}, or in / for a "
            f"folder of shards."
        )
    return False


def _check_paths(inputs: list[str], written: list[Path]) -> None:
    """Refuse to write over an input, or one output over another."""
    real = [os.path.realpath(path) for path in written]
    for path, place in zip(written, real, strict=True):
        if place in {os.path.realpath(name) for name in inputs}:
            raise FramelensError(f"{path} is an input too; write somewhere else.")
        if real.count(place) > 1:
            raise FramelensError(f"{path} cannot hold two of records, page and what was refused; name a file for each.")


def _end(outcome: Outcome, strict: bool, quiet: bool) -> None:
    """Exit as it went, and say why where it did not go well."""
    passages, refused = outcome.tally.passages, outcome.refused
    if outcome.stopped is not None:
        say(f"interrupted after {passages:,} passages; {outcome.standing}")
        raise typer.Exit(outcome.stopped)
    if strict and refused.count:
        raise typer.Exit(QUARANTINED)
    if not passages:
        if quiet or refused.first is None:
            raise FramelensError(
                str(
                    refused.first
                    or "nothing was scored: there was nothing to read; give files, folders or globs that hold text."
                )
            )
        raise typer.Exit(FAILED)
