"""``framelens evaluate``: a model on annotated data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framelens.errors import FramelensError
from framelens.scripts.exits import guarded, overwriting, say


@guarded
def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model folder, or: default, accurate.")],
    data: Annotated[
        list[str],
        typer.Argument(metavar="DATA", help="Annotated .jsonl files, folders, globs; or a training config."),
    ],
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="DIR", help="Write eval.json here.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an eval.json that is there.")] = False,
    splits: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Measure on the test ids of this splits file only.")
    ] = None,
) -> None:
    """Measure a model on annotated passages, with 95% intervals by bootstrap over documents.

    Of a training config it takes the test passages: those that a model trained with it has not seen.

    Example: framelens evaluate default examples/annotated.jsonl -o results/
    """
    from framelens.data.annotations import gold_passages, load_annotations
    from framelens.data.splits import apply_splits, load_splits
    from framelens.eval.card import figures_table
    from framelens.eval.evaluation import FILE, save_evaluation
    from framelens.eval.evaluation import evaluate as measure
    from framelens.eval.outcome import predict_outcome
    from framelens.model.classifier import FrameClassifier

    if output is not None:
        overwriting(output / FILE, overwrite)
    classifier = FrameClassifier.load(model)
    if len(data) == 1 and Path(data[0]).suffix in (".yaml", ".yml"):
        from framelens.training.config import load_config
        from framelens.training.material import load_splits_of

        passages = load_splits_of(load_config(data[0]), classifier.taxonomy)["test"]
    else:
        passages = gold_passages(load_annotations(data, classifier.taxonomy))
    if splits is not None:
        passages = apply_splits(passages, load_splits(splits))["test"]
    if not passages:
        raise FramelensError(f"{data[0]}: no annotated passage to measure on.")
    evaluation = measure(classifier, predict_outcome(classifier, passages))
    typer.echo(figures_table(evaluation))
    if output is not None:
        save_evaluation(evaluation, output / FILE)
        say(f"written to {output / FILE}.")
