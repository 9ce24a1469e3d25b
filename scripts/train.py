"""``framelens train``: fine-tune, measure, write the card."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framelens.errors import FramelensError
from framelens.scripts.exits import INTERRUPTED, apart, guarded, overwriting, quieten, say

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
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run or a search that did not finish.")] = False,
    search: Annotated[
        bool, typer.Option("--search", help="First try what the config's section search says; the best on dev is kept.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
) -> None:
    """Fine-tune a model, calibrate it on dev, measure it on dev and test.

    Writes a model folder with weights, model card (README.md) and eval.json.

    Examples:
      framelens train --init mine
      framelens train mine/config.yaml --set schedule.epochs=3
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
    from framelens.training.checkpoints import FOLDER as CHECKPOINTS
    from framelens.training.checkpoints import clear, last_whole
    from framelens.training.config import load_config
    from framelens.training.run import train as fine_tune
    from framelens.training.starter import CONFIG

    # --set a=1 b=2 reads as one option and one argument.
    loaded = load_config(config, [*(settings or []), *(more or [])])
    quieten()
    folder, tried = Path(loaded.output), None
    _refuse_to_replace(folder, search, resume, overwrite)
    try:
        if search:
            from framelens.training.search import search as find_settings

            apart(folder / CONFIG, [config])
            loaded, tried = find_settings(loaded, resume, say)
            # The search may have ended before the model that is trained after it had a checkpoint.
            resume = resume and last_whole(folder / CHECKPOINTS) is not None
        run = fine_tune(loaded, resume)
    except KeyboardInterrupt:
        if last_whole(folder / CHECKPOINTS) is None and not (search and _is_searched(folder)):
            raise
        say("interrupted; give the same command with --resume to go on.")
        raise typer.Exit(INTERRUPTED) from None
    if run is None:
        # One of several processes, of which the first writes.
        return
    held_out = {passage.id: split for split in HELD_OUT for passage in run.splits[split]}
    save_splits(held_out, folder / "splits.json")
    evaluation = _measure(loaded, run, tried)
    save_evaluation(evaluation, folder / FILE)
    write_card(folder, run.manifest.name, evaluation)
    clear(folder / CHECKPOINTS)
    say(f"{run.manifest.name} is in {loaded.output}; score with: framelens score INPUT --model {loaded.output}")


def _measure(config: Config, run: Run, trials: int | None) -> dict[str, Any]:
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
    training: dict[str, Any] = {"config": config.model_dump(), "passages": run.passages, "history": run.history}
    if trials is not None:
        training["trials"] = trials
    return evaluation | {"training": training}


def _refuse_to_replace(folder: Path, search: bool, resume: bool, overwrite: bool) -> None:
    """See that what is to be written replaces nothing unasked, a run or search that did not finish among it."""
    from framelens.model.manifest import FILE as MANIFEST
    from framelens.training.checkpoints import FOLDER as CHECKPOINTS
    from framelens.training.checkpoints import last_whole
    from framelens.training.starter import CONFIG

    unfinished, fresh = last_whole(folder / CHECKPOINTS) is not None, not resume and not overwrite
    lost = f"{folder} holds a {{}} that did not finish; go on with --resume, or start over with --overwrite."
    if unfinished and fresh:
        raise FramelensError(lost.format("run"))
    # A search that is done can be gone on with too, by more trials, and then replaces its model.
    if not resume or (search and not unfinished):
        overwriting(folder / MANIFEST, overwrite)
    if search and fresh:
        if _is_searched(folder):
            raise FramelensError(lost.format("search"))
        overwriting(folder / CONFIG, overwrite)


def _is_searched(folder: Path) -> bool:
    """Whether a search has begun in the folder of a model."""
    from framelens.training.checkpoints import RUN
    from framelens.training.space import FOLDER

    return Path(folder, FOLDER, RUN).is_file()


def _initialise(folder: Path, overwrite: bool) -> None:
    from framelens.training.starter import CONFIG, TAXONOMY, write_starter

    for name in (CONFIG, TAXONOMY):
        overwriting(folder / name, overwrite)
    write_starter(folder)
    say(f"{folder / CONFIG} and {folder / TAXONOMY} are written; read them, then: framelens train {folder / CONFIG}")
