from __future__ import annotations

from framelens.data import GoldPassage
from framelens.data.actors import load_actors
from framelens.eval.sides import PAIRS, sides_of


def passage(text: str) -> GoldPassage:
    return GoldPassage(text[:8], text, "s", text[:8], {})


def test_each_pair_is_two_actors_of_one_group() -> None:
    groups = {actor.forms[0].text: actor.group for actor in load_actors()}
    assert all(groups[one] == groups[other] for one, other in PAIRS)


def test_a_passage_is_written_about_either_side() -> None:
    texts = ("Poland sent a Polish envoy.", "It rained.", "Russia accused the United States, and Russians left.")
    pair = next(pair for pair in sides_of([passage(text) for text in texts]) if pair.other == "Russia")
    assert (pair.one, list(pair.rows)) == ("United States", [0, 2])
    assert pair.ones == ["America sent an American envoy.", "America accused Russia, and Americans left."]
    assert pair.others == ["Russia sent a Russian envoy.", texts[2]]


def test_pairs_that_nothing_is_about_are_left_out() -> None:
    assert sides_of([passage("It rained.")]) == []
    named = sides_of([passage("Republicans blamed a Democrat.")])
    assert [(pair.one, pair.other) for pair in named] == [("Republicans", "Democrats")]
    assert (named[0].ones, named[0].others) == (
        ["Republicans blamed a Democrat."],
        ["Democrats blamed a Republican."],
    )
