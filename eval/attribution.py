"""Edits of whose voice a passage speaks in: attribution in other words, attribution added, the claim denied.

Each gives the edited text, or None where the edit does not apply or would not be good English.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from framelens.data.passages import sentences
from framelens.data.swapping import named_actors

# Words that stand at the head of a sentence and are small elsewhere; of any other, only a list of all names could tell.
_SMALL_INSIDE = re.compile(
    "a|after|all|an|any|as|at|before|behind|both|by|each|every|for|from|he|her|his|if|in|it|its|many|more|most|much|one|"
    "our|several|she|since|some|that|the|their|there|these|they|this|those|three|through|to|two|under|until|when|while|"
    "with|within",
    re.IGNORECASE,
)
_FIRST_OR_SECOND_PERSON = re.compile(r"\b(?:I|[Mm]e|[Mm]y|[Ww]e|[Uu]s|[Oo]urs?|[Yy]ou|[Yy]ours?)\b")
_BROKEN = re.compile(r"[:;?!]")
# Somebody speaks in it already.
_SPEECH = re.compile(
    r"\b(?:said|says?|told|tells?|wrote|writes|ask(?:s|ed)|claim(?:s|ed)|note[sd]|warn(?:s|ed)|according)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“”\"„«»]")
# What a passage may not already say of its speaker, and the speaker.
_SPEAKERS = (
    ("minister", "the minister"),
    ("ministry", "a spokeswoman for the ministry"),
    ("resident", "one resident"),
    ("newspaper", "the morning newspaper"),
    ("deputy", "an opposition deputy"),
    ("professor", "a professor of history"),
    ("committee", "the chairman of the committee"),
    ("union", "the head of the union"),
)
_DENIED_SENTENCE = (
    "It is false that {clause}.",
    "It is not true that {clause}.",
    "There is no evidence at all for the claim that {clause}.",
)
# A clause with a comma would hide where the claim ends.
_DENIED_SHORT = ("The claim that {clause} is false.", "That {clause} is a myth.")
_DENIED_PASSAGE = (
    "{text} None of this is true.",
    "“{text}” So runs a message that has been shared for weeks, and it is false.",
    "The following has been debunked many times: “{text}”",
)
_BE = r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )(?<!\bbeen )(?<!\bbeing )"
_SAID_THAT = re.compile(rf"{_BE}\b(said|says) that\b")
_SAID_LAST = re.compile(rf"{_BE}(?<=\w )(said|says)(?=[.,;:](?:\s|$))")
_SAID_ON = re.compile(rf"{_BE}(?<=\w )said(?= on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)")
_TOLD_THAT = re.compile(r"\btold (reporters|journalists|lawmakers|deputies|parliament|the \w+) that\b")
_CLAIMED_THAT = re.compile(r"\b(claimed|claims) that\b")
_SPOKEN = {"said": "stated", "says": "states", "claimed": "asserted", "claims": "asserts"}
_ACCORDING_FIRST = re.compile(r"According to ([^,.“”]+), (?!(?:which|who|whose|where|and|a|an) )([^“”]+)\.")
_ACCORDING_LAST = re.compile(r"([^“”]+), according to ([^,.“”]+)\.")
_SAID_AFTER = re.compile(r"([^“”:;?!]+), ((?:the|a|an|its|his|her|their) [^,.“”]{3,40}|[A-Z][\w'’ -]+?) (said|says)\.")


def reworded_attribution(text: str, rng: random.Random) -> str | None:
    """The same attribution in other words: "stated" for "said", "according to" at the other end, and so on."""
    found = [edited for rule in _REWORDINGS if (edited := rule(text)) is not None and edited != text]
    return rng.choice(found) if found else None


def quoted(text: str, rng: random.Random) -> str | None:
    """The passage put in somebody's mouth, who was not in it: quoted, or if it is one plain sentence, reported too."""
    if _QUOTED.search(text):
        return None
    speakers = [speaker for word, speaker in _SPEAKERS if word not in text.lower()]
    if not speakers:
        return None
    speaker = rng.choice(speakers)
    capital = speaker[0].upper() + speaker[1:]
    ended = text if text.endswith(("?", "!")) else f"{text.removesuffix('.')},"
    edits = [f"{capital} said: “{text}”", f"“{ended}” said {speaker}.", f"On Monday {speaker} said: “{text}”"]
    clause = as_clause(text)
    if clause is not None:
        edits += [
            f"According to {speaker}, {clause}.",
            f"{capital} said that {clause}.",
            f"{text[:-1]}, {speaker} said.",
        ]
    return rng.choice(edits)


