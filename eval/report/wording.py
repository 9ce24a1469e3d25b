"""How the page says things: what it asks of each frame, what a voice is, how numbers are written."""

from __future__ import annotations

from collections.abc import Sequence

# What a reader wants to know of the frames that come with framelens; of others it is who is named.
QUESTIONS = {
    "blame_attribution": "Who is blamed?",
    "benevolent_protector": "Who protects?",
    "threat_inflation": "What threatens?",
}
# A voice's title, and what it means. "blame author" would read as if it were the author who is blamed.
VOICES = {
    "author": ("author’s voice", "the text itself says it"),
    "reported": ("reported", "somebody else is quoted or reported as saying it"),
    "rebutted": ("rebutted", "it is brought up in order to dispute it"),
    "": ("voice unknown", ""),
}
FLAGS = {
    "too_short": "very short",
    "not_english": "not English",
    "truncated": "longer than the model reads",
    "bad_encoding": "damaged characters",
}


def voice_title(voice: str) -> str:
    return VOICES.get(voice, (voice, ""))[0]


def flag_title(flag: str) -> str:
    return FLAGS.get(flag, flag)


def percent(share: float) -> str:
    """A share in per cent: whole, or with one place where it is small."""
    if 0 < share < 0.001:
        return "under 0.1%"
    return f"{share:.1%}" if 0 < share < 0.0995 else f"{share:.0%}"


def passages(count: int) -> str:
    return f"{count:,} passage{'' if count == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """One, two and three."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""
