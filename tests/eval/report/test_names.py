from __future__ import annotations

import pytest

from framelens.eval.report.names import PRONOUN, bare_name, display_name, key_of


@pytest.mark.parametrize(
    "words",
    ["The ministry", "the Ministry's", "MINISTRY", "ministry’s", "“the ministry”,", "a  ministry\n", "Ministry"],
)
def test_case_articles_possessives_and_quotation_marks_make_no_other_actor(words: str) -> None:
    assert key_of(words) == "ministry"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("the allies'", "allies"),
        ("Theresa May", "theresa may"),
        ("A. Hill", "a. hill"),
        ("U.S.", "u.s"),
        ("United States", "united states"),
        ("O'Brien", "o'brien"),
        ("the ministry's sanctions", "ministry's sanctions"),
    ],
)
def test_what_belongs_to_a_name_stays(words: str, key: str) -> None:
    assert key_of(words) == key


@pytest.mark.parametrize("words", ["they", "He", "who", "the", "—", "its"])
def test_a_pronoun_or_nothing_is_no_name(words: str) -> None:
    assert key_of(words) == PRONOUN


def test_an_actor_is_shown_as_most_texts_write_it() -> None:
    assert display_name({"ministry": 3, "Ministry": 1}) == "ministry"
    assert display_name({"ministry": 1, "Ministry": 1}) == "Ministry"
    assert bare_name("the Ministry's") == "Ministry"
