"""``framelens data check``: whether annotated data are sound."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from framelens.data.annotations import Annotation, GoldPassage, annotation_files
from framelens.data.documents import Refusal
from framelens.data.taxonomy import Taxonomy, load_taxonomy
from framelens.errors import FramelensError
from framelens.scripts.exits import FAILED, QUARANTINED, guarded, say


@guarded
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILES", help="Annotated .jsonl files, folders, globs.")],
    splits: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A splits file: ids under dev and test; the others are train.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 if there are warnings.")] = False,
    taxonomy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The taxonomy.", show_default="the shipped one")
    ] = None,
) -> None:
    """Check annotated passages: format, empty labels, duplicates, documents in two splits, frames without positives.

    Shows how labels are spread over frames and voices. Exits with 1 if there
    are errors.

    Examples:
      framelens data check labelled.jsonl
      framelens data check annotated/*.jsonl --splits splits.json
    """
    from framelens.data.checks import findings, sound_passages
    from framelens.data.splits import load_splits

    known = load_taxonomy(taxonomy)
    held_out = None if splits is None else load_splits(splits)
    annotations, errors = _read(files, known)
    warnings = 0
    for finding in findings(annotations, known, held_out):
        say(f"{'error' if finding.error else 'warning'}: {finding.sentence}")
        errors += finding.error
        warnings += not finding.error
    passages = sound_passages(annotations)
    if passages:
        groups = {"": passages} if held_out is None else _by_split(passages, held_out)
        Console(highlight=False).print(_table(groups, known))
    verdict = "not sound" if errors else "sound"
    todo = "; mend the errors and check again" if errors else ""
    say(
        f"{verdict}: {_several(errors, 'error')}, {_several(warnings, 'warning')} in "
        f"{_several(len(annotations), 'judgement')} of {_several(len(passages), 'passage')}{todo}."
    )
    if errors:
        raise typer.Exit(FAILED)
    if strict and warnings:
        raise typer.Exit(QUARANTINED)


def _read(files: list[str], taxonomy: Taxonomy) -> tuple[list[Annotation], int]:
    """What can be read of the files, and how many errors were said in reading."""
    from framelens.data.formats import FORMATS, Labelling

    annotations: list[Annotation] = []
    errors = 0
    for file in annotation_files(files):
        try:
            for item in FORMATS["framelens"].read(file, Labelling(taxonomy)):
                if isinstance(item, Refusal):
                    say(f"error: {item}")
                    errors += 1
                else:
                    annotations.append(item)
        except FramelensError as error:
            say(f"error: {error}")
            errors += 1
    if not annotations and not errors:
        raise FramelensError(f"{files[0]}: holds no annotated passage; give annotated .jsonl files.")
    return annotations, errors


def _by_split(passages: list[GoldPassage], held_out: dict[str, str]) -> dict[str, list[GoldPassage]]:
    from framelens.data.splits import SPLITS

    return {split: [p for p in passages if held_out.get(p.id, "train") == split] for split in SPLITS}


def _table(groups: dict[str, list[GoldPassage]], taxonomy: Taxonomy) -> Table:
    from framelens.data.checks import balance

    table = Table()
    for column in (["split"] if len(groups) > 1 else []) + ["frame"]:
        table.add_column(column)
    for column in ("judged", "present", "share", *taxonomy.voice_ids):
        table.add_column(column, justify="right")
    for split, passages in groups.items():
        for frame, row in zip(taxonomy.frames, balance(passages, taxonomy), strict=True):
            share = f"{row.present / row.judged:.1%}" if row.judged else "–"
            voices = (f"{count:,}" for count in row.voices.values())
            cells = [frame.title, f"{row.judged:,}", f"{row.present:,}", share, *voices]
            table.add_row(*([split] if len(groups) > 1 else []), *cells)
    return table


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
