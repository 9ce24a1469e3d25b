"""A training run: one config in, a model folder out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from transformers import TrainerCallback, set_seed

from framelens.data.annotations import GoldPassage
from framelens.data.taxonomy import Taxonomy, load_taxonomy
from framelens.errors import FramelensError
from framelens.model.calibration import fit_calibration, fit_span_thresholds, fit_thresholds
from framelens.model.checkpoint import save_checkpoint
from framelens.model.manifest import Manifest, uncalibrated
from framelens.training.adapters import add_adapters, merge_adapters
from framelens.training.arguments import training_arguments
from framelens.training.callbacks import Saving
from framelens.training.checkpoints import FOLDER, clear, last_whole, refuse_changes, saving
from framelens.training.config import Config
from framelens.training.encoders import load_encoder
from framelens.training.material import check_splits, load_splits_of
from framelens.training.progress import Progress
from framelens.training.trainer import FrameTrainer


@dataclass(frozen=True)
class Run:
    """What a training run leaves: the model folder's manifest, the splits, the dev score of each epoch.

    ``passages`` counts what was learnt from: ``gold`` passages, and a teacher's ``soft`` ones.
    """

    manifest: Manifest
    splits: dict[str, list[GoldPassage]]
    passages: dict[str, int]
    history: list[dict[str, float]]


def train(config: Config, resume: bool = False) -> Run | None:
    """Fine-tune an encoder and write a model folder to ``config.output``.

    The epoch with the best macro average precision on dev is kept; calibration and thresholds are
    fitted on dev. Test passages are split off and not looked at. Checkpoints stay in the folder until
    :func:`framelens.training.checkpoints.clear` removes them.

    :param resume: go on from the last whole checkpoint in the folder; else those that are there are removed.
    :returns: None on all processes but the first, where several train together.
    :raises FramelensError: if data, splits, taxonomy or encoder are missing or do not fit together, if there is
        nothing to go on from, or a loss is no number.
    """
    # Built first, to refuse what Trainer cannot do before any work.
    main = training_arguments(config).should_save
    folder = Path(config.output, FOLDER)
    checkpoint = last_whole(folder) if resume else None
    if resume and checkpoint is None:
        raise FramelensError(f"{folder}: there is no whole checkpoint to go on from; run without --resume.")
    if not resume and main:
        clear(folder)
    taxonomy = load_taxonomy(config.data.taxonomy)
    splits = load_splits_of(config, taxonomy)
    check_splits(config, splits, taxonomy)
    trainer = fit(config, splits, taxonomy, saves=True, checkpoint=checkpoint)
    if not main:
        return None
    network, tokenizer = trainer.network, trainer.tokenizer
    manifest = uncalibrated(config.name, taxonomy, config.encoder.window, tokenizer.pad_token_id or 0)
    manifest = _calibrated(manifest, trainer, splits["dev"])
    with saving(Path(config.output)):
        manifest = save_checkpoint(Path(config.output), network.cpu(), tokenizer, manifest)
    gold = len(splits["train"])
    soft = len(trainer.train_dataset) - gold * (config.data.gold_repeats if config.data.soft else 1)  # type: ignore[arg-type]
    return Run(manifest, splits, {"gold": gold, "soft": soft}, trainer.history)


def fit(
    config: Config,
    splits: dict[str, list[GoldPassage]],
    taxonomy: Taxonomy,
    saves: bool = False,
    checkpoint: Path | None = None,
    trial: TrainerCallback | None = None,
) -> FrameTrainer:
    """Fine-tune on ``splits["train"]`` and return the trainer, its network at the epoch that is best on dev.

    :param saves: whether checkpoints are written, as often as the config says.
    :param checkpoint: one to go on from.
    :param trial: follows a run that is one of many, whose epochs get no lines.
    """
    set_seed(config.seed)
    network, tokenizer = load_encoder(config.encoder, taxonomy)
    adapters = add_adapters(network, config.encoder.lora) if config.encoder.lora else None
    trainer = FrameTrainer(network, tokenizer, taxonomy, splits, config)
    if saves and config.schedule.checkpoint_steps:
        trainer.add_callback(Saving(config.schedule.checkpoint_steps))
    if checkpoint is not None:
        refuse_changes(checkpoint, trainer.run)
    bar = not config.trainer.get("disable_tqdm")
    with Progress(trainer.loss, trainer.history, bar, lines=trial is None) as progress:
        trainer.add_callback(progress)
        if trial is not None:
            trainer.add_callback(trial)
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint is not None else None)
    network.load_state_dict(trainer.best)
    trainer.average = None
    if adapters is not None:
        merge_adapters(adapters)
    return trainer


def _calibrated(manifest: Manifest, trainer: FrameTrainer, dev: Sequence[GoldPassage]) -> Manifest:
    logits = trainer.predict_logits()
    documents = [passage.document for passage in dev]
    calibration = fit_calibration(logits.frames, trainer.presence)
    thresholds = fit_thresholds(logits.frames, trainer.presence, documents, calibration)
    labels = np.full(logits.tokens.shape, np.nan, np.float32)
    for place, row in enumerate(trainer.eval_dataset):  # type: ignore[arg-type]
        labels[place, : row["length"]] = np.array(row["tokens"]).reshape(row["length"], *labels.shape[2:])
    spans = fit_span_thresholds(logits.tokens, labels)
    return replace(manifest, calibration=calibration, thresholds=thresholds, span_thresholds=spans)
