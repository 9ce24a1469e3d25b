"""Whether a text is English, the language that the shipped model reads."""

from __future__ import annotations

# Below this the language of a text is a guess (Lui and Baldwin 2012 report the drop on short texts).
MIN_LETTERS = 40
SAMPLE = 2000
# How much likelier, in nats, another language must be; quoted names and words stay far below it.
MARGIN = 8.0


def is_english(text: str) -> bool:
    """False where a text is surely in another language; short or mixed text passes.

    Language identification by langid (Lui and Baldwin 2012), on the first 2,000 code points.
    """
    sample = text[:SAMPLE]
    letters = [character for character in sample if character.isalpha()]
    latin = sum(character < "\u0250" for character in letters)
    if latin < 0.5 * len(letters):
        return False
    if len(letters) < MIN_LETTERS:
        return True
    from py3langid import rank

    scores = dict(rank(sample))
    return bool(max(scores.values()) - scores["en"] < MARGIN)
