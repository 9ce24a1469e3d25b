"""One YAML file says all of a training run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from framelens.errors import FramelensError


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Data(_Section):
    """Annotated files, and how they are split.

    ``splits`` names a file of passage ids; without it documents are dealt out by ``dev``, ``test`` and the seed.
    ``standoff`` names labels without text, whose text is in ``texts``; ``corrections`` labels without text
    that replace those of annotated passages.
    ``soft`` names records that a teacher scored; gold passages are then repeated ``gold_repeats`` times beside them.
    ``swap`` is the share of training passages whose actors are swapped with others of their kind.
    ``prevalence`` is how common each frame is in the texts to be scored, 0 to 1 by frame id; the model card then
    says what the model gives there, and which thresholds fit.
    """

    annotations: list[str]
    standoff: list[str] = []
    texts: str | None = None
    corrections: list[str] = []
    soft: list[str] = []
    gold_repeats: int = Field(1, ge=1)
    swap: float = Field(0.0, ge=0, le=1)
    prevalence: dict[str, Annotated[float, Field(gt=0, lt=1)]] = {}
    splits: str | None = None
    dev: float = Field(0.11, gt=0, lt=0.5)
    test: float = Field(0.19, gt=0, lt=0.5)
    stratify: str | None = None
    taxonomy: str | None = None


class Encoder(_Section):
    """``name`` is a folder, a hub name, or ``package:NAME`` for weights in an installed Python package.
    ``layers`` keeps only that many of its layers, from the first on."""

    name: str
    layers: int | None = Field(None, ge=1)
    window: int = Field(256, ge=8)


class Schedule(_Section):
    """``precision`` is that of autocast; bf16 halves the time on CPUs that have it.
    ``positive_weights`` weigh a present frame against an absent one, by frame id.
    ``layer_decay`` is the learning rate of a layer of the encoder as a share of that of the layer above it.
    ``consistency`` weighs how far the model's answers on a passage and on the same with its actors swapped, each
    with its own dropout, are apart (R-Drop, Liang et al. 2021); above 0 a step costs twice the time.
    ``averaging`` is the decay, per step, of the running average of the weights that is measured and kept (0: none)."""

    epochs: float = Field(5, gt=0)
    batch_size: int = Field(32, ge=1)
    learning_rate: float = Field(1e-4, gt=0)
    head_learning_rate: float = Field(5e-4, gt=0)
    weight_decay: float = Field(0.01, ge=0)
    warmup: float = Field(0.1, ge=0, lt=1)
    voice_weight: float = Field(0.3, ge=0)
    span_weight: float = Field(0.3, ge=0)
    precision: Literal["fp32", "bf16", "fp16"] = "fp32"
    positive_weights: dict[str, float] = {}
    layer_decay: float = Field(1.0, gt=0, le=1)
    consistency: float = Field(0.0, ge=0)
    averaging: float = Field(0.0, ge=0, lt=1)


class Config(_Section):
    """A training run. ``about`` says in the model card where the labels come from."""

    name: str
    about: str = ""
    data: Data
    encoder: Encoder
    schedule: Schedule = Schedule()
    seed: int = 13
    output: str


def load_config(path: str | Path, overrides: Sequence[str] = ()) -> Config:
    """Read a config; relative paths in it count from the current folder.

    :param overrides: ``section.key=value`` pairs, values in YAML.
    :raises FramelensError: naming the key that is missing, unknown or out of range.
    """
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise FramelensError(f"{path}: cannot read the config ({error.strerror}).") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FramelensError(f"{path}: not valid YAML ({' '.join(str(error).split())}).") from None
    if not isinstance(content, dict):
        raise FramelensError(f"{path}: a config is a YAML mapping with name, data, encoder and output.")
    content = {key: value for key, value in content.items() if value is not None}
    for override in overrides:
        _override(content, override)
    try:
        return Config.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise FramelensError(f"{path}: {key}: {first['msg'].rstrip('.').lower()}; mend that key.") from None


def _override(content: dict[str, Any], override: str) -> None:
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
