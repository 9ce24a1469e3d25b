"""Hugging Face's Trainer, made so that a run which was cut off anywhere goes on to the same weights."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import Sampler
from transformers import Trainer
from transformers.trainer import TRAINER_STATE_NAME

from framelens.model.network import FrameNetwork
from framelens.training.checkpoints import FOLDER, RUN, partial, writing
from framelens.training.progress import RunningLoss
from framelens.training.sampling import EpochOrder

_WEIGHTS, _PROGRESS = "weights.pt", "progress.json"


class ResumableTrainer(Trainer):
    """Trainer that saves all that decides how a run ends, and nothing else; bit for bit on a CPU.

    Optimizer, scheduler, gradient scaler and random numbers are saved by Trainer itself, the rest here.

    :cvar run: what must be the same in a run that goes on from a checkpoint.
    :cvar average: the running average of the weights, if there is one.
    :cvar best: the weights of the epoch that is best on dev so far.
    :cvar history: what was measured after each epoch.
    :cvar loss: that of the epoch so far.
    """

    run: dict[str, Any]
    network: FrameNetwork
    average: AveragedModel | None
    best: dict[str, Tensor]
    history: list[dict[str, float]]
    loss: RunningLoss

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        args, rows = self.args, self.train_dataset if train_dataset is None else train_dataset
        return EpochOrder(
            rows["length"],  # type: ignore[index]
            args.train_batch_size * args.gradient_accumulation_steps,
            args.seed if args.data_seed is None else args.data_seed,
            epoch=lambda: int(self.state.epoch or 0),
        )

    def _save_checkpoint(self, model: nn.Module, trial: Any) -> None:
        if self.control.should_training_stop:
            # The run is over, and a checkpoint of its end would lead on to a step too many.
            return
        folder, step, main = Path(str(self.args.output_dir), FOLDER), self.state.global_step, self.args.should_save
        with writing(folder, step) if main else nullcontext(partial(folder, step)) as place:
            self.accelerator.wait_for_everyone()
            # Each process has random numbers of its own.
            self._save_rng_state(str(place))
            if main:
                self._write_state(place)
            self.accelerator.wait_for_everyone()

    def _write_state(self, place: Path) -> None:
        self._save_optimizer_and_scheduler(str(place))
        self._save_scaler(str(place))
        self.state.save_to_json(str(place / TRAINER_STATE_NAME))
        weights = {
            "network": dict(self.network.state_dict()),
            "average": dict(self.average.state_dict()) if self.average is not None else {},
            "best": self.best,
        }
        torch.save(weights, place / _WEIGHTS)
        progress = {"history": self.history, "loss": [self.loss.total, self.loss.count]}
        for name, content in ((_PROGRESS, progress), (RUN, self.run)):
            (place / name).write_text(json.dumps(content), encoding="utf-8")

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: nn.Module | None = None) -> None:
        place = Path(resume_from_checkpoint)
        weights = torch.load(place / _WEIGHTS, map_location="cpu", weights_only=True)
        self.network.load_state_dict(weights["network"])
        if self.average is not None:
            self.average.load_state_dict(weights["average"])
        self.best = weights["best"]
        progress = json.loads((place / _PROGRESS).read_text(encoding="utf-8"))
        # Callbacks hold these two; they stay the same objects.
        self.history[:] = progress["history"]
        self.loss.total, self.loss.count = progress["loss"]
