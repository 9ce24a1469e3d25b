from __future__ import annotations

import pytest

from framelens.eval.report.visible import plain, visible


@pytest.mark.parametrize(
    "character", ["\u202e", "\u2066", "\u200f", "\x07", "\x1b", "\r", "\x7f", "\x85", "\u2028", "\u200b", "\ufeff"]
)
def test_what_steers_is_shown_as_its_code_point(character: str) -> None:
    shown = visible(f"a{character}b")
    assert character not in shown
    assert f"U+{ord(character):04X}" in shown
    assert character not in plain(f"a{character}b")


def test_markup_is_escaped_and_ordinary_text_left_alone() -> None:
    assert visible("<b>&\"'") == "&lt;b&gt;&amp;&#34;&#39;"
    text = "Łódź, 日本, שלום, 👩\u200d👩\u200d👧, co\u00adoperate\n\tnext"
    assert str(visible(text)) == text


def test_a_long_name_is_cut_off() -> None:
    assert plain("a" * 500, 10) == "aaaaaaaaa…"
    assert plain("two\nlines") == "two lines"
