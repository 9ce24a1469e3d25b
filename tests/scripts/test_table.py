from __future__ import annotations

from io import StringIO

from rich.console import Console

from framelens.data import FrameResult, Record, Span, load_taxonomy
from framelens.scripts.table import TableWriter

TEXT = "The ministry failed the valley."
ABSENT = FrameResult(0.02, False)
BLAME = FrameResult(
    0.93, True, "reported", 0.9, (Span(4, 12, "ministry", 0.9),), (Span(13, 30, "failed the valley", 0.8),)
)


def record(document: str, passage: int = 0, text: str = TEXT) -> Record:
    frames = {"blame_attribution": BLAME, "benevolent_protector": ABSENT, "threat_inflation": ABSENT}
    return Record(document, passage, 0, len(text), text, frames, {}, "m", ("too_short",))


def shown(*records: Record, color: bool = False) -> str:
    stream = StringIO()
    console = Console(file=stream, width=90, force_terminal=color, color_system="truecolor" if color else None)
    with TableWriter(console, load_taxonomy()) as table:
        for row in records:
            table.write(row)
    return stream.getvalue()


def test_a_row_names_frame_probability_voice_and_flags() -> None:
    text = shown(record("a.txt"))
    assert "blame 0.93 reported" in text
    assert "too_short" in text
    assert "protector" not in text


def test_evidence_is_highlighted() -> None:
    assert "\x1b[1;4;31mfailed the valley\x1b[0m" in shown(record("a.txt"), color=True)


def test_a_document_of_several_passages_has_a_table_of_its_own() -> None:
    text = shown(record("a"), record("b", 0), record("b", 1), record("c"))
    assert text.count("passage") == 3
    assert [line.strip() for line in text.splitlines() if line.strip() in "abc"] == ["a", "b", "c"]


def test_records_share_a_table() -> None:
    text = shown(*(record(f"r{n}") for n in range(5)))
    assert text.count("passage") == 1
    assert all(f"r{n}" in text for n in range(5))


def test_names_and_texts_cannot_steer_the_terminal_or_the_markup() -> None:
    text = shown(record("[red]:smile:", text="[bold]Words\x1b[2J \u202eright to left."))
    assert "[red]:smile:" in text
    assert "[bold]Words" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