def denied(text: str, rng: random.Random) -> str | None:
    """The passage brought up to be called false."""
    if _QUOTED.search(text):
        return None
    clause = as_clause(text)
    if clause is not None:
        forms = _DENIED_SENTENCE if "," in clause else (*_DENIED_SENTENCE, *_DENIED_SHORT)
        return rng.choice(forms).format(clause=clause)
    return rng.choice(_DENIED_PASSAGE).format(text=text) if text.endswith((".", "!", "?")) else None


def as_clause(text: str) -> str | None:
    """A text of one plain sentence as it stands after "that", without its full stop.

    None for more than one sentence, for questions and commands, for the first and second person, for reported speech,
    and where it is not sure that the first word loses its capital.
    """
    if not text.endswith(".") or any(mark.search(text) for mark in (_BROKEN, _FIRST_OR_SECOND_PERSON, _SPEECH)):
        return None
    if len(list(sentences(text, 0, len(text)))) != 1:
        return None
    return _lowered(text[:-1])


def _lowered(sentence: str) -> str | None:
    word = re.split(r"[\s,'’-]", sentence, maxsplit=1)[0]
    if _SMALL_INSIDE.fullmatch(word):
        return sentence[0].lower() + sentence[1:]
    return sentence if (word.isupper() and len(word) > 1) or named_actors(word) else None


def _raised(clause: str) -> str:
    return clause[0].upper() + clause[1:]


def _said_otherwise(text: str) -> str | None:
    for pattern in (_SAID_THAT, _SAID_LAST, _SAID_ON, _CLAIMED_THAT):
        match = pattern.search(text)
        # "Who, she said, was there?" and "whatever he says" have no other word for it.
        if match and not re.search(r"\?|\b[Ww]hatever\b", text):
            verb = match[0].split()[0]
            return text[: match.start()] + _SPOKEN[verb] + text[match.start() + len(verb) :]
    return None


def _said_to(text: str) -> str | None:
    return _TOLD_THAT.sub(r"said to \1 that", text, count=1)


def _in_a_sentence(pattern: re.Pattern[str], rewrite: Callable[[re.Match[str]], str | None], text: str) -> str | None:
    """The text with the first sentence that the pattern is written anew."""
    for start, end in sentences(text, 0, len(text)):
        match = pattern.fullmatch(text[start:end])
        edited = rewrite(match) if match else None
        if edited is not None:
            return text[:start] + edited + text[end:]
    return None


def _according_last(text: str) -> str | None:
    return _in_a_sentence(_ACCORDING_FIRST, lambda match: f"{_raised(match[2])}, according to {match[1]}.", text)


def _according_first(text: str) -> str | None:
    def rewrite(match: re.Match[str]) -> str | None:
        clause = _lowered(match[1])
        return f"According to {match[2]}, {clause}." if clause is not None else None

    return _in_a_sentence(_ACCORDING_LAST, rewrite, text)


def _said_first(text: str) -> str | None:
    def rewrite(match: re.Match[str]) -> str | None:
        clause = _lowered(match[1])
        return f"{_raised(match[2])} {match[3]} that {clause}." if clause is not None else None

    return _in_a_sentence(_SAID_AFTER, rewrite, text)


_REWORDINGS: tuple[Callable[[str], str | None], ...] = (
    _said_otherwise,
    _said_to,
    _according_last,
    _according_first,
    _said_first,
)
