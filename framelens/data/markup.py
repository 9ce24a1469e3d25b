"""Plain text out of Markdown and HTML, one blank line between paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?:.*\n)*?---[ \t]*(?:\r?\n|\Z)")
_LINE_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_PAGE = re.compile(r"<(?:html|body)\b", re.IGNORECASE)


def markdown_text(source: str) -> str:
    """The words of a Markdown document: headings, paragraphs, list items, quotes and table cells.

    Code, images, link targets, raw HTML and front matter are left out.
    """
    from markdown_it import MarkdownIt

    # The default lets lists ten deep vanish without a word.
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
    return "\n\n".join(_markdown_blocks(parser, _FRONT_MATTER.sub("", source, count=1)))


def _markdown_blocks(parser: object, source: str) -> Iterator[str]:
    for token in parser.parse(source):  # type: ignore[attr-defined]
        if token.type == "inline":
            words = [
                child.content if child.type in ("text", "code_inline") else " "
                for child in token.children
                if child.type in ("text", "code_inline", "softbreak", "hardbreak") or _LINE_BREAK.match(child.content)
            ]
            if block := "".join(words).strip():
                yield block


def html_text(source: str) -> str:
    """The main text of a web page, without navigation and boilerplate (Barbaresi 2021, trafilatura)."""
    import trafilatura
    from trafilatura.settings import use_config

    # On a short page it would else fall back to a baseline that breaks lines at every <b> and <a>.
    config = use_config()
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"
    # trafilatura takes a bare fragment for no HTML at all.
    source = source if _PAGE.search(source) else f"<html><body>{source}</body></html>"
    text = trafilatura.extract(source, config=config, include_comments=False, include_tables=True, favor_recall=True)
    text = text or trafilatura.html2txt(source)
    return "\n\n".join(line.strip() for line in (text or "").splitlines() if line.strip())
