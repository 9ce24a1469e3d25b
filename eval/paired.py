"""Two systems on the same passages: what differs, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framelens.data.annotations import GoldPassage
from framelens.errors import FramelensError
from framelens.eval.evaluation import measured, with_intervals
from framelens.eval.metrics import figures, resampled
from framelens.eval.outcome import Outcome
from framelens.eval.slices import MAIN
from framelens.eval.system import System


def compare(
    system: System, outcome: Outcome, other: System, other_outcome: Outcome, passages: Sequence[GoldPassage]
) -> dict[str, Any]:
    """What a system does better or worse than another.

    :returns: ``model``, ``engine``, ``thresholds`` and ``figures`` of the other; ``differences``: by name the main
        figures' differences, the system's less the other's, with intervals; ``mcnemar`` by frame; and ``changed``,
        the decisions that differ.
    :raises FramelensError: if the two label different frames.
    """
    check_same_frames(system, other)
    frames = system.taxonomy.frame_ids
    return {
        "model": other.name,
        "engine": other.engine,
        "thresholds": dict(zip(frames, other.thresholds, strict=True)),
        "figures": measured(other_outcome, other.taxonomy, other.thresholds),
        "differences": differences(system, outcome, other, other_outcome),
        "mcnemar": mcnemar(system, outcome, other, other_outcome),
        "changed": changed_decisions(system, outcome, other, other_outcome, passages),
    }


def check_same_frames(system: System, other: System) -> None:
    """:raises FramelensError: if the two label different frames."""
    if system.taxonomy.frame_ids != other.taxonomy.frame_ids:
        here, there = (", ".join(each.taxonomy.frame_ids) for each in (system, other))
        raise FramelensError(
            f"{system.name} labels {here} and {other.name} {there}; only models of the same frames can be compared."
        )


def differences(system: System, outcome: Outcome, other: System, other_outcome: Outcome) -> dict[str, Any]:
    """The main figures of one less those of the other, with intervals by paired bootstrap over documents.

    Both are measured on the same samples, so that what makes a sample hard for both cancels out.
    """
    pairs = ((system, outcome), (other, other_outcome))
    ours, theirs = (figures(found, each.taxonomy, each.thresholds) for each, found in pairs)
    samples, their_samples = (resampled(found, each.taxonomy, each.thresholds) for each, found in pairs)
    names = [name for name in ours if name in theirs and name.split("/")[-1] in MAIN]
    return with_intervals(
        {name: ours[name] - theirs[name] for name in names},
        {name: samples[name] - their_samples[name] for name in names},
    )


def mcnemar(system: System, outcome: Outcome, other: System, other_outcome: Outcome) -> dict[str, dict[str, float]]:
    """McNemar's exact test (1947) by frame: whether one system's decisions are right more often.

    :returns: by frame ``only_model_right`` and ``only_other_right``, counts of passages, and the two-sided ``p_value``
        of a binomial with even odds. It takes passages as independent, which those of one document are not.
    """
    # Takes a second to load, which one who does not compare need not wait.
    from scipy.stats import binomtest

    judged = outcome.present >= 0
    right = _said(system, outcome) == (outcome.present == 1)
    other_right = _said(other, other_outcome) == (outcome.present == 1)
    found = {}
    for column, frame in enumerate(system.taxonomy.frame_ids):
        ours = int((judged & right & ~other_right)[:, column].sum())
        theirs = int((judged & other_right & ~right)[:, column].sum())
        p_value = float(binomtest(ours, ours + theirs).pvalue) if ours + theirs else 1.0
        found[frame] = {"only_model_right": ours, "only_other_right": theirs, "p_value": float(f"{p_value:.4g}")}
    return found


def changed_decisions(
    system: System, outcome: Outcome, other: System, other_outcome: Outcome, passages: Sequence[GoldPassage]
) -> list[dict[str, Any]]:
    """Each decision that differs: passage ``id``, ``frame``, both ``p`` and what the gold says (null: not judged).

    Those in which p differs most come first.
    """
    said = _said(system, outcome)
    gaps = np.abs(outcome.p - other_outcome.p)
    places = np.argwhere(said != _said(other, other_outcome))
    places = places[np.argsort(-gaps[tuple(places.T)], kind="stable")]
    frames = system.taxonomy.frame_ids
    return [
        {
            "id": passages[row].id,
            "frame": frames[column],
            "p": round(float(outcome.p[row, column]), 6),
            "other_p": round(float(other_outcome.p[row, column]), 6),
            "present": bool(said[row, column]),
            "gold": None if outcome.present[row, column] < 0 else bool(outcome.present[row, column]),
        }
        for row, column in places
    ]


def _said(system: System, outcome: Outcome) -> NDArray[np.bool_]:
    said: NDArray[np.bool_] = outcome.p >= np.asarray(system.thresholds)
    return said
