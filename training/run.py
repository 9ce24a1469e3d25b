"""A training run: one config in, a model folder out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from transformers import TrainerCallback, set_seed

from framelens.data.annotations import GoldPassage
from framelens.data.taxonomy import Taxonomy, load_taxonomy
from framelens.errors import FramelensError
from framelens.model.checkpoint import save_checkpoint
from framelens.model.manifest import Manifest, uncalibrated
from framelens.training.adapters import add_adapters, merge_adapters
from framelens.training.arguments import training_arguments
from framelens.training.callbacks import Saving
from framelens.training.checkpoints import FOLDER, clear, last_whole, refuse_changes, saving
from framelens.training.choosing import Fitted, HeldOut, chosen
from framelens.training.config import Config
from framelens.training.encoders import load_encoder
from framelens.training.fewshot import fit_few
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
    """Train as ``encoder.tuning`` says and write a model folder to ``config.output``.

    Where the encoder is fine-tuned in full, the epoch with the best macro average precision on dev is kept;
    calibration and thresholds are fitted on dev; checkpoints stay in the folder until
    :func:`framelens.training.checkpoints.clear` removes them. For the other ways see
    :func:`framelens.training.fewshot.fit_few`. Test passages are split off and not looked at.

    :param resume: go on from the last whole checkpoint in the folder; else those that are there are removed.
    :returns: None on all processes but the first, where several train together.
    :raises FramelensError: if data, splits, taxonomy or encoder are missing or do not fit together, if there is
        nothing to go on from, or a loss is no number.
    """
    # Built first, to refuse what Trainer cannot do before any work.
    main = training_arguments(config).should_save
    folder = Path(config.output, FOLDER)
    full = config.encoder.tuning == "full"
    if resume and not full:
        raise FramelensError(f"encoder.tuning: {config.encoder.tuning} writes no checkpoints; run without --resume.")
    checkpoint = last_whole(folder) if resume else None
    if resume and checkpoint is None:
        raise FramelensError(f"{folder}: there is no whole checkpoint to go on from; run without --resume.")
    if not resume and main:
        clear(folder)
    taxonomy = load_taxonomy(config.data.taxonomy)
    splits = load_splits_of(config, taxonomy)
    check_splits(config, splits, taxonomy)
    trainer = fit(config, splits, taxonomy, saves=True, checkpoint=checkpoint) if full else None
    if not main:
        return None
    done = fit_few(config, splits, taxonomy) if trainer is None else fitted(trainer)
    padding = done.tokenizer.pad_token_id or 0
    manifest = chosen(uncalibrated(config.name, taxonomy, config.encoder.window, padding), done)
    with saving(Path(config.output)):
        manifest = save_checkpoint(Path(config.output), done.network.cpu(), done.tokenizer, manifest)
    gold = len(splits["train"])
    soft = done.passages - gold * (config.data.gold_repeats if config.data.soft else 1)
    return Run(manifest, splits, {"gold": gold, "soft": soft}, done.history)


def fit(
    config: Config,
    splits: dict[str, list[GoldPassage]],
    taxonomy: Taxonomy,
    saves: bool = False,
    checkpoint: Path | None = None,
    trial: TrainerCallback | None = None,
) -> FrameTrainer:
    """Fine-tune in full on ``splits["train"]`` and return the trainer, its network at the epoch that is best on dev.

    :param saves: whether checkpoints are written, as often as the config says.
    :param checkpoint: one to go on from.
    :param trial: follows a run that is one of many, whose epochs get no lines.
    """
    if config.encoder.tuning != "full":
        raise FramelensError(f"encoder.tuning: {config.encoder.tuning} has no epochs; this needs full.")
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


def fitted(trainer: FrameTrainer) -> Fitted:
    """What :func:`fit` leaves, with its logits on dev."""
    logits = trainer.predict_logits()
    marks = np.full(logits.tokens.shape, np.nan, np.float32)
    for place, row in enumerate(trainer.eval_dataset):  # type: ignore[arg-type]
        marks[place, : row["length"]] = np.array(row["tokens"]).reshape(row["length"], *marks.shape[2:])
    held_out = HeldOut(logits.frames, trainer.presence, logits.tokens, marks)
    learnt = len(trainer.train_dataset)  # type: ignore[arg-type]
    return Fitted(trainer.network, trainer.tokenizer, held_out, learnt, trainer.history)
