from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from framelens.eval.faithfulness import erased_probabilities, only_evidence, without_evidence

TEXT = "He said the ministry let the dam crack, again."


class Counting:
    """Stands for a classifier: p is a tenth for each time that a text says "dam" or "ministry", by frame."""

    manifest = SimpleNamespace(thresholds=(0.1, 0.1))

    def __init__(self) -> None:
        self.asked: list[str] = []

    def predict_proba(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        return np.array([[text.count("dam") / 10, text.count("ministry") / 10] for text in texts]).reshape(-1, 2)


def ranges(*phrases: str) -> tuple[tuple[int, int], ...]:
    return tuple((TEXT.index(phrase), TEXT.index(phrase) + len(phrase)) for phrase in phrases)


def test_a_text_without_its_evidence_and_its_evidence_alone() -> None:
    evidence = ranges("dam crack", "the ministry")
    assert without_evidence(TEXT, evidence) == "He said let the , again."
    assert only_evidence(TEXT, evidence) == "the ministry dam crack"


@pytest.mark.parametrize("evidence", [((0, 10), (5, 12)), ((5, 12), (0, 10)), ((0, 12), (3, 4))])
def test_overlapping_evidence_is_taken_out_once(evidence: tuple[tuple[int, int], ...]) -> None:
    assert only_evidence(TEXT, evidence) == TEXT[:12].strip()
    assert without_evidence(TEXT, evidence) == "ministry let the dam crack, again."


def test_evidence_that_is_the_whole_text_leaves_nothing() -> None:
    assert without_evidence(TEXT, ((0, len(TEXT)),)) == ""
    assert only_evidence(TEXT, ((0, len(TEXT)),)) == TEXT


def test_p_is_asked_again_where_a_frame_is_predicted_and_has_evidence() -> None:
    classifier = Counting()
    evidence = np.empty((3, 2), dtype=object)
    evidence[:] = [[ranges("the dam"), ranges("the dam")], [ranges("the dam"), ()], [(), ()]]
    p = np.array([[0.1, 0.1], [0.05, 0.1], [0.1, 0.0]])
    found = erased_probabilities(classifier, [TEXT] * 3, p, evidence)  # type: ignore[arg-type]
    np.testing.assert_allclose(found[0], [[0.0, 0.1], [0.1, 0.0]])
    assert np.isnan(found[1:]).all()
    # Both frames rest on the same words, which are asked about once.
    assert classifier.asked == ["He said the ministry let crack, again.", "the dam"]
