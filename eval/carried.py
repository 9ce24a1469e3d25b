"""Figures of what a present frame carries: its voice, its words, and how much the decision rests on them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.eval.bootstrap import Floats, Resamples, ratio
from framelens.eval.outcome import Outcome


def carried_figures(outcome: Outcome, resamples: Resamples) -> dict[str, Floats]:
    """Figures by name, each (frames + 1, samples), the last row over all frames, NaN where undetermined.

    Voice and words are compared wherever the frame is there, found or not; faithfulness where it was found.
    """

    def totals(values: NDArray[Any]) -> Floats:
        """Sums of (n, frames, k) by frame and over all: (k, frames + 1, samples)."""
        n, frames, k = values.shape
        sums = resamples.total(values.reshape(n, -1)).reshape(frames, k, -1)
        return np.concatenate([sums, sums.sum(0, keepdims=True)]).swapaxes(0, 1)

    voiced = (outcome.gold_voices >= 0) & (outcome.voices >= 0)
    known, right = totals(np.stack([voiced, voiced & (outcome.voices == outcome.gold_voices)], axis=-1))
    found = {"voice_accuracy": ratio(right, known)}
    for role, name in enumerate(ROLES):
        both, predicted, marked = totals(outcome.words[:, :, role])
        found[f"{name}_f1"] = np.where(marked > 0, ratio(2 * both, predicted + marked), np.nan)
    for role, name in enumerate(ROLES):
        on_gold, predicted, on_said, marked = totals(outcome.spans[:, :, role])
        precision, recall = on_gold / np.maximum(predicted, 1), ratio(on_said, marked)
        found[f"{name}_span_f1"] = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    erased = ~np.isnan(outcome.erased[..., :1])
    drops = np.where(erased, outcome.p[..., None] - outcome.erased, 0.0)
    without, only, count = totals(np.concatenate([drops, erased], axis=-1))
    return found | {"comprehensiveness": ratio(without, count), "sufficiency": ratio(only, count)}


def voice_recalls(outcome: Outcome, taxonomy: Taxonomy, resamples: Resamples) -> dict[str, Floats]:
    """For each voice the share of its frames to which the model gives it: ``rebutted_recall`` and so on, (samples,)."""
    found = {}
    for index, voice in enumerate(taxonomy.voice_ids):
        spoken = (outcome.gold_voices == index) & (outcome.voices >= 0)
        table = np.stack([spoken.sum(1), (spoken & (outcome.voices == index)).sum(1)], axis=1)
        total, right = resamples.total(table)
        found[f"{voice}_recall"] = ratio(right, total)
    return found


def voice_confusion(outcome: Outcome, taxonomy: Taxonomy) -> dict[str, Any]:
    """Counts of voices, a row for each in the gold and a column for each predicted, by frame and for ``all``."""
    size = len(taxonomy.voices)
    known = (outcome.gold_voices >= 0) & (outcome.voices >= 0)
    counts = np.zeros((len(taxonomy.frames), size, size), dtype=np.int64)
    column = np.nonzero(known)[1]
    np.add.at(counts, (column, outcome.gold_voices[known], outcome.voices[known]), 1)
    matrices = dict(zip((*taxonomy.frame_ids, "all"), (*counts, counts.sum(0)), strict=True))
    return {"voices": list(taxonomy.voice_ids), "counts": {name: matrix.tolist() for name, matrix in matrices.items()}}
