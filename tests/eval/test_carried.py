from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from framelens.data.taxonomy import Taxonomy
from framelens.eval.bootstrap import draw, once
from framelens.eval.carried import carried_figures, voice_confusion, voice_recalls
from framelens.eval.outcome import Outcome

MakeOutcome = Callable[..., Outcome]


def test_overlap_of_words_and_of_spans_becomes_f1(make_outcome: MakeOutcome) -> None:
    made = make_outcome()
    found = carried_figures(made, once(made.documents))
    np.testing.assert_allclose(found["actor_f1"], 0.5)
    np.testing.assert_allclose(found["evidence_f1"], 0.6)
    # Of the actors half of what is predicted lies on a marked one, and each marked one is found.
    np.testing.assert_allclose(found["actor_span_f1"], 2 / 3)
    np.testing.assert_allclose(found["evidence_span_f1"], 2 / 3)


def test_spans_that_nobody_marked_have_no_figure_and_spans_not_predicted_a_zero(make_outcome: MakeOutcome) -> None:
    made = make_outcome(8)
    nothing = replace(made, words=made.words * 0, spans=made.spans * 0)
    assert np.isnan(carried_figures(nothing, once(made.documents))["evidence_span_f1"]).all()
    unsaid = replace(made, words=made.words * [0, 0, 1], spans=made.spans * [0, 0, 0, 1])
    found = carried_figures(unsaid, once(made.documents))
    assert not found["evidence_f1"].any()
    assert not found["evidence_span_f1"].any()


def test_each_sample_has_the_figures_of_its_passages(make_outcome: MakeOutcome) -> None:
    rng = np.random.default_rng(2)
    made = make_outcome(80)
    erased = np.where(rng.random((80, 2, 1)) < 0.5, rng.random((80, 2, 2)), np.nan)
    made = replace(
        made, erased=erased, words=rng.integers(0, 9, (80, 2, 2, 3)), spans=rng.integers(0, 9, (80, 2, 2, 4))
    )
    (resamples,) = draw(made.documents, bootstraps=8)
    found = carried_figures(made, resamples)
    for sample in range(8):
        drawn = made.take(np.repeat(np.arange(80), resamples.weights[resamples.documents, sample].astype(int)))
        for name, values in carried_figures(drawn, once(drawn.documents)).items():
            np.testing.assert_allclose(found[name][:, sample], values[:, 0], err_msg=name)


def test_how_far_p_falls_is_averaged_where_the_frame_was_predicted(make_outcome: MakeOutcome) -> None:
    made = make_outcome(3)
    erased = np.full((3, 2, 2), np.nan)
    erased[0, 0], erased[2, 0] = (0.1, 0.7), (0.5, 0.9)
    found = carried_figures(replace(made, p=np.full((3, 2), 0.8), erased=erased), once(made.documents))
    np.testing.assert_allclose(found["comprehensiveness"][:, 0], [0.5, math.nan, 0.5])
    np.testing.assert_allclose(found["sufficiency"][:, 0], [0.0, math.nan, 0.0], atol=1e-12)


def test_a_voice_is_recalled_where_the_gold_has_it(make_outcome: MakeOutcome, taxonomy: Taxonomy) -> None:
    gold = np.array([[2, 2], [2, 0], [-1, -1], [1, 1]])
    said = np.array([[2, 0], [2, 0], [2, 2], [1, 0]])
    made = replace(make_outcome(4), gold_voices=gold, voices=said)
    found = voice_recalls(made, taxonomy, once(made.documents))
    assert {name: values[0] for name, values in found.items()} == {
        "author_recall": 1.0,
        "reported_recall": 0.5,
        "rebutted_recall": pytest.approx(2 / 3),
    }


def test_the_confusion_of_voices_has_a_row_for_each_in_the_gold(make_outcome: MakeOutcome, taxonomy: Taxonomy) -> None:
    made = make_outcome()
    found = voice_confusion(made, taxonomy)
    known = made.gold_voices >= 0
    expected = confusion_matrix(made.gold_voices[known], made.voices[known], labels=[0, 1, 2])
    assert found["voices"] == ["author", "reported", "rebutted"]
    assert found["counts"]["all"] == expected.tolist()
    assert np.add(found["counts"]["blame"], found["counts"]["threat"]).tolist() == expected.tolist()


def test_a_system_that_says_no_voices_has_no_figures_of_them(make_outcome: MakeOutcome, taxonomy: Taxonomy) -> None:
    made = replace(make_outcome(), voices=np.full((400, 2), -1))
    assert np.isnan(carried_figures(made, once(made.documents))["voice_accuracy"]).all()
    assert all(math.isnan(values[0]) for values in voice_recalls(made, taxonomy, once(made.documents)).values())
    assert not np.any(voice_confusion(made, taxonomy)["counts"]["all"])
