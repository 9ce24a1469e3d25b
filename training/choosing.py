"""What a model folder says beside its weights, chosen on passages that the weights were not learnt from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from framelens.model.calibration import STRENGTH, fit_calibration, fit_span_thresholds, fit_thresholds
from framelens.model.manifest import Manifest
from framelens.model.network import FrameNetwork


@dataclass(frozen=True)
class HeldOut:
    """Logits and truth of ``n`` passages.

    ``frames``: (n, frames), logits. ``present``: (n, frames), 1, 0, or -1 where not judged. ``tokens``:
    (n, t, frames, roles), logits, NaN on padding. ``marks``: the same shape, 1, 0, or NaN where nobody marked.
    """

    frames: NDArray[np.floating]
    present: NDArray[np.integer]
    tokens: NDArray[np.floating]
    marks: NDArray[np.floating]


@dataclass(frozen=True)
class Fitted:
    """A network that has learnt from so many passages, and what is to choose its calibration and thresholds.

    ``history``: what was measured on dev after each epoch. ``strength``: that of the calibration. ``spans``: the span
    thresholds that fit the span head already, for roles that nobody marked.
    """

    network: FrameNetwork
    tokenizer: PreTrainedTokenizerBase
    held_out: HeldOut
    passages: int
    history: list[dict[str, float]] = field(default_factory=list)
    strength: float = STRENGTH
    spans: tuple[float, ...] | None = None


def chosen(manifest: Manifest, fitted: Fitted) -> Manifest:
    """The manifest with calibration and thresholds."""
    held_out = fitted.held_out
    calibration = fit_calibration(held_out.frames, held_out.present, fitted.strength)
    spans = fit_span_thresholds(held_out.tokens, held_out.marks)
    if fitted.spans is not None:
        marked = [bool((held_out.marks[..., role] > 0).any()) for role in range(len(spans))]
        spans = tuple(new if some else old for new, old, some in zip(spans, fitted.spans, marked, strict=True))
    return replace(
        manifest,
        calibration=calibration,
        thresholds=fit_thresholds(held_out.frames, held_out.present, calibration),
        span_thresholds=spans,
    )
