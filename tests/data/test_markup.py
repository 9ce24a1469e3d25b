"""Words come out of Markdown and HTML, and what is no prose stays behind."""

from __future__ import annotations

import pytest

from framelens.data.markup import html_text, markdown_text

ARTICLE = """<article><h1>The dam</h1>
<p>The ministry let the dam crack, and the whole valley drowned within a single night in March.</p>
<p>Nobody in the capital has answered for it since, said the mayor, and nobody there ever will.</p></article>"""
PAGE = f"""<!DOCTYPE html><html>
<head><title>News</title><script>var tracker = 1;</script><style>p {{ color: red }}</style></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>{ARTICLE}
<footer><p>All rights reserved</p></footer></body></html>"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_front_matter_is_left_out_with_any_line_ends(newline: str) -> None:
    source = newline.join(["---", "title: Secret", "---", "", "# The dam", "", "It cracked."])
    assert markdown_text(source) == "The dam\n\nIt cracked."


@pytest.mark.parametrize("source", ["---\n---\nIt cracked.", "---\ntitle: x\n---  \nIt cracked."])
def test_empty_and_untidy_front_matter_is_left_out(source: str) -> None:
    assert markdown_text(source) == "It cracked."


def test_a_rule_that_nothing_closes_is_no_front_matter() -> None:
    assert markdown_text("---\n\nIt cracked.") == "It cracked."


def test_code_blocks_images_and_link_targets_are_left_out_and_inline_code_stays() -> None:
    source = (
        "See [the dam](http://x.org) and `dam.py`. ![a picture](p.png)\n\n```python\nsecret()\n```\n\n    indented()\n"
    )
    assert markdown_text(source) == "See the dam and dam.py."


def test_wrapped_lines_of_markdown_are_joined_by_a_space() -> None:
    assert markdown_text("The dam\ncracked *last*  \nnight<br>again.") == "The dam cracked last night again."


def test_list_items_and_quotes_however_deep_and_table_cells_are_blocks() -> None:
    deep = "\n".join("  " * level + f"- item{level}" for level in range(15))
    assert markdown_text(deep).split("\n\n") == [f"item{level}" for level in range(15)]
    assert markdown_text("> quoted\n> words\n\n| a | b |\n|---|---|\n| c | d |") == "quoted words\n\na\n\nb\n\nc\n\nd"


def test_escapes_and_entities_are_what_they_stand_for() -> None:
    assert markdown_text(r"5 \* 3 &amp; 2 &#0;") == "5 * 3 & 2 \ufffd"


def test_a_page_gives_its_article_without_navigation_scripts_and_footer() -> None:
    text = html_text(PAGE)
    assert text.split("\n\n")[1].startswith("The ministry let the dam crack")
    assert "Nobody in the capital" in text
    assert not any(word in text for word in ("Sport", "tracker", "color", "rights reserved"))


def test_a_page_with_an_xml_declaration_is_read() -> None:
    assert "The ministry let the dam crack" in html_text('<?xml version="1.0" encoding="utf-8"?>\n' + PAGE)


def test_broken_html_still_gives_its_words() -> None:
    broken = PAGE.replace("</p>", "").replace("</h1>", "")[: -len("</footer></body></html>")]
    assert "The ministry let the dam crack" in html_text(broken)
    assert "Nobody in the capital" in html_text(broken)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>The dam cracked.</p>", "The dam cracked."),
        ("<html><body><p>Hi</p></body></html>", "Hi"),
        ("Only words without any tag at all.", "Only words without any tag at all."),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
    ],
)
def test_fragments_and_almost_empty_pages_keep_their_few_words(source: str, expected: str) -> None:
    assert html_text(source) == expected


@pytest.mark.parametrize("source", ["", "<html></html>", "<html><script>var a = 1</script><style>p {}</style></html>"])
def test_a_page_without_words_has_no_text(source: str) -> None:
    assert html_text(source) == ""
