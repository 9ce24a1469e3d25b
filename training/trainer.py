"""Fine-tuning with Hugging Face's Trainer: one config in, the network of the best epoch out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import average_precision_score
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import (
    AutoTokenizer,
    PreTrainedTokenizerBase,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)
from transformers.utils import logging as transformers_logging

from framelens.data.annotations import GoldPassage, gold_passages, load_annotations, presence
from framelens.data.soft import load_soft
from framelens.data.splits import apply_splits, load_splits, near_duplicates, split_by_document
from framelens.data.standoff import correct, load_standoff
from framelens.data.taxonomy import Taxonomy, load_taxonomy
from framelens.errors import FramelensError
from framelens.model.batching import batches
from framelens.model.calibration import fit_calibration, fit_span_thresholds, fit_thresholds
from framelens.model.checkpoint import save_checkpoint
from framelens.model.engines import Scores
from framelens.model.manifest import Manifest, uncalibrated
from framelens.model.network import FrameNetwork, Logits, build_network
from framelens.training.augmentation import swap, swap_some
from framelens.training.config import Config, Data, Schedule
from framelens.training.examples import build_dataset, collate, with_twins
from framelens.training.losses import Targets, consistency, loss


@dataclass(frozen=True)
class Run:
    """What a training run leaves: the model folder's manifest, the splits, the dev score of each epoch.

    ``passages`` counts what was learnt from: ``gold`` passages, and a teacher's ``soft`` ones.
    """

    manifest: Manifest
    splits: dict[str, list[GoldPassage]]
    passages: dict[str, int]
    history: list[dict[str, float]]


def train(config: Config) -> Run:
    """Fine-tune an encoder and write a model folder to ``config.output``.

    The epoch with the best macro average precision on dev is kept; calibration and thresholds are
    fitted on dev. Test passages are split off and not looked at.

    :raises FramelensError: if data, splits, taxonomy or encoder are missing or do not fit together.
    """
    set_seed(config.seed)
    taxonomy = load_taxonomy(config.data.taxonomy)
    splits = load_splits_of(config, taxonomy)
    _check(config, splits, taxonomy)
    trainer = fit(config, splits, taxonomy)
    network, tokenizer = trainer.network, trainer.tokenizer
    manifest = uncalibrated(config.name, taxonomy, config.encoder.window, tokenizer.pad_token_id or 0)
    manifest = _calibrated(manifest, trainer, splits["dev"])
    manifest = save_checkpoint(Path(config.output), network.cpu(), tokenizer, manifest)
    gold = len(splits["train"])
    soft = len(trainer.train_dataset) - gold * (config.data.gold_repeats if config.data.soft else 1)  # type: ignore[arg-type]
    return Run(manifest, splits, {"gold": gold, "soft": soft}, trainer.history)


def fit(config: Config, splits: dict[str, list[GoldPassage]], taxonomy: Taxonomy) -> FrameTrainer:
    """Fine-tune on ``splits["train"]`` and return the trainer, its network at the epoch that is best on dev."""
    encoder = resolve_encoder(config.encoder.name)
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        tokenizer = AutoTokenizer.from_pretrained(encoder)
        network = build_network(encoder, taxonomy, config.encoder.layers)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise FramelensError(f"{config.encoder.name}: the encoder cannot be loaded ({reason}).") from None
    trainer = FrameTrainer(network, tokenizer, taxonomy, splits, config)
    trainer.train()
    network.load_state_dict(trainer.best)
    trainer.average = None
    return trainer


def load_splits_of(config: Config, taxonomy: Taxonomy) -> dict[str, list[GoldPassage]]:
    """The gold passages that a config names, by split."""
    annotations = load_annotations(config.data.annotations, taxonomy)
    if config.data.standoff:
        annotations += load_standoff(config.data.standoff, config.data.texts or "", taxonomy)
    if config.data.corrections:
        annotations = correct(annotations, config.data.corrections, taxonomy)
    passages = gold_passages(annotations)
    if config.data.splits:
        held_out = load_splits(config.data.splits)
    else:
        held_out = split_by_document(passages, config.data.dev, config.data.test, config.seed, config.data.stratify)
    return apply_splits(passages, held_out)


def resolve_encoder(name: str) -> str:
    """The folder or hub name behind an encoder's name; ``package:NAME`` finds the folder in a Python package.

    :raises FramelensError: if the package is not installed or holds no encoder.
    """
    if not name.startswith("package:"):
        return name
    package = name.removeprefix("package:")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FramelensError(f"{name}: the package is not installed; run: pip install {package.replace('_', '-')}.")
    found = sorted(Path(spec.origin).parent.rglob("config.json"), key=lambda path: len(path.parts))
    if not found:
        raise FramelensError(f"{name}: the package holds no encoder (no config.json).")
    return str(found[0].parent)


def _check(config: Config, splits: dict[str, list[GoldPassage]], taxonomy: Taxonomy) -> None:
    named = {"schedule.positive_weights": config.schedule.positive_weights, "data.prevalence": config.data.prevalence}
    for key, values in named.items():
        for frame in values:
            if frame not in taxonomy.frame_ids:
                raise FramelensError(f"{key}: {frame} is not a frame of the taxonomy.")
    for split in ("train", "dev"):
        for frame in taxonomy.frame_ids:
            judged = {passage.frames[frame].present for passage in splits[split] if frame in passage.frames}
            for present in {True, False} - judged:
                what = "has" if present else "is without"
                raise FramelensError(f"no {split} passage {what} {frame}; add annotations or change the split.")


class FrameTrainer(Trainer):
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
        passages = _with_soft(config.data, splits, taxonomy)
        self.build = build = partial(
            build_dataset, taxonomy=taxonomy, tokenizer=tokenizer, window=config.encoder.window
        )
        rows = build(list(swap_some(passages, config.data.swap, config.seed)))
        if schedule.consistency:
            rows = with_twins(rows, build([swap(passage, config.seed + 1) for passage in passages]))
        super().__init__(
            model=network,
            args=_arguments(config),
            train_dataset=rows,
            eval_dataset=build(splits["dev"]),
            data_collator=partial(collate, pad_token_id=tokenizer.pad_token_id or 0, frames=len(taxonomy.frames)),
        )
        self.network = network
        self.tokenizer = tokenizer
        self.schedule = schedule
        self.positive = torch.tensor([schedule.positive_weights.get(frame, 1.0) for frame in taxonomy.frame_ids])
        self.average: AveragedModel | None = None
        if schedule.averaging:
            average = get_ema_multi_avg_fn(schedule.averaging)  # type: ignore[no-untyped-call]
            self.average = AveragedModel(network, multi_avg_fn=average)
            self.add_callback(_Averaging(self.average, network))
        self.best: dict[str, Tensor] = {}
        self.history: list[dict[str, float]] = []
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
        return (total, logits) if return_outputs else total

    @property
    def measured(self) -> nn.Module:
        """What is measured on dev and kept: the running average of the weights, or the network itself."""
        return self.network if self.average is None else self.average.module

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        groups = _parameter_groups(self.network, self.schedule)
        self.optimizer = torch.optim.AdamW(groups)
        return self.optimizer

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Average precision on dev; called after each epoch."""
        logits = self.predict_logits()
        scores = [
            float(average_precision_score(truth[truth >= 0], logit[truth >= 0]))
            for truth, logit in zip(self.presence.T, logits.frames.T, strict=True)
        ]
        metrics = {"epoch": float(self.state.epoch or 0), "eval_macro_ap": float(np.mean(scores))}
        if all(metrics["eval_macro_ap"] > past["eval_macro_ap"] for past in self.history):
            self.best = {name: tensor.detach().cpu().clone() for name, tensor in self.measured.state_dict().items()}
        self.history.append(metrics)
        self.log(metrics)
        return metrics

    @torch.inference_mode()
    def predict_logits(self, passages: Sequence[GoldPassage] | None = None) -> Scores:
        """Logits of passages, by default those of dev, in order, as arrays; tokens padded to the longest with NaN."""
        rows = list(self.eval_dataset if passages is None else self.build(passages))  # type: ignore[arg-type]
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


