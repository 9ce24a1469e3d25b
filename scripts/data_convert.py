"""``framelens data convert``: annotated data between our format, other tools' and published corpora's."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from framelens.data.annotations import Annotation
from framelens.data.formats import FORMATS, WRITABLE, Format, Labelling, format_named, format_of, save
from framelens.data.taxonomy import load_taxonomy
from framelens.errors import FramelensError
from framelens.scripts.completion import beginning
from framelens.scripts.exits import QUARANTINED, apart, guarded, overwriting, say
from framelens.scripts.quarantine import Quarantine

# So many of the labels that were left out are named.
NAMED = 12


@guarded
def convert(
    input: Annotated[Path, typer.Argument(metavar="INPUT", help="A file, or a folder where the format is one.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="Write here.")],
    source: Annotated[
        str,
        typer.Option(
            "--from", metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.", autocompletion=beginning(FORMATS)
        ),
    ],
    target: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help=f"One of {', '.join(WRITABLE)}.",
            autocompletion=beginning(WRITABLE),
            show_default="by OUT's suffix: .csv, .json label-studio, .parquet or none datasets, else framelens",
        ),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="THEIRS=OURS", help="Read their label as a frame, or FRAME:SCORE; repeatable."),
    ] = None,
    judged: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FRAME", help="This frame was judged in all records: one without it says no, score 0; repeatable."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it exists.")] = False,
    taxonomy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The taxonomy.", show_default="the shipped one")
    ] = None,
    quarantine: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what was refused here, as JSONL.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 if anything was refused.")] = False,
) -> None:
    """Convert annotated passages from and to other tools' formats, and from published corpora.

    A frame that a record has no label for counts as not judged, unless
    --judged names it.

    Examples:
      framelens data convert export.json -o annotated.jsonl --from label-studio
      framelens data convert to_annotate.jsonl -o tasks.json --from framelens
    """
    reading, writing = format_named(source), format_named(target or format_of(output))
    if writing.write is None:
        raise FramelensError(f"{writing.name} is only read; write one of {', '.join(WRITABLE)}.")
    known = load_taxonomy(taxonomy)
    labelling = Labelling(known, _mapping(mapping or [], reading), _asked(judged or [], reading))
    apart(output, [input])
    overwriting(output, overwrite)
    if quarantine is not None:
        apart(quarantine, [input, output])
    refused = Quarantine(quarantine, overwrite, quiet=False)
    annotations: list[Annotation] = []
    try:
        annotations += refused.accepted(reading.read(input, labelling))
    finally:
        refused.close(len(annotations))
    if not annotations:
        raise FramelensError(f"{input}: no record could be read as {reading.name}; expected {reading.layout}.")
    _quieten(reading, writing)
    save(annotations, output, writing, known)
    _report(annotations, labelling.left_out, output, writing)
    if strict and refused.count:
        raise typer.Exit(QUARANTINED)


def _mapping(pairs: list[str], format: Format) -> dict[str, str]:
    """Our label for each of theirs."""
    if format.foreign and not pairs:
        raise FramelensError(
            f"the labels of {format.name} are no frames; say which count as one, "
            f"such as --map '{format.foreign}=FRAME'."
        )
    mapping: dict[str, str] = {}
    for pair in pairs:
        theirs, equals, ours = pair.rpartition("=")
        if not equals or not theirs or not ours:
            raise FramelensError(f"--map {pair}: write it as THEIRS=FRAME, their label and one of our frames.")
        if mapping.setdefault(theirs, ours) != ours:
            raise FramelensError(
                f"--map {pair}: {theirs!r} is mapped to {mapping[theirs]!r} already; give each label once."
            )
    _refuse_own(mapping, "--map", format)
    return mapping


def _asked(judged: list[str], format: Format) -> list[str]:
    _refuse_own(judged, "--judged", format)
    return judged


def _refuse_own(given: object, option: str, format: Format) -> None:
    if given and format.name == "framelens":
        raise FramelensError(f"{option} is for other formats; framelens records say what was judged, and how.")


def _quieten(*formats: Format) -> None:
    """No progress bars of a library between our sentences."""
    if any(format.name == "datasets" for format in formats):
        from datasets import disable_progress_bars

        disable_progress_bars()


def _report(annotations: list[Annotation], left_out: Counter[str], output: Path, writing: Format) -> None:
    if left_out:
        names = [f"{label[:60]} {count:,}" for label, count in left_out.most_common(NAMED)]
        more = f" and {len(left_out) - NAMED:,} others" if len(left_out) > NAMED else ""
        say(f"{left_out.total():,} labels left out, which no --map names: {', '.join(names)}{more}.")
    unjudged = sum(not annotation.labels for annotation in annotations)
    if unjudged:
        say(f"{unjudged:,} records have no label, so no frame of theirs is judged; --judged FRAME makes that a no.")
    passages = len({annotation.id for annotation in annotations})
    todo = f"; check them: framelens data check {output}" if writing.name == "framelens" else ""
    say(f"{len(annotations):,} records of {passages:,} passages → {output}{todo}")
