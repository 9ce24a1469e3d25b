from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framelens.eval.attribution import as_clause, denied, quoted, reworded_attribution
from framelens.eval.cases import Perturb

SENTENCE = "The ministry let the clinics starve."
PARAGRAPH = "The ministry let the clinics starve. Who will answer for it?"


def all_of(perturb: Perturb, text: str) -> set[str | None]:
    return {perturb(text, random.Random(seed)) for seed in range(100)}


@pytest.mark.parametrize("perturb", [reworded_attribution, quoted, denied])
@given(text=st.text(max_size=80), seed=st.integers(0, 99))
def test_an_edit_changes_the_text_or_says_that_it_does_not_apply(perturb: Perturb, text: str, seed: int) -> None:
    edited = perturb(text, random.Random(seed))
    assert edited is None or edited != text
    assert edited == perturb(text, random.Random(seed))


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("The mayor said that the dam was sold.", {"The mayor stated that the dam was sold."}),
        ("The mayor told reporters that it broke.", {"The mayor said to reporters that it broke."}),
        ("Officials claimed that it broke.", {"Officials asserted that it broke."}),
        (
            "The dam was sold, the mayor said.",
            {"The dam was sold, the mayor stated.", "The mayor said that the dam was sold."},
        ),
        ("It rained. According to the mayor, the dam held.", {"It rained. The dam held, according to the mayor."}),
        ("Russia sold the dam, according to the mayor.", {"According to the mayor, Russia sold the dam."}),
        ("Engineers sold the dam, according to the mayor.", {None}),
        ("According to two reports, which agree, the dam held.", {None}),
        ("The dam is said to hold, whatever the mayor says.", {None}),
        ("The dam was sold.", {None}),
    ],
)
def test_attribution_is_reworded_where_there_is_one(text: str, edited: set[str | None]) -> None:
    assert all_of(reworded_attribution, text) == edited


@pytest.mark.parametrize("perturb", [quoted, denied])
def test_a_passage_is_quoted_or_denied_in_several_ways(perturb: Perturb) -> None:
    assert len(all_of(perturb, SENTENCE)) >= 5
    assert all(text is not None and "clinics starve" in text for text in all_of(perturb, SENTENCE))
    assert all(text is not None and PARAGRAPH in text for text in all_of(perturb, PARAGRAPH))


@pytest.mark.parametrize("perturb", [quoted, denied])
def test_what_quotes_already_is_left_alone(perturb: Perturb) -> None:
    assert all_of(perturb, "“They let us starve,” she said.") == {None}


def test_who_is_named_in_the_passage_does_not_speak() -> None:
    assert not any("spokeswoman for the ministry" in str(text) for text in all_of(quoted, SENTENCE))


def test_a_question_keeps_its_mark_and_a_headline_gets_a_comma() -> None:
    assert any(str(text).startswith("“Who let it?” said ") for text in all_of(quoted, "Who let it?"))
    assert any(str(text).startswith("“Nobody came,” said ") for text in all_of(quoted, "Nobody came"))
    assert all_of(denied, "Nobody came") == {None}


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (SENTENCE, SENTENCE[0].lower() + SENTENCE[1:-1]),
        ("Russia let it break.", "Russia let it break"),
        ("NATO let it break.", "NATO let it break"),
        ("Engineers let it break.", None),
        ("They let our dam break.", None),
        ("Let it break.", None),
        ("The dam broke, he said.", None),
        ("The dam broke; the town fled.", None),
        ("The dam broke. The town fled.", None),
        ("The dam broke", None),
    ],
)
def test_only_a_plain_sentence_becomes_a_clause(text: str, clause: str | None) -> None:
    assert as_clause(text) == clause
