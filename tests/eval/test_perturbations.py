from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framelens.eval.cases import Perturb
from framelens.eval.perturbations import NEUTRAL, mistyped, recased, repunctuated, with_neutral_sentence

TEXT = "The ministry let the clinics of Northern Narvia starve, and nobody — not even Russia — answered the “letters”."
ALL = (mistyped, recased, repunctuated, with_neutral_sentence)


@pytest.mark.parametrize("perturb", ALL)
@given(text=st.text(max_size=80), seed=st.integers(0, 99))
def test_an_edit_changes_the_text_or_says_that_it_does_not_apply(perturb: Perturb, text: str, seed: int) -> None:
    edited = perturb(text, random.Random(seed))
    assert edited is None or edited != text
    assert edited == perturb(text, random.Random(seed))


@pytest.mark.parametrize("seed", range(30))
def test_typos_are_few_stand_inside_words_and_spare_names(seed: int) -> None:
    edited = mistyped(TEXT, random.Random(seed))
    assert edited is not None
    before, after = TEXT.split(), edited.split()
    changed = [(word, typo) for word, typo in zip(before, after, strict=True) if word != typo]
    assert len(changed) == 1
    for word, typo in changed:
        assert word[0] == typo[0]
        assert re.sub(r"\W", "", word)[-1] == re.sub(r"\W", "", typo)[-1]
        assert abs(len(word) - len(typo)) <= 1
        assert not word[0].isupper()
        assert set(typo) <= set(word)


def test_a_long_text_gets_more_typos_and_a_text_of_names_none() -> None:
    words = mistyped(" ".join(["minister"] * 60), random.Random(0))
    assert words is not None
    assert sum(word != "minister" for word in words.split()) == 4
    assert mistyped("NATO, Russia and Xi.", random.Random(0)) is None


def test_case_is_all_small_or_all_capitals() -> None:
    assert {recased(TEXT, random.Random(seed)) for seed in range(20)} == {TEXT.lower(), TEXT.upper()}
    assert recased("1914", random.Random(0)) is None


def test_punctuation_is_plain_and_words_stay() -> None:
    edited = repunctuated(TEXT, random.Random(0))
    assert edited == (
        'The ministry let the clinics of Northern Narvia starve and nobody - not even Russia - answered the "letters".'
    )
    assert repunctuated("They left.", random.Random(0)) == "They left"
    assert repunctuated("They left", random.Random(0)) is None


def test_a_neutral_sentence_stands_before_or_after_and_never_runs_on() -> None:
    edited = {with_neutral_sentence(TEXT[:-2] + ".", random.Random(seed)) for seed in range(200)}
    assert len(edited) == 2 * len(NEUTRAL)
    headline = [with_neutral_sentence("Help is late", random.Random(seed)) for seed in range(20)]
    assert all(text is not None and text.endswith(". Help is late") for text in headline)
