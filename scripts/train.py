"""``framelens train``: fine-tune, measure, write the card."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framelens.scripts.exits import guarded, overwriting, quieten, say


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
    from framelens.eval.baselines import tfidf
    from framelens.eval.card import write_card
    from framelens.eval.evaluation import FILE, evaluate, save_evaluation
    from framelens.eval.operating import operating_points
    from framelens.eval.outcome import predict_outcome
    from framelens.model.classifier import FrameClassifier
    from framelens.model.manifest import FILE as MANIFEST
    from framelens.training.config import load_config
    from framelens.training.run import train as fine_tune

    # --set a=1 b=2 reads as one option and one argument.
    loaded = load_config(config, [*(settings or []), *(more or [])])
    quieten()
    overwriting(Path(loaded.output, MANIFEST), overwrite)
    run = fine_tune(loaded)
    held_out = {passage.id: split for split in HELD_OUT for passage in run.splits[split]}
    save_splits(held_out, Path(loaded.output, "splits.json"))
    classifier = FrameClassifier.load(loaded.output)
    outcomes = {split: predict_outcome(classifier, run.splits[split]) for split in HELD_OUT if run.splits[split]}
    evaluation = {split: evaluate(classifier, outcome) for split, outcome in outcomes.items()}
    if run.splits["test"]:
        evaluation["operating"] = operating_points(
            outcomes["dev"], outcomes["test"], classifier.frames, run.manifest.thresholds, loaded.data.prevalence
        )
        evaluation["baseline"] = {
            "model": "TF-IDF and logistic regression",
            "figures": tfidf(run.splits, classifier.taxonomy),
        }
    training = {"config": loaded.model_dump(), "passages": run.passages, "history": run.history}
    save_evaluation(evaluation | {"training": training}, Path(loaded.output, FILE))
    write_card(Path(loaded.output), run.manifest.name, evaluation | {"training": training})
    say(f"{run.manifest.name} is in {loaded.output}; score with: framelens score INPUT --model {loaded.output}")


def _initialise(folder: Path, overwrite: bool) -> None:
    from framelens.training.starter import CONFIG, TAXONOMY, write_starter

    for name in (CONFIG, TAXONOMY):
        overwriting(folder / name, overwrite)
    write_starter(folder)
    say(f"{folder / CONFIG} and {folder / TAXONOMY} are written; read them, then: framelens train {folder / CONFIG}")
