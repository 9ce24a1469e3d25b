"""One YAML file says all of a training run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from framelens.errors import FramelensError
from framelens.training.mistakes import mistakes


class _Section(BaseModel):
    """Keys of a config; the description of a field is what ``framelens train --init`` writes beside it."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Data(_Section):
    """Annotated files, and how they are split."""

    annotations: list[str] = Field(description="Annotated .jsonl files, folders or globs.")
    taxonomy: str | None = Field(
        None, description="The frames and voices, a JSON file; without it those that come with framelens."
    )
    dev: float = Field(0.11, gt=0, lt=0.5, description="Share of the passages that choose epoch and thresholds.")
    test: float = Field(0.19, gt=0, lt=0.5, description="Share of the passages kept for measuring the model.")
    splits: str | None = Field(
        None,
        description="JSON with the passage ids of dev and test; without it documents are dealt out by the seed.",
        examples=["splits.json"],
    )
    stratify: str | None = Field(
        None,
        description="The rarest frame, of which every split is to have its share.",
        examples=["benevolent_protector"],
    )
    swap: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Share of the training passages whose actors are swapped for others of their kind.",
    )
    prevalence: dict[str, Annotated[float, Field(gt=0, lt=1)]] = Field(
        {},
        description="How common each frame is in the texts to be scored, 0 to 1; "
        "the model card then says what the model gives there, and which thresholds fit.",
        examples=[{"threat_inflation": 0.05}],
    )
    soft: list[str] = Field(
        [],
        description="Records that a teacher model scored with --unit record, to learn from too.",
        examples=[["scored.jsonl"]],
    )
    gold_repeats: int = Field(1, ge=1, description="How often annotated passages are repeated beside soft ones.")
    standoff: list[str] = Field(
        [], description="Labels by passage id, without text; they find it in texts.", examples=[["labels.jsonl"]]
    )
    texts: str | None = Field(
        None,
        description="The texts of standoff, and of soft where it has none: a .jsonl or .jsonl.gz file with id, text, "
        "source and doc_id.",
        examples=["texts.jsonl"],
    )
    corrections: list[str] = Field(
        [],
        description="Labels by passage id that replace those of annotated passages, frame by frame.",
        examples=[["corrections.jsonl"]],
    )


class Lora(_Section):
    """Sizes of low-rank additions."""

    rank: int = Field(8, ge=1, description="How many directions each addition has; the smaller, the less is learnt.")
    # A whole number, as peft has it.
    alpha: int = Field(16, ge=1, description="Weight of the additions, which are multiplied by alpha / rank.")
    dropout: float = Field(0.0, ge=0, lt=1, description="Share of their inputs that is left out in training.")


class Encoder(_Section):
    """The language model that is fine-tuned."""

    name: str = Field(
        description="The model to start from: default (the one that comes with framelens), a model folder, "
        "a Hugging Face name, or package:NAME for weights in an installed Python package."
    )
    window: int = Field(256, ge=8, description="How many tokens are read at once; longer passages are cut.")
    layers: int | None = Field(
        None, ge=1, description="Keep only so many of its layers, from the first on; faster.", examples=[4]
    )
    tuning: Literal["full", "heads", "contrastive"] = Field(
        "full",
        description="What learns: full, the encoder and its heads; heads, only the heads, in seconds; contrastive, the "
        "encoder by pairs of passages with and without the same frame (as SetFit does), then the heads. "
        "The last two are for few passages.",
    )
    lora: Lora | None = Field(
        None,
        description="Learn low-rank additions to the encoder instead of all its weights (LoRA): less memory, and "
        "less to learn from few passages; wants a schedule.learning_rate about ten times as high. "
        "The model that is saved is an ordinary one.",
        examples=[{"rank": 8, "alpha": 16, "dropout": 0.05}],
    )

    @model_validator(mode="after")
    def _tuned_in_one_way(self) -> Encoder:
        if self.lora is not None and self.tuning != "full":
            raise ValueError(f"has both lora and tuning: {self.tuning}; leave one of them out.")
        return self


class Schedule(_Section):
    """How it learns."""

    epochs: float = Field(5, gt=0, description="How often each passage is learnt from; the best epoch is kept.")
    patience: int | None = Field(
        None, ge=1, description="Stop after so many epochs without a better score on dev.", examples=[2]
    )
    checkpoint_steps: int = Field(
        500,
        ge=0,
        description="A checkpoint every so many steps, for --resume; 0 for none. "
        "The last two are kept until the run is done, each of up to five times the size of the model.",
    )
    batch_size: int = Field(32, ge=1, description="Passages a step, on each device.")
    learning_rate: float = Field(1e-4, gt=0, description="How fast the encoder learns, at its highest.")
    head_learning_rate: float = Field(5e-4, gt=0, description="How fast the new heads learn.")
    layer_decay: float = Field(
        1.0, gt=0, le=1, description="Learning rate of a layer as a share of that of the layer above it."
    )
    weight_decay: float = Field(0.01, ge=0, description="How strongly weights are drawn to zero.")
    warmup: float = Field(0.1, ge=0, lt=1, description="Share of the steps in which the learning rate rises.")
    precision: Literal["fp32", "bf16", "fp16"] = Field(
        "fp32", description="Of the arithmetic; bf16 halves the time on processors that have it, fp16 needs a GPU."
    )
    voice_weight: float = Field(0.3, ge=0, description="Weight of the voices in the loss, that of the frames being 1.")
    span_weight: float = Field(0.3, ge=0, description="Weight of actors and evidence in the loss.")
    positive_weights: dict[str, float] = Field(
        {},
        description="Weight of a present frame against an absent one; above 1 for more recall.",
        examples=[{"threat_inflation": 2.0}],
    )
    averaging: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="Decay, per step, of the running average of the weights that is measured and kept; "
        "0 for none, 0.99 is usual.",
    )
    # R-Drop, Liang et al. 2021.
    consistency: float = Field(
        0.0,
        ge=0,
        description="Weight of how far the answers on a passage and on the same with its actors swapped are apart; "
        "above 0 a step costs twice the time.",
    )


