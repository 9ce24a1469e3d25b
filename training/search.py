"""A search for settings: trials, of which the best on dev is what a model is then trained with."""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import torch
import yaml
from optuna.trial import Trial, TrialState
from pydantic import ValidationError
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from framelens.data.annotations import GoldPassage
from framelens.data.taxonomy import Taxonomy, load_taxonomy
from framelens.errors import FramelensError
from framelens.training.arguments import training_arguments
from framelens.training.checkpoints import FOLDER as CHECKPOINTS
from framelens.training.checkpoints import RUN, clear, digest, refuse_changes
from framelens.training.config import Config
from framelens.training.material import check_splits, load_splits_of, with_soft
from framelens.training.mistakes import mistakes
from framelens.training.run import fit
from framelens.training.space import FOLDER, Range, Space, configured, load_space, whole
from framelens.training.starter import CONFIG
from framelens.training.trainer import DivergedError
from framelens.training.trials import ERROR, VALUES, best, finished, open_study, summary, write_trials


class Pruning(TrainerCallback):
    """Reports each epoch's score on dev, and ends a trial that is not promising.

    :raises optuna.TrialPruned: out of the run.
    """

    def __init__(self, trial: Trial) -> None:
        self._trial, self._epochs = trial, 0

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any) -> None:
        self._epochs += 1
        self._trial.report(more["metrics"]["eval_macro_ap"], self._epochs)
        # A run that is over anyway keeps its score.
        over = control.should_training_stop or state.global_step >= state.max_steps
        if not over and self._trial.should_prune():
            raise optuna.TrialPruned


def search(config: Config, resume: bool, say: Callable[[str], None]) -> tuple[Config, int]:
    """Try as many configurations as ``config.search`` says; which ones, the seed and the scores so far decide.

    The configurations are chosen by a tree-structured Parzen estimator (Bergstra et al. 2011), the first ten at
    random; a trial's score is the macro average precision on dev of its best epoch. The study lies in
    ``OUTPUT/search``, the best configuration in ``OUTPUT/config.yaml``. Test passages are not looked at.

    :param resume: go on with the study in the folder; else what is there is removed.
    :param say: is given a sentence a trial.
    :returns: the best configuration, and how many were tried.
    :raises FramelensError: if the space or the data do not allow a search, there is none to go on with, or no trial
        came to an end.
    """
    if config.search is None:
        raise FramelensError("--search needs a section search in the config, which says what to try.")
    space = load_space(config.search.space)
    if training_arguments(config).world_size > 1:
        raise FramelensError("--search runs in one process; start it without accelerate launch or torchrun.")
    taxonomy = load_taxonomy(config.data.taxonomy)
    splits = load_splits_of(config, taxonomy)
    for probe in chain([config], _probes(config, space)):
        if probe.encoder.tuning != "full":
            raise FramelensError(f"--search tries full fine-tuning; encoder.tuning: {probe.encoder.tuning} is none.")
        training_arguments(probe)
        check_splits(probe, splits, taxonomy)
    folder = Path(config.output, FOLDER)
    _start(config, splits, taxonomy, folder, resume)
    study, planned = open_study(folder), config.search.trials
    trials = finished(study)
    if resume:
        say(f"{len(trials)} of {planned} trials are done.")
    while len(trials) < planned:
        # One to go on from would be of what was the best before.
        clear(Path(config.output, CHECKPOINTS))
        # A seed for each trial, so that a search which goes on tries what it would have tried unbroken.
        seed = np.random.SeedSequence([config.seed, len(trials)]).generate_state(1)[0]
        study.sampler = optuna.samplers.TPESampler(seed=int(seed))
        _try(study, config, space, splits, taxonomy)
        trials = finished(study)
        write_trials(folder, trials)
        say(summary(trials, planned))
    found = best(trials)
    if found is None:
        raise FramelensError(f"none of {len(trials)} trials came to an end; the last: {trials[-1].user_attrs[ERROR]}")
    number, trial = found
    chosen = configured(config, trial.user_attrs[VALUES])
    path = Path(config.output, CONFIG)
    head = f"# The best of {len(trials)} trials: number {number}, dev macro AP {trial.value:.4f}.\n"
    path.write_text(head + yaml.safe_dump(chosen.model_dump(mode="json"), sort_keys=False, allow_unicode=True), "utf-8")
    say(f"trial {number} is the best, its settings are in {path}; now the model is trained with them.")
    return chosen, len(trials)


def _probes(config: Config, space: Space) -> Iterator[Config]:
    """The config with each value of a list, and an end of each range: what may be refused is so before any work."""
    for key, tried in space.items():
        for value in tried if isinstance(tried, list) else [tried.low]:
            try:
                yield configured(config, {key: value})
            except ValidationError as error:
                found = "; ".join(f"{name} {what}" for name, what in mistakes(error, Config))
                raise FramelensError(f"search.space.{key}: with {value}, {found}") from None


def _start(
    config: Config, splits: dict[str, list[GoldPassage]], taxonomy: Taxonomy, folder: Path, resume: bool
) -> None:
    """See that the search in the folder is this one, or make room for it."""
    # More trials may be added to a search.
    run = config.model_dump(mode="json", exclude={"output": True, "search": {"trials"}}) | {
        "annotated passages": digest(with_soft(config.data, splits, taxonomy), splits, taxonomy)
    }
    if resume:
        if not (folder / RUN).is_file():
            raise FramelensError(f"{folder}: there is no search to go on with; run without --resume.")
        refuse_changes(folder, run)
    else:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        part = folder / f"{RUN}.part"
        part.write_text(json.dumps(run), encoding="utf-8")
        part.replace(folder / RUN)


def _try(
    study: optuna.Study,
    config: Config,
    space: Space,
    splits: dict[str, list[GoldPassage]],
    taxonomy: Taxonomy,
) -> None:
    """Train with one configuration, and tell the study how well it does."""
    trial = study.ask()
    values = {key: _suggest(trial, key, tried) for key, tried in space.items()}
    trial.set_user_attr(VALUES, values)
    tried = configured(config, values).model_copy(update={"output": str(Path(config.output, FOLDER))})
    try:
        history = fit(tried, splits, taxonomy, trial=Pruning(trial)).history
    except optuna.TrialPruned:
        study.tell(trial, state=TrialState.PRUNED)
    except (DivergedError, torch.OutOfMemoryError) as error:
        reason = str(error) if isinstance(error, DivergedError) else "the memory of the device is too small for it."
        trial.set_user_attr(ERROR, reason)
        study.tell(trial, state=TrialState.FAIL)
    else:
        study.tell(trial, max(epoch["eval_macro_ap"] for epoch in history))
    # A Trainer refers to itself, and would keep its network in memory during the next trials.
    gc.collect()


def _suggest(trial: Trial, key: str, tried: Range | list[Any]) -> Any:
    if isinstance(tried, list):
        # As text, since Optuna cannot keep sections and lists.
        values = {json.dumps(value): value for value in tried}
        return values[trial.suggest_categorical(key, list(values))]
    if whole(key, tried):
        return trial.suggest_int(key, int(tried.low), int(tried.high), log=tried.log)
    return trial.suggest_float(key, tried.low, tried.high, log=tried.log)
