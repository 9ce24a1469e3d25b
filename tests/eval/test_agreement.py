"""Alpha is Krippendorff's, kappa Cohen's, and what the judgements do not determine has no figure."""

from __future__ import annotations

import math

import numpy as np
import pytest

from framelens.data import Judgement, load_taxonomy
from framelens.data.annotations import Annotation
from framelens.errors import FramelensError
from framelens.eval.agreement import Agreement, agreement, alpha, counts, same

TAXONOMY = load_taxonomy()
BLAME, PROTECTOR, THREAT = TAXONOMY.frame_ids

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: A, two observers and binary data; B, two observers
# and nominal data; C, four observers, five values and gaps. A gap is -1.
A = ["0100000010", "1110010000"]
B = ["aabbdcccedda", "babbbccceddd"]
C = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]


def table(rows: list[str], values: str) -> np.ndarray:
    return np.array([[values.find(value) for value in row] for row in rows])


@pytest.mark.parametrize(
    ("rows", "values", "level", "published"),
    [
        (A, "01", "nominal", 0.095),
        (B, "abcde", "nominal", 0.692),
        (C, "12345", "nominal", 0.743),
        (C, "12345", "ordinal", 0.815),
    ],
)
def test_alpha_is_as_published(rows: list[str], values: str, level: str, published: float) -> None:
    assert alpha(counts(table(rows, values), len(values)), level) == pytest.approx(published, abs=5e-4)


def test_alpha_of_values_that_are_all_the_same_is_unknown() -> None:
    assert math.isnan(alpha(counts(np.zeros((2, 5), dtype=int), 2), "nominal"))
    assert math.isnan(alpha(np.zeros((0, 2), dtype=int), "nominal"))


def test_passages_that_one_annotator_judged_tell_nothing() -> None:
    with_singles = np.hstack([table(A, "01"), np.array([[1, 0, 1], [-1, -1, -1]])])
    assert alpha(counts(with_singles, 2), "nominal") == alpha(counts(table(A, "01"), 2), "nominal")


def test_the_same_value_is_counted_by_pairs() -> None:
    # One pair of two that agree; three annotators, of whose three pairs one agrees; one alone.
    assert same(np.array([[2, 0], [2, 1], [0, 1]])) == pytest.approx(2 / 4)
    assert math.isnan(same(np.array([[1, 0], [0, 1]])))


def judged(annotator: str, scores: str, voices: str = "", frame: str = BLAME) -> list[Annotation]:
    """An annotator's scores of passages p0, p1, …, a point where a passage was not judged."""
    names = {"a": "author", "r": "reported", "b": "rebutted"}
    return [
        Annotation(
            f"p{n}", f"Text {n}.", "", f"d{n}", annotator, {frame: Judgement(int(score), names.get(voices[n : n + 1]))}
        )
        for n, score in enumerate(scores)
        if score != "."
    ]


def blame(*annotators: list[Annotation], bootstraps: int = 200) -> Agreement:
    annotations = [annotation for several in annotators for annotation in several]
    return agreement(annotations, TAXONOMY, bootstraps)[0]


def test_present_is_from_two_on_and_scores_are_ordinal() -> None:
    found = blame(judged("x", "3210" * 5), judged("y", "2301" * 5))
    assert found.present.value == 1.0
    assert 0.5 < found.score.value < 1.0
    assert found.passages == 20
    low, high = found.score.interval
    assert low < found.score.value <= high
    assert found.to_dict() == blame(judged("x", "3210" * 5), judged("y", "2301" * 5)).to_dict()


def test_kappas_are_of_pairs_on_what_both_judged() -> None:
    found = blame(judged("x", "33330000"), judged("y", "3330000."), judged("z", "33333333"))
    assert [(kappa.annotators, kappa.passages) for kappa in found.kappas] == [
        (("x", "y"), 7),
        (("x", "z"), 8),
        (("y", "z"), 7),
    ]
    # Of 7, 6 the same; by chance (4·3 + 3·4) / 49. Who always says yes agrees as far as chance goes.
    expected = [(6 / 7 - 24 / 49) / (1 - 24 / 49), 0.0, 0.0]
    assert [kappa.value for kappa in found.kappas] == pytest.approx(expected)


def test_voices_count_where_both_see_the_frame_and_say_whose_it_is() -> None:
    found = blame(judged("x", "332230", "aarb.a"), judged("y", "332203", "arrrra"))
    assert (found.pairs, found.voice.value) == (4, 0.5)


def test_what_all_agree_on_has_no_alpha_and_no_kappa() -> None:
    found = blame(judged("x", "0000"), judged("y", "0000"))
    assert math.isnan(found.present.value)
    assert all(map(math.isnan, found.voice.interval))
    assert found.to_dict()["alpha_present"] == {"value": None, "interval": [None, None]}
    assert found.to_dict()["kappa"] == [{"annotators": ["x", "y"], "passages": 4, "kappa": None}]


def test_a_frame_that_nobody_judged_twice_has_no_figures() -> None:
    annotations = [*judged("x", "30"), *judged("y", "30")]
    found = agreement(annotations, TAXONOMY, bootstraps=20)[2]
    assert (found.frame, found.passages, found.pairs, found.kappas) == (THREAT, 0, 0, ())
    assert math.isnan(found.score.value)


def test_data_that_agreement_cannot_be_measured_on_are_refused() -> None:
    with pytest.raises(FramelensError, match="no passage was judged by two annotators"):
        blame(judged("x", "30"))
    with pytest.raises(FramelensError, match="passage 'p0' was judged twice by annotator 'x'"):
        blame(judged("x", "30"), judged("x", "3"))
    with pytest.raises(FramelensError, match="judged twice by annotators without a name"):
        blame(judged("", "30"), judged("", "3"))
    other = Annotation("p0", "Other text.", "", "d", "y", {BLAME: Judgement(3)})
    with pytest.raises(FramelensError, match="passage 'p0' has two different texts"):
        blame(judged("x", "30"), [other])
