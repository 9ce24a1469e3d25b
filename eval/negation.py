"""The verb of a stretch of text negated, where that leaves good English."""

from __future__ import annotations

import re

# Another negation beside it would be read together with the new one.
_NEGATIVE = re.compile(
    r"\b(?:no|not|never|nor|neither|none|nobody|nothing|nowhere|cannot|without|unless|only|alone|hardly|barely|either)\b|n['’]t\b",
    re.IGNORECASE,
)
_PARTICIPLE = (
    r"\w+ed|\w+en|been|begun|brought|built|caught|come|cut|done|gone|held|kept|laid|led|left|lost|made|met|paid|put|read|"
    r"run|said|sent|set|shut|sold|spent|stood|swept|taught|thrown|told|torn|won"
)
# An auxiliary or a form of "be" and what must or must not follow; "not" goes between.
_VERB = re.compile(
    rf"\b(?:(?:is|are|was|were|will|would|could)(?= [a-z])|can(?= [a-z])|(?:has|have|had)(?= (?:{_PARTICIPLE})\b))"
)
# After these the verb says which or how, or asks; negated, it would say something else of what is claimed.
_RELATIVE = re.compile("that|than|as|if|because|since|before")
_ASKING = re.compile("who|whom|whose|which|what|where|when|why|how|whoever|whatever|so|while|until|last|first")
# "Is it", "had they": a question, or a condition.
_INVERTED = re.compile(r" (?:it|he|she|they|we|you|i|there|this|these|those)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.?!](?:[”\"’']?\s|$)")


def negated(text: str, start: int, end: int) -> str | None:
    """The text with the first verb of ``text[start:end]`` that can be negated by "not" so negated.

    None where there is none, or its sentence holds a negation already or is a question.

    :param start: code-point offset, as ``end``.
    """
    for verb in _VERB.finditer(text, start, end):
        first, last = _sentence_around(text, verb.start())
        before = [word.strip(',“"').lower() for word in text[first : verb.start()].split()]
        if _NEGATIVE.search(text, first, last) or text[:last].rstrip("”\"’' ").endswith("?"):
            continue
        if not before or _RELATIVE.fullmatch(before[-1]) or any(map(_ASKING.fullmatch, before[-6:])):
            continue
        if _INVERTED.match(text, verb.end()):
            continue
        word = "cannot" if verb[0] == "can" else f"{verb[0]} not"
        return text[: verb.start()] + word + text[verb.end() :]
    return None


def _sentence_around(text: str, place: int) -> tuple[int, int]:
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return max((end for end in ends if end <= place), default=0), next((end for end in ends if end > place), len(text))
