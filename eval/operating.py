"""Where to cut when frames are rarer than in the data that a model was measured on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from framelens.eval.outcome import Outcome
from framelens.model.calibration import best_threshold


def operating_points(
    dev: Outcome,
    test: Outcome,
    frames: Sequence[str],
    thresholds: Sequence[float],
    prevalence: Mapping[str, float],
) -> dict[str, dict[str, Any]]:
    """What a model's thresholds give where frames are as common as said, and the thresholds that fit there.

    Passages are weighed so that a frame is as common as ``prevalence`` says (label shift, Saerens et al. 2002); the
    natural threshold has the best F1 to be expected by the probabilities on dev, moved to that prevalence.

    :param thresholds: the model's own, in the order of ``frames``.
    :param prevalence: share of passages, 0 to 1, by frame id; frames that it lacks are left out.
    :returns: by frame ``prevalence``, and under ``stored`` and ``natural`` a ``threshold`` on the model's p with
        ``precision``, ``recall`` and ``f1`` on test, weighted.
    """
    points = {}
    for column, frame in enumerate(frames):
        share = prevalence.get(frame)
        both = all((part.present[:, column] == kind).any() for part in (dev, test) for kind in (0, 1))
        if share is not None and both:
            best = round(_natural(dev, column, share), 4)
            points[frame] = {
                "prevalence": share,
                "stored": _at(test, column, share, thresholds[column]),
                "natural": _at(test, column, share, best),
            }
    return points


def _natural(dev: Outcome, column: int, share: float) -> float:
    judged = dev.present[:, column] >= 0
    p, measured = dev.p[judged, column].astype(np.float64), float((dev.present[judged, column] == 1).mean())
    more, less = share / measured, (1 - share) / (1 - measured)
    # How common such a passage is there, and then how probable the frame in it.
    weights = more * p + less * (1 - p)
    cut = best_threshold(more * p / weights, weights)
    return less * cut / (less * cut + more * (1 - cut))


def _at(test: Outcome, column: int, share: float, threshold: float) -> dict[str, float]:
    judged = test.present[:, column] >= 0
    truth, p = test.present[judged, column] == 1, test.p[judged, column]
    weights = np.where(truth, share / truth.mean(), (1 - share) / (1 - truth.mean()))
    said = p >= threshold
    both, predicted, marked = (float(weights[rows].sum()) for rows in (truth & said, said, truth))
    f1 = 2 * both / (predicted + marked)
    precision = both / predicted if predicted else 0.0
    return {"threshold": threshold, "precision": precision, "recall": both / marked, "f1": f1}
