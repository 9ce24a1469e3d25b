from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from framelens.data import GoldPassage
from framelens.errors import FramelensError
from framelens.eval.evaluation import measured
from framelens.eval.outcome import Outcome
from framelens.eval.slices import SMALLEST, by_value, by_voice, slice_figures
from framelens.eval.system import System

MakeOutcome = Callable[..., Outcome]
MakePassages = Callable[[Outcome], list[GoldPassage]]


def test_a_slice_has_the_main_figures_of_its_passages(
    system: System, make_outcome: MakeOutcome, make_passages: MakePassages
) -> None:
    made = make_outcome(120)
    found = slice_figures(system, made, make_passages(made), ["lot"])["lot"]
    assert list(found["slices"]) == ["0", "1", "2"]
    assert found["left_out"] == {}
    part = found["slices"]["1"]
    alone = measured(made.take(np.arange(1, 120, 3)), system.taxonomy, system.thresholds)
    assert part["passages"] == 40
    assert part["figures"]["macro/f1"] == alone["macro/f1"]
    assert {"micro/average_precision", "blame/recall", "all/voice_accuracy"} <= set(part["figures"])
    assert "blame/support" not in part["figures"]
    json.dumps(found, allow_nan=False)


def test_length_is_divided_in_quarters_that_are_named_by_their_words(
    system: System, make_outcome: MakeOutcome, make_passages: MakePassages
) -> None:
    made = make_outcome(160)
    found = slice_figures(system, made, make_passages(made))["length"]["slices"]
    assert list(found) == ["5–14 words", "15–24 words", "25–34 words", "35–44 words"]
    assert {part["passages"] for part in found.values()} == {40}


def test_slices_that_are_too_small_are_left_out_and_named(
    system: System, make_outcome: MakeOutcome, make_passages: MakePassages
) -> None:
    made = make_outcome(60)
    passages = [replace(p, source="few" if row < SMALLEST - 1 else "many") for row, p in enumerate(make_passages(made))]
    found = slice_figures(system, made, passages)["source"]
    assert list(found["slices"]) == ["many"]
    assert found["left_out"] == {"few": SMALLEST - 1}


def test_values_may_be_missing_or_of_any_kind_and_numbers_come_in_their_order(
    system: System, make_outcome: MakeOutcome, make_passages: MakePassages
) -> None:
    made = make_outcome(120)
    values = [10, 9, True, ["b"], None, "x"]
    passages = [replace(p, meta={"year": values[row % 6]}) for row, p in enumerate(make_passages(made))]
    passages[4] = replace(passages[4], meta={})
    found = slice_figures(system, made, passages, ["year"])["year"]
    assert list(found["slices"]) == ["9", "10", "(none)", '["b"]', "true", "x"]


def test_a_field_that_no_passage_has_is_refused_with_those_that_there_are(
    system: System, make_outcome: MakeOutcome, make_passages: MakePassages
) -> None:
    made = make_outcome(40)
    with pytest.raises(FramelensError, match="--slice outlet: no passage has that field; fields of the data are: lot"):
        slice_figures(system, made, make_passages(made), ["outlet"])


def test_a_voice_is_measured_against_all_passages_without_the_frame(make_outcome: MakeOutcome) -> None:
    made = make_outcome()
    parts = {part.value: part for part in by_voice(made, ("author", "reported", "rebutted"))}
    for index, part in enumerate(parts.values()):
        inside = made.gold_voices == index
        assert part.passages == inside.any(1).sum()
        np.testing.assert_array_equal(part.outcome.present == 1, inside)
        np.testing.assert_array_equal(part.outcome.present == 0, made.present == 0)
        np.testing.assert_array_equal(part.outcome.words.any((2, 3)), inside)
    assert sum((part.outcome.present == 1).sum() for part in parts.values()) == (made.present == 1).sum()


def test_every_passage_is_in_the_slice_of_its_value(make_outcome: MakeOutcome) -> None:
    made = make_outcome(6)
    parts = list(by_value(made, ["b", "a", "b", "a", "b", "b"]))
    assert [(part.value, part.passages, part.documents) for part in parts] == [("a", 2, 1), ("b", 4, 2)]
    np.testing.assert_array_equal(parts[0].outcome.p, made.p[[1, 3]])
