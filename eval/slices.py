"""Parts of the data, by source, length, voice or any field, and the main figures of each."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from framelens.data.annotations import GoldPassage
from framelens.errors import FramelensError
from framelens.eval.evaluation import measured
from framelens.eval.outcome import Outcome
from framelens.eval.system import System

# Under so many passages a slice says more of its passages than of the model.
SMALLEST = 20
MAIN = (
    "average_precision",
    "roc_auc",
    "precision",
    "recall",
    "f1",
    "mcc",
    "brier",
    "calibration_error",
    "voice_accuracy",
    "evidence_f1",
    "actor_f1",
)
_ALWAYS = ("source", "length", "voice")
_MISSING = "(none)"


@dataclass(frozen=True)
class Slice:
    """The passages that have one value of a field, and how many and of how many documents they are."""

    value: str
    outcome: Outcome
    passages: int
    documents: int


def slice_figures(
    system: System, outcome: Outcome, passages: Sequence[GoldPassage], fields: Sequence[str] = ()
) -> dict[str, Any]:
    """The main figures of each slice by source, by length, by voice, and by each of ``fields``.

    :param fields: names in the passages' metadata.
    :returns: by field, ``slices``: by value ``passages``, ``documents`` and ``figures``, and ``left_out``: how many
        passages the slices hold that are under :data:`SMALLEST`.
    :raises FramelensError: if no passage has one of the fields.
    """
    check_fields(passages, fields)
    found: dict[str, Any] = {}
    for field in dict.fromkeys((*_ALWAYS, *fields)):
        if field == "voice":
            slices = list(by_voice(outcome, system.taxonomy.voice_ids))
        else:
            slices = list(by_value(outcome, _values(field, passages)))
        shown = [part for part in slices if part.passages >= SMALLEST]
        found[field] = {
            "slices": {part.value: _measured(system, part) for part in shown},
            "left_out": {part.value: part.passages for part in slices if part.passages < SMALLEST},
        }
    return found


def check_fields(passages: Sequence[GoldPassage], fields: Sequence[str]) -> None:
    """:raises FramelensError: if no passage has one of the fields in its metadata; it names those that there are."""
    for field in fields:
        if field not in _ALWAYS and not any(field in passage.meta for passage in passages):
            there = ", ".join(sorted({name for passage in passages for name in passage.meta})) or "none"
            raise FramelensError(f"--slice {field}: no passage has that field; fields of the data are: {there}.")


def by_value(outcome: Outcome, values: Sequence[str]) -> Iterator[Slice]:
    """A slice for each value, in the order of the numbers that values begin with, then of the alphabet.

    :param values: (n,), the value of each passage.
    """
    column = np.array(values, dtype=object)
    for value in sorted(set(values), key=_order):
        rows = np.flatnonzero(column == value)
        yield Slice(value, outcome.take(rows), len(rows), len(set(outcome.documents[rows])))


def _order(value: str) -> tuple[float, str]:
    number = re.match(r"\d+", value)
    return float(number[0]) if number else math.inf, value


def by_voice(outcome: Outcome, voices: Sequence[str]) -> Iterator[Slice]:
    """A slice for each voice: the frames that are present in it, against all that are absent.

    An absent frame has no voice, so that slices share the absent ones and differ in which present ones there are
    to find.
    """
    for index, voice in enumerate(voices):
        inside = outcome.gold_voices == index
        part = replace(
            outcome,
            present=np.where((outcome.present == 1) & ~inside, -1, outcome.present),
            gold_voices=np.where(inside, index, -1),
            words=outcome.words * inside[..., None, None],
            spans=outcome.spans * inside[..., None, None],
        )
        rows = inside.any(1)
        yield Slice(voice, part, int(rows.sum()), len(set(outcome.documents[rows])))


def _measured(system: System, part: Slice) -> dict[str, Any]:
    found = measured(part.outcome, system.taxonomy, system.thresholds)
    main = {name: figure for name, figure in found.items() if name.split("/")[-1] in MAIN}
    return {"passages": part.passages, "documents": part.documents, "figures": main}


def _values(field: str, passages: Sequence[GoldPassage]) -> list[str]:
    if field == "source":
        return [passage.source or _MISSING for passage in passages]
    if field == "length":
        return _quarters([len(passage.text.split()) for passage in passages])
    return [_name(passage.meta.get(field)) for passage in passages]


def _quarters(lengths: Sequence[int]) -> list[str]:
    """For each passage the quarter of lengths in words that it lies in, in words."""
    counts = np.array(lengths)
    quarters = np.searchsorted(np.quantile(counts, [0.25, 0.5, 0.75]), counts)
    parts = {quarter: counts[quarters == quarter] for quarter in set(quarters)}
    names = {quarter: f"{inside.min()}–{inside.max()} words" for quarter, inside in parts.items()}
    return [names[quarter] for quarter in quarters]


def _name(value: Any) -> str:
    if value is None or value == "":
        return _MISSING
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
