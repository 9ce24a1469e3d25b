"""Figures of an outcome, and their intervals by bootstrap over documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.eval.outcome import Outcome

BOOTSTRAPS = 1000
BINS = 10
# Passages of this source are contrast sets, a document a group.
CONTRAST = "contrast/"


def figures(outcome: Outcome, taxonomy: Taxonomy, thresholds: Sequence[float]) -> dict[str, float]:
    """All figures of an outcome, by name: ``macro/f1``, ``blame_attribution/average_precision`` and so on.

    A figure that the passages do not determine (no positive, no marked span) is NaN, and macro figures
    are means over the frames that have one. ``swap_flips`` is the share of decisions that change with the
    actors' names, over passages that name any; ``contrast_right`` that of contrast groups got right.
    """
    frames = taxonomy.frame_ids
    found: dict[str, float] = {}
    by_frame = [_frame_figures(outcome, index, thresholds[index]) for index in range(len(frames))]
    for frame, values in zip(frames, by_frame, strict=True):
        found.update({f"{frame}/{name}": value for name, value in values.items()})
    for name in by_frame[0]:
        column = np.array([values[name] for values in by_frame])
        found[f"macro/{name}"] = float("nan") if np.isnan(column).all() else float(np.nanmean(column))
    known = outcome.gold_voices >= 0
    found["all/voice_accuracy"] = _ratio((outcome.voices == outcome.gold_voices)[known].sum(), known.sum())
    for role, name in enumerate(ROLES):
        found[f"all/{name}_f1"] = _f1(*outcome.words[:, :, role].sum((0, 1)))
    for index, voice in enumerate(taxonomy.voice_ids):
        spoken = outcome.gold_voices == index
        found[f"all/{voice}_recall"] = _ratio((outcome.voices[spoken] == index).sum(), spoken.sum())
    swapped = ~np.isnan(outcome.swapped)
    flipped = (outcome.p >= thresholds) != (outcome.swapped >= thresholds)
    found["all/swap_flips"] = _ratio(flipped[swapped].sum(), swapped.sum())
    groups = _contrast_groups(outcome, np.asarray(thresholds))
    found["all/contrast_right"] = float(np.mean(groups)) if groups else float("nan")
    return found


def _contrast_groups(outcome: Outcome, thresholds: NDArray[np.float64]) -> list[bool]:
    """For each group of a contrast set (Gardner et al. 2020), whether all of its members are got right.

    What counts is what the group's edits change: the frame that is there in one member and not in
    another, or its voice.
    """
    named = np.char.startswith(outcome.documents, CONTRAST)
    right = []
    for document in np.unique(outcome.documents[named]):
        rows = np.flatnonzero(outcome.documents == document)
        present, voices = outcome.present[rows], outcome.gold_voices[rows]
        said = outcome.p[rows] >= thresholds
        edited = (present == 1).any(0) & (present == 0).any(0)
        voiced = np.array([len(set(column[column >= 0])) > 1 for column in voices.T])
        agree = (said == (present == 1)) & (~voiced | (voices < 0) | (outcome.voices[rows] == voices))
        # A bootstrap sample may hold a group several times.
        times = np.unique(outcome.p[rows], axis=0, return_counts=True)[1].min()
        if (edited | voiced).any():
            right += [bool(agree[:, edited | voiced].all())] * int(times)
    return right


def _frame_figures(outcome: Outcome, column: int, threshold: float) -> dict[str, float]:
    judged = outcome.present[:, column] >= 0
    truth, p = outcome.present[judged, column] == 1, outcome.p[judged, column]
    said = p >= threshold
    both = int((truth & said).sum())
    varied = truth.any() and not truth.all()
    voiced = outcome.gold_voices[:, column] >= 0
    right = (outcome.voices[:, column] == outcome.gold_voices[:, column])[voiced]
    values = {
        "average_precision": float(average_precision_score(truth, p)) if truth.any() else float("nan"),
        "roc_auc": float(roc_auc_score(truth, p)) if varied else float("nan"),
        "precision": _ratio(both, said.sum()),
        "recall": _ratio(both, truth.sum()),
        "f1": _f1(both, said.sum(), truth.sum()),
        "calibration_error": calibration_error(truth, p),
        "voice_accuracy": _ratio(right.sum(), voiced.sum()),
    }
    for role, name in enumerate(ROLES):
        values[f"{name}_f1"] = _f1(*outcome.words[:, column, role].sum(0))
    return values


def calibration_error(truth: NDArray[np.bool_], p: NDArray[np.float64]) -> float:
    """Expected calibration error over ten bins of equal width (Naeini et al. 2015)."""
    if not len(p):
        return float("nan")
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    gaps = [abs(truth[bins == b].mean() - p[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))


def intervals(
    outcome: Outcome, taxonomy: Taxonomy, thresholds: Sequence[float], bootstraps: int = BOOTSTRAPS
) -> dict[str, tuple[float, float]]:
    """95% percentile intervals of every figure, by bootstrap over documents (Efron and Tibshirani 1993)."""
    members = [np.flatnonzero(outcome.documents == document) for document in np.unique(outcome.documents)]
    rng = np.random.default_rng(0)
    samples: dict[str, list[float]] = {}
    for _ in range(bootstraps):
        rows = np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        for name, value in figures(outcome.take(rows), taxonomy, thresholds).items():
            samples.setdefault(name, []).append(value)
    return {name: _interval(np.array(values)) for name, values in samples.items()}


def _interval(values: NDArray[np.float64]) -> tuple[float, float]:
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _f1(both: int, predicted: int, marked: int) -> float:
    return _ratio(2 * both, predicted + marked) if marked else float("nan")
