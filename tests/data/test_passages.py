"""Passages keep exact offsets, lose no word, and fit the model's window."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framelens.data import UNITS, Document, Passage, Unit, Window, passages
from framelens.errors import FramelensError

# Any code point, mixed with what documents are made of: line ends, odd spaces, emoji, combining marks, several scripts.
PIECES = st.sampled_from(
    [
        "\n",
        "\r\n",
        "\r",
        "\n\n",
        "\r\n\r\n",
        "\f",
        "\x0b",
        "\x1c",
        "\x85",
        "\u2028",
        "\u2029",
        "\t",
        "\u00a0",
        "\u200b",
        "\ufeff",
        "👩‍👩‍👧",
        "👍🏽",
        "🇺🇳",
        "e\u0301",
        "न्य",
        "हम यहाँ हैं।",
        "大坝裂开了。",
        "انهار السد.",
        "Плотина треснула. ",
        "Who did it? ",
        "Mr. A. ",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join)
FEW = settings(max_examples=150, deadline=None)


def words(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\S+", text)]


def characters(text: str) -> list[tuple[int, int]]:
    return [(place, place + 1) for place, character in enumerate(text) if not character.isspace()]


def cut(text: str, unit: Unit = "paragraph", window: Window | None = None) -> list[Passage]:
    return list(passages(Document("d", text), unit, window))


def texts(text: str, unit: Unit = "paragraph", window: Window | None = None) -> list[str]:
    return [passage.text for passage in cut(text, unit, window)]


def hold(text: str, found: Sequence[Passage]) -> None:
    """What must be true of the passages of any text."""
    end = 0
    for number, passage in enumerate(found):
        assert passage.number == number
        assert text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""
        assert passage.start >= end
        end = passage.end
    assert "".join("".join(passage.text for passage in found).split()) == "".join(text.split())


@FEW
@given(TEXTS, st.sampled_from(UNITS))
def test_passages_are_exact_stretches_of_any_text_in_order_and_lose_no_word(text: str, unit: Unit) -> None:
    hold(text, cut(text, unit))


@FEW
@given(TEXTS, st.integers(1, 8))
def test_pieces_of_any_text_fit_the_window(text: str, size: int) -> None:
    found = cut(text, window=Window(size, characters))
    hold(text, found)
    assert all(len(characters(passage.text)) <= size for passage in found)


@FEW
@given(TEXTS, st.integers(1, 4))
def test_pieces_fit_a_tokenizer_that_counts_the_space_before_a_word(text: str, size: int) -> None:
    def spaced(part: str) -> list[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"\s?(?:\w+|[^\w\s])", part)]

    found = cut(text, window=Window(size, spaced))
    hold(text, found)
    assert all(len(spaced(passage.text)) <= size for passage in found)


@FEW
@given(TEXTS, st.integers(4, 12))
def test_pieces_fit_a_tokenizer_of_bytes(text: str, size: int) -> None:
    def by_byte(part: str) -> list[tuple[int, int]]:
        return [(place, place + 1) for place, character in enumerate(part) for _ in character.encode()]

    found = cut(text, window=Window(size, by_byte))
    hold(text, found)
    assert all(len(by_byte(passage.text)) <= size for passage in found)


def test_a_long_paragraph_is_cut_at_sentence_ends_and_filled_up_to_the_window() -> None:
    text = "One two three. Four five. Six seven eight. Nine."
    assert texts(text, window=Window(5, words)) == ["One two three. Four five.", "Six seven eight. Nine."]


def test_a_sentence_of_5000_words_is_cut_between_words() -> None:
    text = " ".join(f"word{number}" for number in range(5000))
    pieces = texts(text, window=Window(100, words))
    assert [len(piece.split()) for piece in pieces] == [100] * 50
    assert " ".join(pieces) == text


def test_a_long_sentence_of_many_tokens_a_word_is_still_cut_between_words() -> None:
    assert texts("aaa bbb ccc ddd", window=Window(7, characters)) == ["aaa bbb", "ccc ddd"]
    assert texts("aaaa bbbb cccc", window=Window(7, characters)) == ["aaaa", "bbbb", "cccc"]


def test_a_word_longer_than_the_window_is_cut_inside() -> None:
    assert texts("a" * 25, window=Window(10, characters)) == ["a" * 10, "a" * 10, "a" * 5]


def test_a_paragraph_that_fits_the_window_is_left_whole() -> None:
    text = "One two three. Four five."
    assert texts(text, window=Window(5, words)) == [text]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028"])
def test_blank_lines_divide_paragraphs_and_hard_wrapped_lines_do_not(newline: str) -> None:
    wrapped = [
        "The ministry let the dam above the town crack for",
        "years and told nobody, until the whole valley had been",
        "drowned.",
    ]
    blocks = [newline.join(wrapped), "A second paragraph stands here."]
    assert texts(f"{newline} {newline}".join(blocks)) == blocks


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_line_for_each_paragraph_makes_a_paragraph_of_each(newline: str) -> None:
    lines = [
        "The ministry let the dam crack. " * 5,
        "Nobody answered for it. " * 6,
        "The valley is still under water. " * 4,
    ]
    assert texts(newline.join(lines)) == [line.strip() for line in lines]


def test_two_short_sentences_on_two_lines_are_two_paragraphs() -> None:
    assert texts("The dam cracked last night.\nNobody was told.") == ["The dam cracked last night.", "Nobody was told."]


def test_sentences_are_cut_within_paragraphs_and_not_at_abbreviations() -> None:
    text = "Dr. Marlo blamed the U.S. envoy. Who else?\n\nNobody."
    assert texts(text, "sentence") == ["Dr. Marlo blamed the U.S. envoy.", "Who else?", "Nobody."]


def test_a_record_is_the_document_whole_without_the_space_around_it() -> None:
    assert [(p.start, p.text) for p in cut("\n One.\n\nTwo. \n", "record")] == [(2, "One.\n\nTwo.")]


@pytest.mark.parametrize("unit", UNITS)
def test_a_text_of_spaces_has_no_passages(unit: Unit) -> None:
    assert cut(" \r\n\t\u2028 ", unit) == []


def test_fewer_than_five_words_are_flagged_too_short() -> None:
    flags = [passage.flags for passage in cut("Only four words here.\n\nNow there are five words.")]
    assert flags == [("too_short",), ()]


def test_a_foreign_text_is_flagged_on_every_passage_after_the_flags_it_came_with() -> None:
    text = "Le ministère a laissé le barrage se fissurer.\n\nPersonne n'a rien dit à la population."
    found = passages(Document("d", text, flags=("bad_encoding",)))
    assert [passage.flags for passage in found] == [("bad_encoding", "not_english")] * 2


def test_passages_carry_the_id_and_metadata_of_their_document() -> None:
    (passage,) = passages(Document("d7", "The dam above the town cracked.", {"source": "wire"}))
    assert (passage.doc_id, passage.meta) == ("d7", {"source": "wire"})


def test_an_unknown_unit_is_refused_with_those_there_are() -> None:
    with pytest.raises(FramelensError, match="'page' is not a unit; choose one of paragraph, sentence, record"):
        list(passages(Document("d", "Text."), "page"))  # type: ignore[arg-type]
