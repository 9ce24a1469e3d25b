"""Actors by name: which of the words that texts use for them are one name, and which are none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

# Shown in place of a name, and never a name themselves.
PRONOUN, NOBODY = "\x00pronoun", "\x00nobody"
_ARTICLE = re.compile(r"^(?:the|a|an)\s+(?=\S)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?<=\w)(?:['’]s|(?<=s)['’])$", re.IGNORECASE)
_EDGES = " \t\n\r.,;:!?\"'“”‘’«»()[]–—-…"
# Articles too, where the model marks nothing else.
_WORDS = (
    "i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers "
    "herself it its itself they them their theirs themselves one who whom whose which that this these those some "
    "someone somebody anyone anybody everyone everybody no-one nobody others the a an"
)
_PRONOUNS = frozenset(_WORDS.split())


def key_of(words: str) -> str:
    """What two mentions of one actor share: "the Ministry", "ministry's" and "MINISTRY" are one.

    :returns: the words without case, outer punctuation, leading article and possessive; ``PRONOUN`` for a pronoun,
        whose actor stands elsewhere in the text.
    """
    bare = bare_name(words).casefold()
    return PRONOUN if bare in _PRONOUNS or not bare else bare


def bare_name(words: str) -> str:
    """The words without outer punctuation, leading article and possessive, white space made even."""
    # A possessive apostrophe stands at the edge, as a quotation mark does.
    even = " ".join(words.split()).strip(_EDGES.replace("'", "").replace("’", ""))
    bare = _POSSESSIVE.sub("", even).strip(_EDGES)
    return _ARTICLE.sub("", bare)


def display_name(forms: Mapping[str, int]) -> str:
    """The form to show of an actor: the one that most texts use, of equal ones the one with more capitals.

    :param forms: how often each bare name of the actor was met.
    """
    counted = Counter(forms)
    return max(counted, key=lambda form: (counted[form], sum(map(str.isupper, form)), form))
