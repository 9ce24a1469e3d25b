"""An evaluation: figures with intervals, what they were measured on, and nothing else."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from framelens.data.taxonomy import Taxonomy
from framelens.eval.metrics import figures, intervals
from framelens.eval.outcome import Outcome
from framelens.model.classifier import FrameClassifier

FILE = "eval.json"


def evaluate(classifier: FrameClassifier, outcome: Outcome) -> dict[str, Any]:
    """Measure a classifier by its outcome on gold passages.

    :returns: ``model``, ``engine``, ``data`` (counts), ``thresholds``, and ``figures``: by name a
        ``value`` and its 95% ``interval``; null where the data do not determine it.
    """
    thresholds = classifier.manifest.thresholds
    return {
        "model": classifier.name,
        "engine": classifier.engine,
        "data": _counts(outcome, classifier.frames),
        "thresholds": dict(zip(classifier.frames, thresholds, strict=True)),
        "figures": measured(outcome, classifier.taxonomy, thresholds),
    }


def measured(outcome: Outcome, taxonomy: Taxonomy, thresholds: Sequence[float]) -> dict[str, Any]:
    """Every figure with its interval, ready for JSON."""
    ranges = intervals(outcome, taxonomy, thresholds)
    return {
        name: {"value": _number(value), "interval": [_number(bound) for bound in ranges[name]]}
        for name, value in figures(outcome, taxonomy, thresholds).items()
    }


def save_evaluation(evaluation: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(evaluation, indent=2) + "\n", encoding="utf-8")


def _counts(outcome: Outcome, frames: Sequence[str]) -> dict[str, Any]:
    return {
        "passages": len(outcome.p),
        "documents": len(set(outcome.documents)),
        "present": {frame: int((outcome.present[:, column] == 1).sum()) for column, frame in enumerate(frames)},
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
