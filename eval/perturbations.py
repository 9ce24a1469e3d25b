"""Edits that change how a passage looks and not what it says, each as a function of text and chance.

For the invariance tests of CheckList (Ribeiro et al. 2020). A function gives the edited text, or None where the edit
does not apply, so that no text passes for edited that is as it was.
"""

from __future__ import annotations

import random
import re

# One typo for so many words, but one at least and no more than the most.
_WORDS_PER_TYPO, _MOST_TYPOS = 12, 4
# Written small inside a sentence, so that no name is among them.
_SMALL_WORD = re.compile(r"(?<![\w'’-])[a-z]{5,}(?![\w'’-])")
_PLAIN = (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), (" — ", " - "), ("—", " - "), (" – ", " - "), ("…", "..."))
# Nothing in them is a harm, a help or a danger, and nobody speaks.
NEUTRAL = (
    "This article was last updated on Tuesday.",
    "A longer version of this text appears on page 12.",
    "Monday was mild, with light rain in the evening.",
    "The photographs were taken in the spring.",
    "The next issue appears on Friday.",
    "A map can be found on the next page.",
    "The offices are open from nine to five on weekdays.",
    "The square lies opposite the main post office.",
    "The library keeps a copy of the full text.",
    "The text runs to about two pages in print.",
    "The road to the station passes two bakeries and a bank.",
    "The clocks go back by an hour on Sunday.",
)


def mistyped(text: str, rng: random.Random) -> str | None:
    """Typing slips inside a few words that are no names: two letters swapped, one left out, one typed twice.

    First and last letters stay, as in most slips that a reader passes over (Pruthi et al. 2019).
    """
    words = list(_SMALL_WORD.finditer(text))
    if not words:
        return None
    count = min(_MOST_TYPOS, max(1, len(text.split()) // _WORDS_PER_TYPO), len(words))
    parts, place = [], 0
    for word in sorted(rng.sample(words, count), key=lambda word: word.start()):
        parts += [text[place : word.start()], _slip(word[0], rng)]
        place = word.end()
    return "".join([*parts, text[place:]])


def _slip(word: str, rng: random.Random) -> str:
    place, kind = rng.randrange(1, len(word) - 2), rng.choice(("swap", "drop", "double"))
    if kind == "swap" and word[place] != word[place + 1]:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == "double":
        return word[: place + 1] + word[place:]
    return word[:place] + word[place + 1 :]


def recased(text: str, rng: random.Random) -> str | None:
    """All in small letters, or all in capitals."""
    edited = text.lower() if rng.random() < 0.5 else text.upper()
    return edited if edited != text else None


def repunctuated(text: str, rng: random.Random) -> str | None:
    """As typed in a hurry: plain quotation marks and dashes, no comma before "and" and "but", no last full stop."""
    edited = text
    for mark, plain in _PLAIN:
        edited = edited.replace(mark, plain)
    edited = re.sub(r"(?<=\w), (?=(?:and|but) )", " ", edited)
    edited = re.sub(r"(?<=[\w)])\.$", "", edited)
    return edited if edited != text else None


def with_neutral_sentence(text: str, rng: random.Random) -> str | None:
    """One more sentence, before or after, that has nothing to do with any frame."""
    sentence = rng.choice(NEUTRAL)
    # After a headline without a full stop it would run on.
    first = rng.random() < 0.5 or not text.endswith((".", "!", "?", "”", '"'))
    return f"{sentence} {text}" if first else f"{text} {sentence}"
