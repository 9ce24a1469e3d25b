from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from framelens.data.taxonomy import Taxonomy
from framelens.eval.metrics import figures
from framelens.eval.outcome import Outcome

MakeOutcome = Callable[..., Outcome]


def contrast(made: Outcome, p: list[float], gold: list[int], voices: list[int], gold_voices: list[int]) -> Outcome:
    """One contrast group, of which only the first frame is judged."""

    def beside(column: list[int], other: int) -> np.ndarray:
        return np.stack([np.array(column), np.full(len(column), other)], 1)

    return replace(
        made,
        documents=np.array(["contrast/1"] * len(p)),
        p=np.stack([np.array(p), np.zeros(len(p))], 1),
        present=beside(gold, -1),
        voices=beside(voices, -1),
        gold_voices=beside(gold_voices, -1),
    )


@pytest.mark.parametrize(
    ("p", "gold", "voices", "gold_voices", "right"),
    [
        ([0.9, 0.1], [1, 0], [0, 0], [0, -1], 1.0),
        ([0.9, 0.8], [1, 0], [0, 0], [0, -1], 0.0),
        ([0.9, 0.8], [1, 1], [1, 2], [1, 2], 1.0),
        ([0.9, 0.8], [1, 1], [1, 1], [1, 2], 0.0),
        # The voice is not what the edit changes, so a wrong one is another matter.
        ([0.9, 0.1], [1, 0], [2, 0], [0, -1], 1.0),
        # A system that says no voices is not asked for them.
        ([0.9, 0.1], [1, 0], [-1, -1], [0, -1], 1.0),
        ([0.9, 0.8], [1, 1], [-1, -1], [1, 2], math.nan),
    ],
)
def test_a_contrast_group_is_right_when_all_members_are(
    make_outcome: MakeOutcome,
    taxonomy: Taxonomy,
    p: list[float],
    gold: list[int],
    voices: list[int],
    gold_voices: list[int],
    right: float,
) -> None:
    made = contrast(make_outcome(len(p)), p, gold, voices, gold_voices)
    found = figures(made, taxonomy, (0.5, 0.5))
    assert found["all/contrast_right"] == pytest.approx(right, nan_ok=True)
    assert found["all/contrast_pairs"] == pytest.approx(right, nan_ok=True)


def test_of_a_larger_group_each_pair_that_differs_counts(make_outcome: MakeOutcome, taxonomy: Taxonomy) -> None:
    # Author, reported, absent, absent: five pairs differ. The last is taken for present, and so three are right.
    made = contrast(make_outcome(4), [0.9, 0.9, 0.1, 0.8], [1, 1, 0, 0], [0, 1, 0, 0], [0, 1, -1, -1])
    found = figures(made, taxonomy, (0.5, 0.5))
    assert found["all/contrast_right"] == 0
    assert found["all/contrast_pairs"] == pytest.approx(3 / 5)


def test_passages_of_other_sources_are_no_contrast_groups(make_outcome: MakeOutcome, taxonomy: Taxonomy) -> None:
    assert math.isnan(figures(make_outcome(), taxonomy, (0.5, 0.5))["all/contrast_right"])
