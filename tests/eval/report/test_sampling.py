from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from framelens.data.records import Record
from framelens.eval.report import sampling
from framelens.eval.report.sampling import drawn
from framelens.eval.report.survey import Survey, survey_of

MakeCorpus = Callable[..., list[Record]]


@pytest.fixture
def survey(make_corpus: MakeCorpus) -> Survey:
    return survey_of(make_corpus(30, 5))


def test_what_fits_a_page_is_shown_whole(survey: Survey) -> None:
    sample = drawn(survey)
    assert sample.whole
    assert sample.passages == 150
    assert len(sample.documents) == 30


def test_of_more_whole_documents_are_drawn_and_always_the_same(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MAX_PASSAGES", 52)
    sample = drawn(survey)
    assert not sample.whole
    assert len(sample.documents) == 10
    assert sample.passages == 50
    assert drawn(survey) == sample
    assert drawn(survey, seed=1) != sample


def test_documents_of_one_length_have_the_same_chance(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MAX_PASSAGES", 52)
    counts = Counter(document for seed in range(300) for document in drawn(survey, seed).documents)
    # 300 draws of a chance of one third: 100, give or take 4 standard errors.
    assert all(67 <= counts[document] <= 133 for document in range(30))


def test_long_texts_count_by_their_length(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MAX_CHARACTERS", max(survey.characters) * 3)
    assert 2 <= len(drawn(survey).documents) <= 4


def test_of_a_document_too_long_for_a_page_the_beginning_is_shown(
    make_corpus: MakeCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "MAX_PASSAGES", 20)
    sample = drawn(survey_of(make_corpus(1, 30)))
    assert sample.cut
    assert sample.passages == 20
