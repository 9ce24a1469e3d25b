"""Hugging Face's Trainer, with what frames need of it: losses, rates, and the epoch that is best on dev."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from sklearn.metrics import average_precision_score
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import PreTrainedTokenizerBase, PrinterCallback

from framelens.data.annotations import GoldPassage, presence
from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError
from framelens.model.batching import batches
from framelens.model.engines import Scores
from framelens.model.network import FrameNetwork, Logits
from framelens.training.arguments import training_arguments
from framelens.training.augmentation import swap, swap_some
from framelens.training.callbacks import Averaging, Patience
from framelens.training.checkpoints import digest
from framelens.training.config import Config
from framelens.training.examples import build_dataset, collate, with_twins
from framelens.training.losses import Targets, consistency, loss
from framelens.training.material import with_soft
from framelens.training.optimizer import parameter_groups
from framelens.training.progress import RunningLoss
from framelens.training.resuming import ResumableTrainer


class DivergedError(FramelensError):
    """A run whose loss or scores are no numbers."""


class FrameTrainer(ResumableTrainer):
    """Trainer with the masked losses, a learning rate of their own for new heads, and the best epoch kept."""

    def __init__(
        self,
        network: FrameNetwork,
        tokenizer: PreTrainedTokenizerBase,
        taxonomy: Taxonomy,
        splits: dict[str, list[GoldPassage]],
        config: Config,
    ) -> None:
        schedule = config.schedule
        passages = with_soft(config.data, splits, taxonomy)
        build = partial(build_dataset, taxonomy=taxonomy, tokenizer=tokenizer, window=config.encoder.window)
        rows = build(list(swap_some(passages, config.data.swap, config.seed)))
        if schedule.consistency:
            rows = with_twins(rows, build([swap(passage, config.seed + 1) for passage in passages]))
        super().__init__(
            model=network,
            args=training_arguments(config),
            train_dataset=rows,
            eval_dataset=build(splits["dev"]),
            data_collator=partial(collate, pad_token_id=tokenizer.pad_token_id or 0, frames=len(taxonomy.frames)),
        )
        self.remove_callback(PrinterCallback)
        self.network = network
        self.tokenizer = tokenizer
        self.schedule = schedule
        self.positive = torch.tensor([schedule.positive_weights.get(frame, 1.0) for frame in taxonomy.frame_ids])
        self.average: AveragedModel | None = None
        if schedule.averaging:
            average = get_ema_multi_avg_fn(schedule.averaging)  # type: ignore[no-untyped-call]
            self.average = AveragedModel(network, multi_avg_fn=average)
            self.add_callback(Averaging(self.average, network))
        self.best: dict[str, Tensor] = {}
        self.loss = RunningLoss()
        self.history: list[dict[str, float]] = []
        if schedule.patience:
            self.add_callback(Patience(schedule.patience, self.history))
        # The folder may have moved, and what a search tries does not touch the run.
        self.run = config.model_dump(mode="json", exclude={"output", "search"}) | {
            "annotated passages": digest(passages, splits, taxonomy),
            "processes": self.args.world_size,
        }
        self.presence = presence(splits["dev"], taxonomy.frame_ids)

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        targets = Targets(*inputs["targets"])
        logits: Logits = model(inputs["input_ids"], inputs["attention_mask"])
        total = loss(
            logits,
            targets,
            self.positive.to(logits.frames.device),
            self.schedule.voice_weight,
            self.schedule.span_weight,
        )
        if self.schedule.consistency and model.training:
            total = total + self.schedule.consistency * consistency(logits)
        self._add_loss(total.item(), inputs["ids"])
        return (total, logits) if return_outputs else total

    def _add_loss(self, value: float, ids: Sequence[str]) -> None:
        """Count the loss of a batch in; stop where it is none, before it reaches the weights."""
        if not math.isfinite(value):
            raise DivergedError(
                f"the loss is {value} at epoch {int(self.state.epoch or 0) + 1}, step {self.state.global_step + 1}, "
                f"on the passages {', '.join(ids)}; lower schedule.learning_rate, try schedule.precision=fp32, "
                "or leave these passages out."
            )
        self.loss.add(value)

    @property
    def measured(self) -> nn.Module:
        """What is measured on dev and kept: the running average of the weights, or the network itself."""
        return self.network if self.average is None else self.average.module

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        kind, options = self.get_optimizer_cls_and_kwargs(self.args, self.network)  # type: ignore[arg-type]
        self.optimizer = kind(parameter_groups(self.network, self.schedule), **options)
        return self.optimizer

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Average precision on dev; called after each epoch."""
        logits = self.predict_logits()
        if not np.isfinite(logits.frames).all():
            raise DivergedError(
                f"the scores of dev are not finite after step {self.state.global_step}; "
                "lower schedule.learning_rate, or try schedule.precision=fp32."
            )
        scores = [
            float(average_precision_score(truth[truth >= 0], logit[truth >= 0]))
            for truth, logit in zip(self.presence.T, logits.frames.T, strict=True)
        ]
        metrics = {
            "epoch": float(self.state.epoch or 0),
            "loss": self.loss.mean,
            "eval_macro_ap": float(np.mean(scores)),
        }
        if all(metrics["eval_macro_ap"] > past["eval_macro_ap"] for past in self.history):
            self.best = {name: tensor.detach().cpu().clone() for name, tensor in self.measured.state_dict().items()}
        self.history.append(metrics)
        self.loss.total, self.loss.count = 0.0, 0
        # The loss is logged by Trainer itself, and more often where it is told to.
        self.log({"eval_macro_ap": metrics["eval_macro_ap"]})
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    @torch.inference_mode()
    def predict_logits(self) -> Scores:
        """Logits of the dev passages, in order, as arrays; tokens padded to the longest with NaN."""
        rows = list(self.eval_dataset)  # type: ignore[arg-type]
        lengths = [row["length"] for row in rows]
        frames, voices, tokens = None, None, None
        network = self.measured.eval()
        for batch in batches(lengths, 4096):
            inputs = self._prepare_inputs(self.data_collator([rows[i] for i in batch]))
            parts = [part.float().cpu().numpy() for part in network(inputs["input_ids"], inputs["attention_mask"])]
            if frames is None or voices is None or tokens is None:
                frames = np.zeros((len(rows), *parts[0].shape[1:]), np.float32)
                voices = np.zeros((len(rows), *parts[1].shape[1:]), np.float32)
                tokens = np.full((len(rows), max(lengths), *parts[2].shape[2:]), np.nan, np.float32)
            frames[batch], voices[batch] = parts[0], parts[1]
            tokens[batch, : parts[2].shape[1]] = parts[2]
        if frames is None or voices is None or tokens is None:
            raise FramelensError("there is no dev passage to measure on; add annotations or change the split.")
        return Scores(frames, voices, tokens)
