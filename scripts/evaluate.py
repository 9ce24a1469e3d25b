"""``framelens evaluate``: a model or a baseline on annotated data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framelens import __version__
from framelens.errors import FramelensError
from framelens.scripts.completion import contestant_names
from framelens.scripts.exits import guarded, overwriting, say, show

if TYPE_CHECKING:
    from framelens.data.annotations import GoldPassage
    from framelens.eval.outcome import Outcome
    from framelens.eval.system import System

# Passages, about, that are scored again with other actors, and with and without their evidence. All of them would take
# longer than the evaluation itself, and this many tell whether a model leans on names and shows what it decides by.
RESCORED = 200


@guarded
def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A model folder; or default, accurate; or a baseline: majority, tfidf, encoder:MODEL, nli:MODEL.",
            autocompletion=contestant_names,
        ),
    ],
    data: Annotated[
        list[str],
        typer.Argument(metavar="DATA", help="Annotated .jsonl files, folders, globs; or a training config."),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Write eval.json, passages.jsonl and report.html here."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="OTHER",
            help="Compare with another model or baseline on the same passages.",
            autocompletion=contestant_names,
        ),
    ] = None,
    slices: Annotated[
        list[str] | None,
        typer.Option("--slice", metavar="FIELD", help="Measure by this field of the data too; may be repeated."),
    ] = None,
    splits: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Measure on the test ids of this splits file only.")
    ] = None,
    behaviour: Annotated[
        bool,
        typer.Option(
            "--behaviour",
            help="Run the behavioural suite too: edited passages, pairs of sides, contrast groups. It scores a passage "
            "some 10 to 20 times more, and swaps actors and takes evidence out in all passages, not in some.",
        ),
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an evaluation that is there.")] = False,
) -> None:
    """Measure a model on annotated passages, with 95% intervals by bootstrap over documents.

    Of a training config it takes the test passages: those that a model trained
    with it has not seen. A baseline learns from the training passages, and so
    needs a training config, or --splits.

    Examples:
      framelens evaluate default labelled.jsonl -o results/ --slice source
      framelens evaluate runs/my-frames examples/train.yaml --against tfidf
    """
    from framelens.eval.behaviour import behaviour as behave
    from framelens.eval.evaluation import FILE, PAGE
    from framelens.eval.evaluation import evaluate as measure
    from framelens.eval.mistakes import FILE as PASSAGES
    from framelens.eval.paired import compare
    from framelens.eval.slices import check_fields, slice_figures
    from framelens.eval.tables import behaviour_table, differences_table, figures_table, slices_table
    from framelens.scripts.contestants import common_taxonomy, load, load_parts, run

    if output is not None:
        if output.exists() and not output.is_dir():
            raise FramelensError(f"{output} is no folder; give the name of one, or of none that is there.")
        for name in (FILE, PASSAGES, PAGE):
            overwriting(output / name, overwrite)
    contestants = [load(name) for name in (model, against) if name is not None]
    if behaviour and isinstance(contestants[0], str):
        raise FramelensError(
            f"--behaviour scores edited passages, which a baseline ({contestants[0]}) does not; give a model."
        )
    taxonomy = common_taxonomy(contestants, data)
    parts = load_parts(data, splits, taxonomy, next((each for each in contestants if isinstance(each, str)), None))
    check_fields(parts["test"], slices or ())
    rescored = None if behaviour else RESCORED
    (system, outcome), *others = [run(contestant, parts, taxonomy, rescored) for contestant in contestants]
    evaluation = measure(system, outcome)
    evaluation["slices"] = slice_figures(system, outcome, parts["test"], slices or ())
    show(figures_table(evaluation))
    if rescored is not None and len(parts["test"]) > rescored and not isinstance(contestants[0], str):
        say(f"flips and faithfulness are of about {rescored} passages at random; --behaviour takes them all.")
    for field in slices or ():
        show(slices_table(field, evaluation["slices"][field]))
    if behaviour and not isinstance(contestants[0], str):
        evaluation["behaviour"] = behave(contestants[0], outcome, parts["test"])
        show(behaviour_table(evaluation["behaviour"]))
    for other, other_outcome in others:
        evaluation["against"] = compare(system, outcome, other, other_outcome, parts["test"])
        show(differences_table(evaluation))
    if output is not None:
        made = {"date": date.today().isoformat(), "framelens": __version__}
        evaluation["run"] = made | {"data": data, "splits": str(splits) if splits else None, "rescored": rescored}
        _write(output, evaluation, system, outcome, parts["test"])


def _write(
    folder: Path, evaluation: dict[str, Any], system: System, outcome: Outcome, passages: Sequence[GoldPassage]
) -> None:
    """Write the three files, eval.json last, so that where there is one, everything is there that could be made."""
    from framelens.eval.evaluation import FILE, PAGE, save_evaluation
    from framelens.eval.mistakes import FILE as PASSAGES
    from framelens.eval.mistakes import save_passages

    folder.mkdir(parents=True, exist_ok=True)
    save_passages(system, outcome, passages, folder / PASSAGES)
    # One of an earlier run would stand for this one.
    (folder / PAGE).unlink(missing_ok=True)
    written = [FILE, PASSAGES]
    try:
        from framelens.eval.page import render

        (folder / PAGE).write_text(render(evaluation, system, outcome, passages), encoding="utf-8")
        written.append(PAGE)
    except ModuleNotFoundError as error:
        say(f"{PAGE} needs {error.name}, which is not here; install it with: pip install 'framelens[report]'.")
    save_evaluation(evaluation, folder / FILE)
    todo = f"; open {folder / PAGE}" if PAGE in written else ""
    say(f"{', '.join(written)} written to {folder}{todo}.")
