"""A config as the arguments of Hugging Face's Trainer, and what its section ``trainer`` may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, get_type_hints

import torch
from pydantic import TypeAdapter, ValidationError
from transformers import TrainingArguments
from transformers.integrations.integration_utils import get_reporting_integration_callbacks

from framelens.errors import FramelensError
from framelens.training.config import Config
from framelens.training.mistakes import shown, suggestion

# What a key of ours says, and what cannot be had here, as patterns of arguments.
_OURS = {
    "output_dir": "output",
    "num_train_epochs": "schedule.epochs",
    "max_steps": "schedule.epochs",
    "per_device_train_batch_size": "schedule.batch_size",
    "auto_find_batch_size": "schedule.batch_size",
    "learning_rate": "schedule.learning_rate",
    "weight_decay": "schedule.weight_decay",
    "warmup_*": "schedule.warmup",
    "seed": "seed",
    "save_*": "schedule.checkpoint_steps",
    "resume_from_checkpoint": "framelens train --resume",
}
_BEST = "dev is measured after each epoch, and the best epoch kept"
_BATCHES = "framelens lays out the batches"
_WHOLE = "each device holds the whole model"
_NOT_HERE = {
    "*eval_*": _BEST,
    "*_full_eval": _BEST,
    "do_*": _BEST,
    "include_for_metrics": _BEST,
    "prediction_loss_only": _BEST,
    "load_best_model_at_end": _BEST,
    "metric_for_best_model": _BEST,
    "greater_is_better": _BEST,
    "remove_unused_columns": _BATCHES,
    "label_names": _BATCHES,
    "train_sampling_strategy": _BATCHES,
    "length_column_name": _BATCHES,
    "enable_jit_checkpoint": "framelens saves in its own way",
    "restore_callback_states_from_checkpoint": "framelens saves in its own way",
    "ignore_data_skip": "framelens saves in its own way",
    "fsdp*": _WHOLE,
    "deepspeed": _WHOLE,
    "parallelism_config": _WHOLE,
    "label_smoothing_factor": "scores between 0 and 1 are smooth already",
    "*liger_kernel*": "it is for models that write text",
    "push_to_hub": "upload the model folder when it is done",
    "hub_*": "upload the model folder when it is done",
    "local_rank": "accelerate launch sets it",
}


def training_arguments(config: Config) -> TrainingArguments:
    """What Trainer is to be told of a run.

    :raises FramelensError: if the section ``trainer`` holds what Trainer cannot do, or cannot do here.
    """
    schedule, wrong = config.schedule, list(argument_mistakes(config.trainer))
    if schedule.precision != "fp32" and config.trainer.keys() & {"bf16", "fp16"}:
        wrong.append(("trainer", f"cannot set bf16 or fp16 where schedule.precision is {schedule.precision}."))
    if wrong:
        raise FramelensError(*(f"{key} {what}" for key, what in wrong))
    settings: dict[str, Any] = {
        "lr_scheduler_type": "linear",
        "optim": "adamw_torch",
        "logging_strategy": "epoch",
        "report_to": "none",
        "use_cpu": not torch.cuda.is_available(),
        "bf16": schedule.precision == "bf16",
        "fp16": schedule.precision == "fp16",
    }
    try:
        arguments = TrainingArguments(
            output_dir=config.output,
            num_train_epochs=schedule.epochs,
            per_device_train_batch_size=schedule.batch_size,
            warmup_steps=schedule.warmup,
            train_sampling_strategy="group_by_length",
            length_column_name="length",
            eval_strategy="epoch",
            # The score that a scheduler such as reduce_lr_on_plateau watches.
            metric_for_best_model="eval_macro_ap",
            greater_is_better=True,
            # FrameTrainer saves at times and in a way of its own.
            save_strategy="no",
            remove_unused_columns=False,
            seed=config.seed,
            **settings
            | {name: _read(name, value) for name, value in config.trainer.items()}
            # Progress is shown in a way of our own.
            | {"disable_tqdm": True},
        )
        for callback in get_reporting_integration_callbacks(arguments.report_to):  # type: ignore[no-untyped-call]
            callback()
    except (ValueError, TypeError, ImportError, RuntimeError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise FramelensError(f"trainer: {reason}; mend that section of the config.") from None
    return arguments


def argument_mistakes(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys of the section ``trainer`` that are wrong, each with the rest of a sentence about it."""
    names = [field.name for field in fields(TrainingArguments)]
    for name, value in section.items():
        key = f"trainer.{name}"
        if name not in names:
            yield key, f"is none of TrainingArguments{suggestion(name, names) or '; see their documentation.'}"
        elif ours := _of(name, _OURS):
            yield key, f"is not set here; use {ours} instead."
        elif reason := _of(name, _NOT_HERE):
            yield key, f"cannot be set: {reason}."
        else:
            try:
                _read(name, value)
            except ValidationError as error:
                yield key, f"is {shown(value)}; {error.errors()[0]['msg'].lower()}."


def _read(name: str, value: Any) -> Any:
    """An argument's value in its own type: YAML reads 1e-8 as text."""
    return TypeAdapter(_kinds()[name]).validate_python(value)


@cache
def _kinds() -> dict[str, Any]:
    return get_type_hints(TrainingArguments)


def _of(name: str, patterns: Mapping[str, str]) -> str | None:
    """What is said of the first pattern that an argument's name matches."""
    return next((said for pattern, said in patterns.items() if fnmatchcase(name, pattern)), None)
