"""Figures of an outcome by name, and their intervals by bootstrap over documents."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from framelens.data.taxonomy import Taxonomy
from framelens.eval.bootstrap import BOOTSTRAPS, Floats, Resamples, draw, interval, once, ratio
from framelens.eval.carried import carried_figures, voice_recalls
from framelens.eval.contrast import contrast_groups, contrast_pairs
from framelens.eval.outcome import Outcome
from framelens.eval.presence import presence_figures

# A mean of these over frames, or one for the pooled decisions of all frames, would say nothing.
_NOT_MACRO = ("best_threshold", "support")
_NOT_MICRO = (*_NOT_MACRO, "best_f1")


def figures(outcome: Outcome, taxonomy: Taxonomy, thresholds: Sequence[float]) -> dict[str, float]:
    """All figures of an outcome, by name: ``macro/f1``, ``blame_attribution/average_precision`` and so on.

    A figure that the passages do not determine (no positive, no marked span) is NaN. ``macro`` figures are
    means over the frames that have one, ``micro`` figures those of all frames' decisions pooled, and ``all``
    figures those of what all present frames carry. ``swap_flips`` is the share of decisions that change with
    the actors' names, over passages that name any; ``contrast_right`` that of contrast groups got right,
    ``contrast_pairs`` that of the pairs in them.
    """
    found = sampled(outcome, taxonomy, thresholds, once(outcome.documents))
    return {name: float(values[0]) for name, values in found.items()}


def intervals(
    outcome: Outcome, taxonomy: Taxonomy, thresholds: Sequence[float], bootstraps: int = BOOTSTRAPS
) -> dict[str, tuple[float, float]]:
    """95% percentile intervals of every figure, by bootstrap over documents (Efron and Tibshirani 1993)."""
    found = resampled(outcome, taxonomy, thresholds, bootstraps)
    return {name: interval(values) for name, values in found.items()}


def resampled(
    outcome: Outcome, taxonomy: Taxonomy, thresholds: Sequence[float], bootstraps: int = BOOTSTRAPS
) -> dict[str, Floats]:
    """Every figure in every bootstrap sample, (bootstraps,); the samples are the same for the same documents."""
    blocks = [sampled(outcome, taxonomy, thresholds, block) for block in draw(outcome.documents, bootstraps)]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def sampled(
    outcome: Outcome, taxonomy: Taxonomy, thresholds: Sequence[float], resamples: Resamples
) -> dict[str, Floats]:
    """Every figure in each of the samples, (samples,), by name."""
    judged, truth = outcome.present >= 0, outcome.present == 1
    said = outcome.p >= np.asarray(thresholds)
    carried = carried_figures(outcome, resamples)
    by_frame: list[dict[str, Floats]] = []
    for column in range(len(taxonomy.frames)):
        rows = np.flatnonzero(judged[:, column])
        decided = truth[rows, column], outcome.p[rows, column], said[rows, column]
        values = {name: carried[name][column] for name in carried}
        by_frame.append(presence_figures(*decided, resamples.of(rows)) | values)
    found = {
        f"{frame}/{name}": values[name]
        for frame, values in zip(taxonomy.frame_ids, by_frame, strict=True)
        for name in values
    }
    for name in by_frame[0]:
        if name not in _NOT_MACRO:
            found[f"macro/{name}"] = _mean([values[name] for values in by_frame])
    # Decisions on one passage are not independent of each other; they are drawn together, with their document.
    pooled = presence_figures(truth[judged], outcome.p[judged], said[judged], resamples.of(np.nonzero(judged)[0]))
    found.update({f"micro/{name}": values for name, values in pooled.items() if name not in _NOT_MICRO})
    overall = {name: values[-1] for name, values in carried.items()} | voice_recalls(outcome, taxonomy, resamples)
    overall |= _robustness(outcome, thresholds, resamples)
    return found | {f"all/{name}": values for name, values in overall.items()}


def _robustness(outcome: Outcome, thresholds: Sequence[float], resamples: Resamples) -> dict[str, Floats]:
    known = ~np.isnan(outcome.swapped)
    flipped = known & ((outcome.p >= np.asarray(thresholds)) != (outcome.swapped >= np.asarray(thresholds)))
    swaps = np.stack([known.sum(1), flipped.sum(1)], axis=1)
    contrasts = [contrast_groups(outcome, thresholds), contrast_pairs(outcome, thresholds)]
    decisions, flips, groups, right, pairs, both = resamples.total(np.hstack([swaps, *contrasts]))
    shares = {"contrast_right": ratio(right, groups), "contrast_pairs": ratio(both, pairs)}
    return {"swap_flips": ratio(flips, decisions)} | shares


def _mean(columns: list[Floats]) -> Floats:
    """The mean of the columns that are not NaN, sample by sample."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        mean: Floats = np.nanmean(columns, axis=0)
    return mean
