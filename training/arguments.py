"""A config as the arguments of Hugging Face's Trainer."""

from __future__ import annotations

import torch
from transformers import TrainingArguments

from framelens.training.config import Config


def training_arguments(config: Config) -> TrainingArguments:
    """What Trainer is to be told of a run."""
    schedule = config.schedule
    return TrainingArguments(
        output_dir=config.output,
        num_train_epochs=schedule.epochs,
        per_device_train_batch_size=schedule.batch_size,
        warmup_steps=schedule.warmup,
        lr_scheduler_type="linear",
        max_grad_norm=1.0,
        train_sampling_strategy="group_by_length",
        length_column_name="length",
        eval_strategy="epoch",
        # The best epoch is kept in memory: Trainer's own checkpoints hold pickled state.
        save_strategy="no",
        logging_strategy="epoch",
        report_to="none",
        remove_unused_columns=False,
        use_cpu=not torch.cuda.is_available(),
        bf16=schedule.precision == "bf16",
        fp16=schedule.precision == "fp16",
        disable_tqdm=False,
        seed=config.seed,
    )
