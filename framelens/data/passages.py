"""Documents to passages: by paragraph, by sentence or whole, with exact offsets."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

import sentencex

from framelens.data.documents import Document
from framelens.data.language import is_english
from framelens.errors import FramelensError

Unit = Literal["paragraph", "sentence", "record"]
UNITS: tuple[Unit, ...] = get_args(Unit)
Range = tuple[int, int]

# The codebook's smallest passage; what is shorter is scored, but flagged.
MIN_WORDS = 5
# Wider lines than this are paragraphs on a line each, not hard-wrapped text.
WRAP_WIDTH = 100
_LINE = re.compile(r"[^\r\n\f\v\x85\u2028\u2029]+")
# Atomic, so that a lone CRLF is never taken for two line ends.
_BLANK = re.compile(r"(?>\r\n|[\r\n\x85\u2028])[^\S\r\n]*(?>\r\n|[\r\n\x85\u2028])\s*|[\f\u2029]\s*")


@dataclass(frozen=True)
class Passage:
    """A stretch of a document: ``text == document.text[start:end]``, in code points."""

    doc_id: str
    number: int
    start: int
    end: int
    text: str
    meta: dict[str, Any]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Window:
    """How much text a model reads at once: ``size`` tokens, found by ``token_offsets`` in code points."""

    size: int
    token_offsets: Callable[[str], Sequence[Range]]


def passages(document: Document, unit: Unit = "paragraph", window: Window | None = None) -> Iterator[Passage]:
    """Cut a document into passages.

    :param unit: ``paragraph`` (one longer than the window is cut at sentence ends, and a sentence longer
        than the window between words), ``sentence``, or ``record`` (the document whole).
    :param window: the model's; without it no paragraph is cut.
    :raises FramelensError: if the unit is none of the three.
    """
    text = document.text
    if unit == "record":
        ranges: Iterator[Range] = iter(_stripped(text, 0, len(text)))
    elif unit == "sentence":
        ranges = (sentence for start, end in paragraphs(text) for sentence in sentences(text, start, end))
    elif unit == "paragraph":
        ranges = (piece for start, end in paragraphs(text) for piece in _cut(text, start, end, window))
    else:
        raise FramelensError(f"{unit!r} is not a unit; choose one of {', '.join(UNITS)}.")
    flags = document.flags if is_english(text) else (*document.flags, "not_english")
    for number, (start, end) in enumerate(ranges):
        words = text[start:end]
        short = ("too_short",) if len(words.split(maxsplit=MIN_WORDS)) < MIN_WORDS else ()
        yield Passage(document.id, number, start, end, words, document.meta, (*flags, *short))


def paragraphs(text: str) -> Iterator[Range]:
    """Paragraphs: what blank lines divide; a block of lines that are not hard-wrapped is a paragraph a line."""
    start = 0
    for blank in [*_BLANK.finditer(text), None]:
        end = blank.start() if blank else len(text)
        lines = [line.span() for line in _LINE.finditer(text, start, end)]
        if lines and _is_wrapped([text[first:last].rstrip() for first, last in lines]):
            yield from _stripped(text, lines[0][0], lines[-1][1])
        else:
            for first, last in lines:
                yield from _stripped(text, first, last)
        start = blank.end() if blank else end


def sentences(text: str, start: int, end: int) -> Iterator[Range]:
    """Sentences of ``text[start:end]``, by sentencex."""
    for boundary in sentencex.get_sentence_boundaries("en", text[start:end]):
        yield from _stripped(text, start + boundary["start_index"], start + boundary["end_index"])


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether each line ends only because the first word of the next would not have fitted in."""
    width = max(map(len, lines))
    if len(lines) == 1 or width > WRAP_WIDTH or all(line.endswith((".", "!", "?", "”", '"')) for line in lines):
        return False
    fits = (len(line) + 1 + len(following.split(maxsplit=1)[0]) for line, following in pairwise(lines) if following)
    return all(length > width for length in fits)


def _cut(text: str, start: int, end: int, window: Window | None) -> Iterator[Range]:
    # No tokenizer makes more tokens than bytes, so most paragraphs need not be tokenized to be measured.
    if window is None or len(text[start:end].encode()) <= window.size:
        yield start, end
        return
    # Some tokenizers count the space before a word to its token; here a token starts where its word does.
    offsets = window.token_offsets(text[start:end])
    tokens = [start + first + text[start + first : start + first + 1].isspace() for first, _ in offsets]
    if len(tokens) <= window.size:
        yield start, end
        return
    piece = start
    for first, last in _bounded(text, tokens, sentences(text, start, end), window.size):
        if bisect_left(tokens, last) - bisect_left(tokens, piece) > window.size:
            yield from _stripped(text, piece, first)
            piece = first
    yield from _stripped(text, piece, end)


def _bounded(text: str, tokens: Sequence[int], ranges: Iterator[Range], size: int) -> Iterator[Range]:
    """The ranges, each one of more than ``size`` tokens divided between words."""
    for start, end in ranges:
        first, last = bisect_left(tokens, start), bisect_left(tokens, end)
        while last - first > size:
            # Back to a token that begins a word; a word of more tokens than the window is cut inside.
            spaced = (i for i in range(first + size, first, -1) if tokens[i] > start and text[tokens[i] - 1].isspace())
            cut = next(spaced, first + size)
            yield start, tokens[cut]
            # Several tokens may share one character, which then belongs whole to the second piece.
            start, first = tokens[cut], max(first + 1, bisect_left(tokens, tokens[cut]))
        yield start, end


def _stripped(text: str, start: int, end: int) -> Iterator[Range]:
    """The range without white space at its ends, if anything is left."""
    words = text[start:end]
    kept = words.strip()
    if kept:
        start += len(words) - len(words.lstrip())
        yield start, start + len(kept)
