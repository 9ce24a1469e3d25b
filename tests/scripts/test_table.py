from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from framelens.data import FrameResult, Label, Record, Span, Taxonomy, load_taxonomy
from framelens.scripts.table import TableWriter

TEXT = "The ministry failed the valley."
ABSENT = FrameResult(0.02, False)
BLAME = FrameResult(
    0.93, True, "reported", 0.9, (Span(4, 12, "ministry", 0.9),), (Span(13, 30, "failed the valley", 0.8),)
)
THREAT = FrameResult(0.5, True, "author", 0.9, (), (Span(20, 30, "the valley", 0.8),))
# What is hard to fit: no place to break, two columns a character, no column, several characters a picture.
HARD = {
    "long words": "Donaudampfschifffahrtsgesellschaftskapitänswitwe" * 6,
    "wide characters": "部委没有采取行动，山谷被淹没了。" * 12,
    "emoji": "The valley 😡 was 🌊 drowned 🏚 by 🏛. " * 8,
    "combining marks": "Ca\u0301c bo\u0323\u0302 da\u0303 kho\u0302ng la\u0300m gi\u0300. " * 12,
}


def record(document: str, passage: int = 0, text: str = TEXT, **frames: FrameResult) -> Record:
    given = {"blame_attribution": BLAME, "benevolent_protector": ABSENT, "threat_inflation": ABSENT} | frames
    return Record(document, passage, 0, len(text), text, given, {}, "m", ("too_short",))


def plain_news(document: str, passage: int = 0) -> Record:
    return replace(record(document, passage, blame_attribution=ABSENT), flags=())


def shown(
    *records: Record, color: bool = False, width: int = 90, taxonomy: Taxonomy | None = None, no_color: bool = False
) -> str:
    stream = StringIO()
    system = "truecolor" if color else None
    console = Console(file=stream, width=width, force_terminal=color, color_system=system, no_color=no_color)
    with TableWriter(console, taxonomy or load_taxonomy()) as table:
        for row in records:
            table.write(row)
    return stream.getvalue()


def columns(line: str) -> int:
    """How many columns a terminal gives to a line, counted without Rich."""
    bare = re.sub(r"\x1b\[[0-9;]*m", "", line)
    shown = [character for character in bare if not unicodedata.combining(character)]
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in shown)


def test_a_row_names_frame_probability_voice_and_flags() -> None:
    text = shown(record("a.txt"))
    assert "blame 0.93 reported" in text
    assert "too_short" in text
    assert "protector" not in text


def test_evidence_is_highlighted_and_the_actor_marked_in_the_colour_of_the_frame() -> None:
    text = shown(record("a.txt"), color=True)
    assert "\x1b[1;4;31mfailed the valley\x1b[0m" in text
    assert "\x1b[7;31mministry\x1b[0m" in text


def test_of_two_frames_that_share_words_the_likelier_is_seen() -> None:
    text = shown(record("a.txt", threat_inflation=THREAT), color=True)
    assert "\x1b[1;4;31mthe valley\x1b[0m" in text
    assert "\x1b[4;33mthreat\x1b[0m 0.50 author" in text


def test_without_colours_frames_still_differ() -> None:
    text = shown(record("a.txt", threat_inflation=THREAT), color=True, no_color=True)
    assert "\x1b[1;4mblame\x1b[0m" in text
    assert "\x1b[4mthreat\x1b[0m" in text
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", text)


def test_without_styles_evidence_and_actor_stand_in_marks() -> None:
    assert "The [ministry] «failed the valley»." in shown(record("a.txt"))


def test_marks_of_one_place_close_from_the_inside() -> None:
    whole = replace(BLAME, evidence=(Span(4, 12, "ministry", 0.8), Span(13, 30, "failed the valley", 0.8)))
    text = shown(record("a.txt", blame_attribution=whole, threat_inflation=THREAT))
    assert "The «[ministry]» «failed «the valley»»." in text


def test_marks_fall_right_in_a_passage_that_is_not_the_first() -> None:
    moved = replace(record("a.txt"), start=100, end=131)
    moved = replace(moved, frames={name: result.shifted(100) for name, result in moved.frames.items()})
    assert "The [ministry] «failed the valley»." in shown(moved)