class _Averaging(TrainerCallback):
    """Takes the weights into their running average after each step."""

    def __init__(self, average: AveragedModel, network: FrameNetwork) -> None:
        self._average, self._network = average, network

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self._average.update_parameters(self._network)


def _with_soft(data: Data, splits: dict[str, list[GoldPassage]], taxonomy: Taxonomy) -> list[GoldPassage]:
    """Gold passages for training, and a teacher's passages that are neither gold nor near held-out text."""
    gold = splits["train"]
    if not data.soft:
        return gold
    held_out = [*splits["dev"], *splits["test"]]
    known = {passage.id for passage in (*gold, *held_out)}
    documents = {(passage.source, passage.doc_id) for passage in held_out}
    soft = [
        p
        for p in load_soft(data.soft, taxonomy, data.texts)
        if p.id not in known and (p.source, p.doc_id) not in documents
    ]
    repeated = near_duplicates((p.text for p in held_out), (p.text for p in soft))
    return gold * data.gold_repeats + [p for p, seen in zip(soft, repeated, strict=True) if not seen]


def _arguments(config: Config) -> TrainingArguments:
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


def _parameter_groups(network: FrameNetwork, schedule: Schedule) -> list[dict[str, Any]]:
    """New heads, and the encoder by layer, each with and without weight decay (none on biases and norms)."""
    pretrained = f"classifier.{network.classifier.base_model_prefix}."
    layers = network.classifier.config.num_hidden_layers
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, parameter in network.named_parameters():
        rate = schedule.head_learning_rate
        if name.startswith(pretrained):
            layer = re.search(r"\.layer\.(\d+)\.", name)
            # The embeddings lie below the first layer; what is in none and no embedding, as a pooler, above the last.
            depth = layers - 1 - int(layer[1]) if layer else layers if ".embeddings." in name else 0
            rate = schedule.learning_rate * schedule.layer_decay**depth
        decay = schedule.weight_decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [{"params": params, "lr": rate, "weight_decay": decay} for (rate, decay), params in groups.items()]


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
