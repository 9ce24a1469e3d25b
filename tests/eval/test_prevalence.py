"""The estimates, and by simulation that their intervals cover."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from framelens.eval.coverage import SHARES, Setting, draw, simulate
from framelens.eval.prevalence import MIN_LABELS, Sample, departure, labels_only, prediction_powered

SETTINGS = [Setting(*setting) for setting in product(SHARES, (True, False), (True, False))]


def name(setting: Setting) -> str:
    model, documents = ("useless", "informative")[setting.informative], ("mixed", "alike")[setting.clustered]
    return f"{setting.share}-{model}-{documents}"


@pytest.mark.parametrize("setting", SETTINGS, ids=name)
def test_intervals_cover_the_share_and_the_raw_count_does_not(setting: Setting) -> None:
    found = simulate(setting, corpora=1000, seed=7)
    assert 0.93 <= found["powered"].coverage <= 0.97
    assert abs(found["powered"].mean - setting.share) < 0.05 * setting.share + 0.001
    assert found["powered"].width < 1.02 * found["labels"].width
    assert found["raw"].coverage < 0.05
    if setting.informative and setting.share > 0.05:
        assert found["powered"].width < 0.85 * found["labels"].width


@pytest.mark.parametrize("share", SHARES)
def test_intervals_cover_with_the_fewest_labels_taken(share: float) -> None:
    found = simulate(Setting(share, labels=MIN_LABELS), corpora=400, seed=2)
    assert found["powered"].coverage >= 0.93
    assert found["plain"].coverage < 0.93


@pytest.mark.parametrize("share", SHARES)
def test_documents_labelled_whole_are_allowed_for(share: float) -> None:
    setting = Setting(share, drawn="documents")
    found = simulate(setting, corpora=400, seed=1)["powered"]
    # Of a rare frame, six positives stand in two or three documents; that is the limit of what a variance can tell.
    assert found.coverage >= (0.88 if share < 0.05 else 0.92)
    apart = simulate(replace(setting, drawn="passages"), corpora=100, seed=1)["powered"]
    assert found.width > 1.15 * apart.width


def test_weights_make_up_for_unequal_chances() -> None:
    setting = Setting(0.1, drawn="likely")
    found = simulate(setting, corpora=400, seed=1)
    assert found["powered"].coverage >= 0.92
    assert found["powered"].mean == pytest.approx(0.1, abs=0.005)
    rng = np.random.default_rng(1)
    forgotten = [labels_only(replace(draw(setting, rng)[0], weights=None)).value for _ in range(20)]
    assert np.mean(forgotten) > 0.2


def test_the_estimate_is_that_of_the_paper() -> None:
    rng = np.random.default_rng(3)
    p = rng.random(500)
    truth = (rng.random(500) < p**2).astype(float)
    rows = np.arange(100)
    found = prediction_powered(Sample(p, np.arange(500), rows, truth[rows]))
    # PPI++ (2023), section 6: lambda = Cov(y, f) / ((1 + n / N) Var(f)), variances over each part.
    labelled, rest = p[:100], p[100:]
    both = np.mean((truth[:100] - truth[:100].mean()) * (labelled - labelled.mean()))
    tuning = both / (labelled.var() + 100 / 400 * rest.var())
    assert found.tuning == pytest.approx(tuning)
    assert found.share.value == pytest.approx(tuning * rest.mean() + np.mean(truth[:100] - tuning * labelled))
    error = np.sqrt(tuning**2 * rest.var() / 400 + (truth[:100] - tuning * labelled).var() / 100)
    assert found.share.width == pytest.approx(2 * 1.96 * error, rel=0.1)


def test_a_perfect_model_narrows_the_interval_and_a_constant_one_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    truth = (rng.random(2000) < 0.3).astype(float)
    rows = np.arange(200)
    perfect = Sample(truth, np.arange(2000), rows, truth[rows])
    assert prediction_powered(perfect).share.value == pytest.approx(truth.mean(), abs=0.01)
    assert prediction_powered(perfect).share.width < 0.6 * labels_only(perfect).width
    constant = replace(perfect, p=np.full(2000, 0.4))
    assert prediction_powered(constant).tuning == 0
    assert prediction_powered(constant).share.value == labels_only(constant).value


def test_passages_of_one_document_are_no_independent_evidence() -> None:
    truth = np.repeat([1.0, 0.0, 0.0, 0.0] * 10, 5)
    p = np.random.default_rng(0).random(200)
    rows = np.arange(200)
    apart, together = (labels_only(Sample(p, documents, rows, truth)) for documents in (rows, rows // 5))
    assert together.width > 2 * apart.width


def test_without_positives_the_interval_still_has_an_upper_bound() -> None:
    p = np.random.default_rng(0).random(1000)
    found = prediction_powered(Sample(p, np.arange(1000), np.arange(100), np.zeros(100)))
    assert (found.share.value, found.share.low) == (0.0, 0.0)
    assert 0.03 < found.share.high < 0.05


def test_where_everything_is_labelled_the_labels_alone_tell() -> None:
    rng = np.random.default_rng(0)
    truth = (rng.random(60) < 0.3).astype(float)
    found = prediction_powered(Sample(rng.random(60), np.arange(60), np.arange(60), truth))
    assert found.share.value == truth.mean()
    assert found.more_labels is None


def test_so_many_more_labels_halve_the_interval() -> None:
    setting = Setting(0.3, clustered=False, labels=100, passages=20_000)
    rng = np.random.default_rng(0)
    founds = [prediction_powered(draw(setting, rng)[0]) for _ in range(40)]
    more = int(np.mean([found.more_labels for found in founds if found.more_labels is not None]))
    many = [prediction_powered(draw(replace(setting, labels=100 + more), rng)[0]).share.width for _ in range(40)]
    assert 250 < more < 500
    assert np.mean(many) / np.mean([found.share.width for found in founds]) == pytest.approx(0.5, abs=0.05)


def test_a_sample_that_is_not_random_departs() -> None:
    rng = np.random.default_rng(0)
    sample, _ = draw(Setting(0.1), rng)
    assert abs(departure(sample)) < 4
    likely = np.argsort(-sample.p)[:300]
    assert departure(replace(sample, rows=likely)) > 10
