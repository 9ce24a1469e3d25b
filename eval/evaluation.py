"""An evaluation: figures with intervals, what they were measured on, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from framelens.data.taxonomy import Taxonomy
from framelens.eval.bootstrap import interval, rounded
from framelens.eval.carried import voice_confusion
from framelens.eval.metrics import figures, resampled
from framelens.eval.outcome import Outcome
from framelens.eval.reliability import reliability
from framelens.eval.system import System

# What a folder of results holds, beside passages.jsonl.
FILE, PAGE = "eval.json", "report.html"


def evaluate(system: System, outcome: Outcome) -> dict[str, Any]:
    """Measure a system by its outcome on gold passages.

    :returns: ``model``, ``engine``, ``data`` (counts), ``thresholds``, ``figures``: by name a ``value`` and its
        95% ``interval``, null where the data do not determine it; ``voices``, the confusion of voices, by frame
        and for all; ``reliability``, by frame the bins of p.
    """
    frames = system.taxonomy.frame_ids
    bins = {}
    for column, frame in enumerate(frames):
        judged = outcome.present[:, column] >= 0
        truth, p = outcome.present[judged, column] == 1, outcome.p[judged, column]
        bins[frame] = reliability(truth, p, outcome.documents[judged])
    return {
        "model": system.name,
        "engine": system.engine,
        "data": _counts(outcome, frames),
        "thresholds": dict(zip(frames, system.thresholds, strict=True)),
        "figures": measured(outcome, system.taxonomy, system.thresholds),
        "voices": voice_confusion(outcome, system.taxonomy),
        "reliability": bins,
    }


def measured(outcome: Outcome, taxonomy: Taxonomy, thresholds: Sequence[float]) -> dict[str, Any]:
    """Every figure with its interval, ready for JSON."""
    samples = resampled(outcome, taxonomy, thresholds)
    return with_intervals(figures(outcome, taxonomy, thresholds), samples)


def with_intervals(values: Mapping[str, float], samples: Mapping[str, Any]) -> dict[str, Any]:
    """Figures as JSON has them: ``value`` and ``interval``, to four places, null for NaN.

    :param samples: for each figure its values over bootstrap samples.
    """
    return {
        name: {"value": rounded(value), "interval": [rounded(bound) for bound in interval(samples[name])]}
        for name, value in values.items()
    }


def save_evaluation(evaluation: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(evaluation, indent=2) + "\n", encoding="utf-8")


def _counts(outcome: Outcome, frames: Sequence[str]) -> dict[str, Any]:
    return {
        "passages": len(outcome.p),
        "documents": len(set(outcome.documents)),
        "present": {frame: int((outcome.present[:, column] == 1).sum()) for column, frame in enumerate(frames)},
        "judged": {frame: int((outcome.present[:, column] >= 0).sum()) for column, frame in enumerate(frames)},
    }