class Search(_Section):
    """What is tried before the model is trained."""

    trials: int = Field(20, ge=1, description="How many configurations are tried.")
    space: dict[str, Any] = Field(
        min_length=1,
        description="What is tried, by key: a list of values, or a range {low: …, high: …}, with log: true on a "
        "logarithmic scale.",
    )


class Config(_Section):
    """A training run."""

    name: str = Field(description="What the model is called, in its records and its card.")
    about: str = Field(
        "",
        description="Where the labels come from, for the model card.",
        examples=["Labels by two annotators, who read our codebook."],
    )
    output: str = Field(description="The folder that the model is written to.")
    seed: int = Field(13, ge=0, lt=2**32, description="Another seed gives another model of the same kind.")
    data: Data = Field(description="Annotated passages, and how they are split.")
    encoder: Encoder = Field(description="What is fine-tuned.")
    schedule: Schedule = Field(Schedule(), description="How it learns.")
    trainer: dict[str, Any] = Field(
        {},
        description="Any other of the TrainingArguments of Hugging Face's transformers.",
        examples=[{"gradient_accumulation_steps": 2, "lr_scheduler_type": "cosine", "report_to": ["tensorboard"]}],
    )
    search: Search | None = Field(
        None,
        description="The settings that framelens train --search looks for; without --search it is ignored.",
        examples=[
            {
                "trials": 20,
                "space": {
                    "schedule.learning_rate": {"low": 2e-5, "high": 3e-4, "log": True},
                    "schedule.epochs": [2, 3, 5],
                    "data.swap": {"low": 0.0, "high": 0.5},
                },
            }
        ],
    )


def load_config(path: str | Path, overrides: Sequence[str] = ()) -> Config:
    """Read a config; relative paths in it count from the current folder.

    :param overrides: ``section.key=value`` pairs, values in YAML.
    :raises FramelensError: with a sentence for each key that is missing, unknown or out of range.
    """
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise FramelensError(
            f"{path}: cannot read the config ({error.strerror}); framelens train --init DIR writes one."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FramelensError(f"{path}: not valid YAML ({' '.join(str(error).split())}).") from None
    if not isinstance(content, dict):
        raise FramelensError(f"{path}: a config is a YAML mapping with name, data, encoder and output.")
    content = {key: value for key, value in content.items() if value is not None}
    wrong: list[str] = []
    found: list[tuple[str, str]] = []
    overridden: list[str] = []
    for override in overrides:
        try:
            overridden.append(_override(content, override))
        except FramelensError as error:
            wrong.append(str(error))
    try:
        config = Config.model_validate(content)
    except ValidationError as error:
        found += mistakes(error, Config)
    if isinstance(content.get("trainer"), dict):
        # TrainingArguments are loaded, which takes a while, only where they are named.
        from framelens.training.arguments import argument_mistakes

        found += argument_mistakes(content["trainer"])
    if isinstance(content.get("search"), dict) and isinstance(content["search"].get("space"), dict):
        from framelens.training.space import space_mistakes

        found += space_mistakes(content["search"]["space"])
    for key, what in found:
        origin = "--set" if any(_overlap(key, name) for name in overridden) else f"{path}:"
        wrong.append(f"{origin} {key} {what}")
    if wrong:
        raise FramelensError(*wrong)
    return config


def _override(content: dict[str, Any], override: str) -> str:
    """Set one key, and return it."""
    key, equals, value = override.partition("=")
    if not equals or not key:
        raise FramelensError(f"--set {override}: write it as section.key=value.")
    *sections, last = key.split(".")
    for section in sections:
        content = content.setdefault(section, {})
        if not isinstance(content, dict):
            raise FramelensError(f"--set {override}: {section} is not a section.")
    try:
        content[last] = yaml.safe_load(value)
    except yaml.YAMLError:
        raise FramelensError(f"--set {override}: the value is not valid YAML; quote it.") from None
    return key


def _overlap(key: str, other: str) -> bool:
    """Whether one key is the other, or the section that holds it."""
    return f"{key}.".startswith(f"{other}.") or f"{other}.".startswith(f"{key}.")
