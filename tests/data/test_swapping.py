from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framelens.data.actors import load_actors
from framelens.data.swapping import Swapped, named_actors, swap_actors, trade_actors

SEEDS = range(30)


def swaps(text: str) -> list[str]:
    return [swap_actors(text, seed).text for seed in SEEDS]


def forms(group: str, *kinds: str) -> set[str]:
    return {form.text for actor in load_actors() if actor.group == group for form in actor.forms if form.kind in kinds}


def test_the_inventory_is_large_and_no_name_stands_for_two() -> None:
    names = [form.text for actor in load_actors() for form in actor.forms]
    assert len(set(names)) >= 200
    assert len(set(names)) == len(names)


def test_an_actor_is_replaced_by_one_of_its_group_in_the_same_form() -> None:
    for text in swaps("Russian officials said the Russians would leave Moscow."):
        found = re.fullmatch(r"(.+) officials said the (.+) would leave (.+)\.", text)
        assert found
        assert found[1] != "Russian"
        actor = next(a for a in load_actors() if a.form("adjective") == found[1])
        assert (actor.form("people"), actor.form("capital")) == (found[2], found[3])


def test_two_actors_stay_two_and_nobody_takes_a_name_that_stays() -> None:
    for text in swaps("Iran accused Israel, and the Swiss blamed Iran."):
        found = re.fullmatch(r"(.+) accused (.+), and the Swiss blamed (.+)\.", text)
        assert found
        assert found[1] == found[3] != found[2]


@pytest.mark.parametrize("owner", ["Russia's", "Russia’s", "the Netherlands'", "the United States’"])
def test_possessives_stay_possessives(owner: str) -> None:
    for text in swaps(f"It was {owner} doing."):
        assert re.fullmatch(r"It was (the )?[\w ]+(?:[^s]['’]s|s['’]s?) doing\.", text), text


def test_articles_follow_the_name() -> None:
    for text in swaps("A Russian and an FBI agent met a US envoy."):
        for article, word in re.findall(r"\b([Aa]n?) (\w+)", text):
            vowel = word[0] in "AEIO" or word in ("FBI", "FSB", "NSA", "SBU")
            assert (article.lower() == "an") == vowel, text
    for text in swaps("The United States said no."):
        assert re.fullmatch(r"(?:The (?:United Kingdom|Netherlands)|(?!The )[A-Z][\w ]+) said no\.", text), text


def test_an_abbreviation_before_a_noun_is_an_adjective() -> None:
    adjectives = forms("states", "adjective", "collective")
    for text in swaps("the US military and US-led talks"):
        found = re.fullmatch(r"the (.+) military and (.+)-led talks", text)
        assert found
        assert found[1] == found[2]
        assert found[1] in adjectives


@pytest.mark.parametrize(
    "text",
    [
        "Bill Clinton flew home.",
        "Latin American markets fell.",
        "Washington, D.C. was quiet.",
        "The Muslim Brotherhood won.",
        "E. Christian Brugger wrote back.",
        "see CNN.com",
        "Nothing here names anyone.",
    ],
)
def test_other_names_are_left_alone(text: str) -> None:
    assert swap_actors(text, 1) == Swapped(text, ())


def test_a_full_stop_of_an_abbreviation_that_ends_the_text_stays() -> None:
    assert all(text.endswith(".") and not text.endswith("..") for text in swaps("They left the U.S."))


def test_persons_keep_to_their_pronouns() -> None:
    women = forms("women", "full")
    assert all(text.split(" said")[0] in women for text in swaps("Angela Merkel said she would go."))


def test_the_same_seed_gives_the_same_text() -> None:
    text = "Putin and Trump spoke of NATO."
    assert swap_actors(text, 7) == swap_actors(text, 7)
    assert len(set(swaps(text))) > 5


def test_spans_move_with_their_words() -> None:
    text = "Officials say Russia's army and the US are to blame."
    for seed in SEEDS:
        swapped = swap_actors(text, seed)
        start, end = swapped.span(text.index("army"), text.index("blame") + 5)
        assert swapped.text[start:end].startswith("army and ")
        assert swapped.text[start:end].endswith(" are to blame")
        name = swapped.span(14, 20)
        assert swapped.text[name[0] :].startswith(swapped.edits[0].text)
        assert swapped.text[slice(*name)] == swapped.edits[0].text


ACTORS = {actor.forms[0].text: actor for actor in load_actors()}


@pytest.mark.parametrize(
    ("one", "other", "text", "traded"),
    [
        ("Russia", "United States", "Russia met the United States.", "America met Russia."),
        ("Russia", "United States", "A Russian met US envoys.", "An American met Russian envoys."),
        ("Democrats", "Republicans", "A Democrat met Republican senators.", "A Republican met Democratic senators."),
        ("Republicans", "Democrats", "A Republican met Democrats.", "A Democrat met Republicans."),
        ("China", "Russia", "Chinese troops left Beijing.", "Russian troops left Moscow."),
        ("Russia", "China", "A Russian soldier left.", "A Chinese soldier left."),
        ("China", "Russia", "The Chinese want peace.", None),
        ("Russia", "China", "Russians left.", None),
        ("Russia", "Russia", "Russians left.", "Russians left."),
        ("Russia", "China", "China left.", None),
    ],
)
def test_two_actors_trade_places(one: str, other: str, text: str, traded: str | None) -> None:
    found = trade_actors(text, ACTORS[one], ACTORS[other])
    assert (found and found.text) == traded


def test_actors_are_listed_as_often_as_they_are_named() -> None:
    named = named_actors("Russia left; Russians and NATO stayed in Moscow.")
    assert [actor.forms[0].text for actor in named] == ["Russia", "Russia", "NATO", "Russia"]


NAMES = st.sampled_from(sorted(form.text for actor in load_actors() for form in actor.forms))
WORDS = st.sampled_from(["the", "a", "said", "blames", "troops", ",", ".", "'s", "and", "of", "The", "-led", "\n"])


@given(st.lists(st.one_of(NAMES, WORDS), max_size=12), st.integers(0, 99))
def test_edits_and_spans_hold_for_any_text(parts: list[str], seed: int) -> None:
    text = " ".join(parts)
    swapped = swap_actors(text, seed)
    rest, place = "", 0
    for edit in swapped.edits:
        rest += text[place : edit.start]
        place = edit.end
    kept = rest + text[place:]
    assert len(swapped.text) == len(kept) + sum(len(edit.text) for edit in swapped.edits)
    assert swapped.span(0, len(text)) == (0, len(swapped.text))
    for offset in range(len(text)):
        start, end = swapped.span(offset, offset + 1)
        assert 0 <= start <= end <= len(swapped.text)
