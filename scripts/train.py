"""``framelens train``: fine-tune, measure, write the card."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framelens.errors import FramelensError
from framelens.scripts.exits import INTERRUPTED, guarded, overwriting, quieten, say

if TYPE_CHECKING:
    from framelens.training.config import Config
    from framelens.training.run import Run


@guarded
def train(
    config: Annotated[
        Path | None, typer.Argument(metavar="CONFIG.yaml", help="What to train, on what, and where to.")
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override keys of the config.")
    ] = None,
    init: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write a config to start from here, and the taxonomy; train nothing."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint of a run that did not finish.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
) -> None:
    """Fine-tune a model, calibrate it on dev, measure it on dev and test.

    Writes a model folder with weights, model card (README.md) and eval.json.

    Example: framelens train --init mine, then: framelens train mine/config.yaml --set schedule.epochs=3
    """
    if init is not None:
        if config is not None:
            raise typer.BadParameter("--init writes a config and reads none; give CONFIG.yaml or --init.")
        _initialise(init, overwrite)
        return
    if config is None:
        raise typer.BadParameter("give CONFIG.yaml, or --init DIR to write one to start from.")
    from framelens.data.splits import HELD_OUT, save_splits
    from framelens.eval.card import write_card
    from framelens.eval.evaluation import FILE, save_evaluation
    from framelens.model.manifest import FILE as MANIFEST
    from framelens.training.checkpoints import FOLDER as CHECKPOINTS
    from framelens.training.checkpoints import clear, last_whole
    from framelens.training.config import load_config
    from framelens.training.run import train as fine_tune

    # --set a=1 b=2 reads as one option and one argument.
    loaded = load_config(config, [*(settings or []), *(more or [])])
    quieten()
    folder = Path(loaded.output)
    unfinished = last_whole(folder / CHECKPOINTS) is not None
    if unfinished and not resume and not overwrite:
        raise FramelensError(
            f"{folder} holds a run that did not finish; go on with --resume, or start over with --overwrite."
        )
    if not resume:
        overwriting(folder / MANIFEST, overwrite)
    try:
        run = fine_tune(loaded, resume)
    except KeyboardInterrupt:
        if last_whole(folder / CHECKPOINTS) is None:
            raise
        say("interrupted; give the same command with --resume to go on.")
        raise typer.Exit(INTERRUPTED) from None
    if run is None:
        # One of several processes, of which the first writes.
        return
    held_out = {passage.id: split for split in HELD_OUT for passage in run.splits[split]}
    save_splits(held_out, folder / "splits.json")
    evaluation = _measure(loaded, run)
    save_evaluation(evaluation, folder / FILE)
    write_card(folder, run.manifest.name, evaluation)
    clear(folder / CHECKPOINTS)
    say(f"{run.manifest.name} is in {loaded.output}; score with: framelens score INPUT --model {loaded.output}")


def _measure(config: Config, run: Run) -> dict[str, Any]:
    """What ``eval.json`` holds: figures on dev and test, of a baseline too, and how the model was made."""
    from framelens.data.splits import HELD_OUT
    from framelens.eval.baselines import TFIDF, measure_baseline
    from framelens.eval.evaluation import evaluate, measured
    from framelens.eval.operating import operating_points
    from framelens.eval.outcome import predict_outcome
    from framelens.eval.system import System
    from framelens.model.classifier import FrameClassifier

    classifier = FrameClassifier.load(config.output)
    outcomes = {split: predict_outcome(classifier, run.splits[split]) for split in HELD_OUT if run.splits[split]}
    evaluation = {split: evaluate(System.of(classifier), outcome) for split, outcome in outcomes.items()}
    if run.splits["test"]:
        evaluation["operating"] = operating_points(
            outcomes["dev"], outcomes["test"], classifier.frames, run.manifest.thresholds, config.data.prevalence
        )
        try:
            baseline, outcome = measure_baseline(TFIDF, run.splits, classifier.taxonomy)
        except FramelensError as error:
            # A dev of few passages may lack a frame.
            say(f"the card has no baseline: {error}")
        else:
            figures = measured(outcome, baseline.taxonomy, baseline.thresholds)
            evaluation["baseline"] = {"model": baseline.name, "figures": figures}
    training = {"config": config.model_dump(), "passages": run.passages, "history": run.history}
    return evaluation | {"training": training}


def _initialise(folder: Path, overwrite: bool) -> None:
    from framelens.training.starter import CONFIG, TAXONOMY, write_starter

    for name in (CONFIG, TAXONOMY):
        overwriting(folder / name, overwrite)
    write_starter(folder)
    say(f"{folder / CONFIG} and {folder / TAXONOMY} are written; read them, then: framelens train {folder / CONFIG}")