def test_what_has_no_frame_is_dim() -> None:
    text = shown(plain_news("a"), color=True)
    assert f"\x1b[2m{TEXT}" in text
    assert "How to read this" not in text


def test_a_document_of_several_passages_has_a_table_of_its_own() -> None:
    text = shown(record("a"), record("b", 0), record("b", 1), record("c"))
    assert text.count("passage ") == 3
    assert [line.strip() for line in text.splitlines() if line.strip() in ("a", "b", "c")] == ["a", "b", "c"]


def test_a_document_of_several_passages_is_summed_up_after_its_rows() -> None:
    text = shown(record("b", 0, threat_inflation=THREAT), record("b", 1), plain_news("b", 2), record("c"))
    summary = "b: 2 of 3 passages have a frame: blame 2 (reported), threat 1 (author)."
    assert summary in text
    assert text.index(" 2   The ministry") < text.index(summary) < text.index("\nc\n")


def test_voices_of_a_summary_are_counted_and_no_frame_is_said() -> None:
    author = replace(BLAME, voice="author")
    text = shown(record("a", 0), record("a", 1, blame_attribution=author), plain_news("b"), plain_news("b", 1))
    assert "a: 2 of 2 passages have a frame: blame 2 (1 author, 1 reported)." in text
    assert "b: none of 2 passages has a frame." in text


def test_a_single_document_is_summed_up_by_the_command_alone() -> None:
    assert "have a frame" not in shown(record("a", 0), record("a", 1))


def test_a_long_document_goes_on_under_its_name() -> None:
    text = shown(*(record("a", n) for n in range(90)), record("b"))
    assert text.count("\na, continued\n") == 2
    assert text.count("a: 90 of 90 passages have a frame: blame 90 (reported).") == 1


def test_records_share_a_table() -> None:
    text = shown(*(record(f"r{n}") for n in range(5)))
    assert text.count("passage ") == 1
    assert all(f"r{n}" in text for n in range(5))
    assert "have a frame" not in text


def test_the_legend_explains_once_what_was_shown_and_nothing_else() -> None:
    text = shown(record("a"), record("b"), width=200)
    assert text.count("How to read this") == 1
    frames = {frame.title: frame.definition for frame in load_taxonomy().frames}
    assert frames["blame"] in text
    assert frames["threat"] not in text
    assert "put in someone's mouth" in text
    assert "Brought up" not in text
    assert "«evidence»" in text
    assert "[actor]" in text


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("kind", HARD)
def test_no_line_is_wider_than_the_terminal(kind: str, width: int) -> None:
    text = HARD[kind]
    long = Span(0, len(text) - 2, text[:-2], 0.9)
    result = FrameResult(0.93, True, "reported", 0.9, (Span(2, 9, text[2:9], 0.9),), (long,))
    rows = [record(f"{kind} {text}", n, text, blame_attribution=result, threat_inflation=result) for n in range(2)]
    for color in (True, False):
        lines = shown(*rows, record("b", text=text), record("c"), color=color, width=width).splitlines()
        assert max(map(columns, lines)) <= width


def test_a_wider_terminal_gives_the_text_more_room() -> None:
    rows = [len(shown(record("a", text=TEXT * 20), width=width).splitlines()) for width in (60, 80, 120, 200)]
    assert rows == sorted(rows, reverse=True)
    assert len(set(rows)) == 4


def test_long_titles_of_a_taxonomy_leave_the_text_its_room() -> None:
    title = "a very long title of a frame that somebody wrote " * 3
    frame = Label("blame_attribution", title, "Meaning.")
    text = shown(record("a"), width=80, taxonomy=replace(load_taxonomy(), frames=(frame, *load_taxonomy().frames[1:])))
    assert "The [ministry] «failed the valley»." in text
    assert max(map(columns, text.splitlines())) <= 80


def test_names_and_texts_cannot_steer_the_terminal_or_the_markup() -> None:
    text = shown(record("[red]:smile:", text="[bold]Words\x1b[2J \u202eright to left.", blame_attribution=ABSENT))
    assert "[red]:smile:" in text
    assert "[bold]Words" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
