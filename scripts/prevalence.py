"""``framelens prevalence``: how common each frame is in a corpus."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framelens.errors import FramelensError
from framelens.scripts.exits import guarded, overwriting, say

if TYPE_CHECKING:
    from framelens.eval.corpus import Corpus, Labels
    from framelens.eval.shares import Prevalence

# How many ids of unmatched labels are named.
NAMED = 3


@guarded
def prevalence(
    scored: Annotated[
        Path, typer.Argument(metavar="SCORED", help="What framelens score -o wrote: .jsonl, .csv, .parquet, a folder.")
    ],
    labels: Annotated[
        Path, typer.Option("--labels", metavar="FILE", help="Annotated .jsonl of a random sample of the passages.")
    ],
    by: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Also by group: source, month, or any field of meta.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT", help="Write here: .json or .csv.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it exists.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap.")] = 0,
) -> None:
    """Tell how common each frame is in a corpus, from hand labels of a random sample of it, with 95% intervals.

    A label is matched to the record that has its text and whose doc_id, or
    doc_id#passage, is the label's id, or else whose doc_id is the label's
    doc_id; at least 30 must be matched. Where passages were drawn with unequal
    chances that are known, each label needs a meta.weight: one by its chance.

    Without -o, a terminal gets a table and a pipe gets JSON.
    docs/prevalence.md says what the columns mean.

    Examples:
      framelens prevalence scored.jsonl --labels labelled.jsonl
      framelens prevalence scored.jsonl --labels labelled.jsonl --by source
    """
    from framelens.data.shards import unfinished
    from framelens.eval.shares import departures, prevalences

    if output is not None:
        if output.suffix not in (".json", ".csv"):
            raise FramelensError(f"{output}: cannot write {output.suffix or 'that'}; end the name in .json or .csv.")
        overwriting(output, overwrite)
    if partly := unfinished(scored):
        say(partly)
    corpus = _joined(scored, labels, by)
    try:
        found = prevalences(corpus, seed)
    except FramelensError as error:
        raise FramelensError(f"{labels}: {error}") from None
    for row in found:
        if row.group is None and row.remark:
            say(f"{labels}: {row.frame}: {row.remark}.")
    if off := departures(corpus):
        apart = ", ".join(f"{frame} {errors:+.0f}" for frame, errors in off.items())
        say(
            f"{labels}: these are hardly a random sample, since their mean p is this many standard errors off that of "
            f"the rest: {apart}; draw one, or give each label its meta.weight."
        )
    about = {
        "scored": str(scored),
        "labels": str(labels),
        "by": by,
        "matched": len(corpus.rows),
        "unmatched": len(corpus.unmatched),
        "weighted": corpus.weights is not None,
        "seed": seed,
    }
    if output is not None:
        _write(output, found, about)
        say(f"written to {output}.")
    elif sys.stdout.isatty():
        from rich.console import Console

        from framelens.scripts.prevalence_table import prevalence_table

        Console().print(prevalence_table(found, corpus))
    else:
        typer.echo(_json(found, about))


def _joined(scored: Path, labels: Path, by: str | None) -> Corpus:
    """The corpus with its labels; what could not be matched is said, and refused where too little could."""
    from framelens.data.scored import read_scored
    from framelens.eval.corpus import MATCHING, join
    from framelens.eval.prevalence import MIN_LABELS

    records = read_scored(str(scored))
    first = next(records)
    known = _labels(labels, tuple(first.p))
    corpus = join(chain([first], records), known, by)
    count, missing = len(known.passages), len(corpus.unmatched)
    if not missing and count >= MIN_LABELS:
        return corpus
    named = ", ".join(map(repr, corpus.unmatched[:NAMED]))
    other = f"; {len(corpus.other_text):,} have an id of {scored} and another text" if corpus.other_text else ""
    if count - missing < MIN_LABELS:
        raise FramelensError(
            f"{labels}: {count - missing:,} of its {count:,} labelled passages are in {scored}, and at least "
            f"{MIN_LABELS} are needed; {MATCHING}{f' (not found: {named}{other})' if missing else ''}."
        )
    say(f"{labels}: {missing:,} of {count:,} labelled passages are not in {scored} and are left out ({named}{other}).")
    return corpus


def _labels(path: Path, frames: Sequence[str]) -> Labels:
    """Labels of the frames that were scored, which may be those of a taxonomy of the user's own."""
    from framelens.data.annotations import gold_passages, load_annotations
    from framelens.data.taxonomy import Label, load_taxonomy
    from framelens.eval.corpus import Labels

    taxonomy = replace(load_taxonomy(), frames=tuple(Label(frame, frame, "") for frame in frames))
    annotations = load_annotations(path, taxonomy)
    try:
        return Labels(gold_passages(annotations))
    except FramelensError as error:
        raise FramelensError(f"{path}: {error}") from None


def _write(path: Path, found: Sequence[Prevalence], about: dict[str, Any]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as stream:
        if path.suffix == ".json":
            stream.write(_json(found, about) + "\n")
            return
        rows = [row.to_dict() for row in found]
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _json(found: Sequence[Prevalence], about: dict[str, Any]) -> str:
    return json.dumps(about | {"rows": [row.to_dict() for row in found]}, ensure_ascii=False, indent=2)
