"""Swap the actors that a passage names, so that nothing else about it changes.

The codebook is side-blind: the label stays when the names are swapped. A name is only replaced by one of
its group that fits the same grammar (Russian and Russians by American and Americans, not by Polish and
Poles), so that the sentence stays a sentence.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from framelens.data.actors import Actor, load_actors

# After "the US" or "the United States": what follows a name. Before anything else it is an adjective ("the US base").
_AFTER_A_NAME = re.compile(
    "a|about|after|against|also|an|and|as|at|be|because|before|but|by|can|could|did|do|does|for|from|had|has|have|if|in|"
    "into|is|it|its|may|might|must|nor|not|of|on|or|over|said|say|says|should|since|than|that|the|their|to|under|until|"
    "was|were|when|where|which|while|who|will|with|would|became|continues|made|makes|needs|remains|still|took|wants|went|"
    r"\w+ed"
)
# Verbs that follow a noun and are no nouns themselves.
_VERB_AFTER = re.compile(
    "asks|became|began|came|fell|gave|got|held|is|knew|knows|led|left|lost|met|ran|saw|sent|spoke|tells|thinks|thought|told|"
    "voted|won|writes|wrote"
)
# Words beside a name that make it another one: Latin American, Bill Clinton, E. Christian Brugger, Muslim Brotherhood.
_OTHER_BEFORE = re.compile(
    r"(?:\b[A-Z]\.|\b(?:Latin|African|Native|North|South|Central|Asian|Arab|New|George|Denzel|Bill|Chelsea|Melania|Ivanka|"
    r"Eric|Hunter|Jill|Michelle|Raul))[\s-]$"
)
_OTHER_AFTER = ("D.C", "DC", "Brotherhood", "Republic", "Jr", "state")
_SPOKEN_WITH_A_VOWEL = ("FBI", "FSB", "NBC News", "NSA", "SBU", "MSNBC")
# What may be written for a kind of mention, in order of preference.
_WRITTEN = {
    "attribute": ("adjective", "collective"),
    "bare": ("bare", "name"),
    "party": ("party", "both"),
    "member": ("member", "both"),
}


@dataclass(frozen=True)
class Edit:
    """Code points ``start`` to ``end`` of the original, and what stands there now."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Swapped:
    """A text with its actors swapped, and the edits, in order, that led to it."""

    text: str
    edits: tuple[Edit, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the original lies now; one that cuts a name grows to hold all of it."""
        return self._place(start, False), self._place(end, True)

    def _place(self, offset: int, closing: bool) -> int:
        moved = 0
        for edit in self.edits:
            if edit.start < offset < edit.end:
                return edit.start + moved + (len(edit.text) if closing else 0)
            if edit.end <= offset:
                moved += len(edit.text) - (edit.end - edit.start)
        return offset + moved


@dataclass(frozen=True)
class _Mention:
    actor: Actor
    kind: str
    start: int
    end: int
    article: str


def swap_actors(text: str, seed: int) -> Swapped:
    """Replace every actor that the text names by another of its group, the same one throughout.

    Two actors stay two, and nobody takes a name that stays; an actor that no other fits is left alone.
    Articles ("a Russian", "an American"; "Russia", "the United States") and possessives follow the new name.

    :param seed: which of the replacements that fit; the same text and seed give the same.
    """
    mentions = list(_mentions(text))
    chosen = _choose(mentions, random.Random(f"{seed} {text}"))
    return _swapped(text, mentions, chosen)


def trade_actors(text: str, one: Actor, other: Actor) -> Swapped | None:
    """Let two actors of a group trade places: where one is named, the other is, and the other way round.

    :returns: None where the text does not name ``one``, or the two cannot be written in each other's places; the text
        as it is where they are the same.
    """
    mentions = [_settled(text, mention) for mention in _mentions(text)]
    places = {one: other, other: one}
    found = [mention for mention in mentions if mention.actor in places]
    if one not in {mention.actor for mention in found}:
        return None
    if one == other:
        return Swapped(text, ())
    if not all(_written(mention, places[mention.actor]) for mention in found):
        return None
    return _swapped(text, found, places)


def named_actors(text: str) -> list[Actor]:
    """Who is named, in order, an actor as often as the text names it."""
    return [mention.actor for mention in _mentions(text)]


def _swapped(text: str, mentions: list[_Mention], places: Mapping[Actor, Actor]) -> Swapped:
    edits = tuple(_edit(text, mention, places[mention.actor]) for mention in mentions if mention.actor in places)
    parts, place = [], 0
    for edit in edits:
        parts += [text[place : edit.start], edit.text]
        place = edit.end
    return Swapped("".join([*parts, text[place:]]), edits)


def _settled(text: str, mention: _Mention) -> _Mention:
    """A mention whose form is both adjective and noun, as the one that it is by the word that follows it."""
    following = re.match(r"\s+(\w+)|-", text[mention.end :])
    after = (following[1] or "-") if following else ""
    noun = not after or any(word.fullmatch(after) for word in (_AFTER_A_NAME, _VERB_AFTER))
    if mention.kind == "both":
        return replace(mention, kind="member" if noun else "party")
    # What follows "the Chinese" may be a verb too.
    if mention.kind == "adjective" or (mention.kind == "collective" and mention.article[:1] not in ("t", "T")):
        return mention if noun else replace(mention, kind="attribute")
    return mention


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, tuple[Actor, str]]]:
    known: dict[str, tuple[Actor, str]] = {}
    for actor in load_actors():
        for form in actor.forms:
            known.setdefault(form.text, (actor, form.kind))
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    return re.compile(rf"(?P<article>\b(?:[Tt]he|[Aa]n?)\s+)?(?<!\w)(?P<name>{names})(?!\w|\.\w)"), known


def _mentions(text: str) -> Iterator[_Mention]:
    pattern, known = _pattern()
    for match in pattern.finditer(text):
        actor, kind = known[match["name"]]
        before, after = text[: match.start("name")], text[match.end() :]
        if _OTHER_BEFORE.search(before) or after.lstrip(", ").startswith(_OTHER_AFTER):
            continue
        article = match["article"] or ""
        if kind in ("name", "short") and actor.article:
            kind = "name" if _is_a_name(kind, article, after) else "attribute"
        if kind == "name" and actor.group == "states" and not (actor.article and article):
            kind = "bare"
        yield _Mention(actor, kind, match.start(), match.end(), article)


def _is_a_name(kind: str, article: str, after: str) -> bool:
    """Whether "United States" or "US" is a name here, not an adjective to the word that follows."""
    following = re.match(r"\s+(\w+)|-", after)
    if following is None or following[1] is None:
        return following is None
    if kind == "name" and article:
        return not following[1][0].isupper()
    return _AFTER_A_NAME.fullmatch(following[1]) is not None


def _choose(mentions: list[_Mention], rng: random.Random) -> dict[Actor, Actor]:
    named: dict[Actor, list[_Mention]] = {}
    for mention in mentions:
        named.setdefault(mention.actor, []).append(mention)
    fitting = {actor: [other for other in load_actors() if _fits(found, other)] for actor, found in named.items()}
    chosen: dict[Actor, Actor] = {}
    for actor in sorted(named, key=lambda actor: len(fitting[actor])):
        free = [other for other in fitting[actor] if other not in named and other not in chosen.values()]
        if free:
            chosen[actor] = rng.choice(free)
    return chosen


def _fits(mentions: list[_Mention], other: Actor) -> bool:
    """Whether another actor can stand wherever these mentions of one actor do."""
    actor = mentions[0].actor
    return other.group == actor.group and all(_written(mention, other) for mention in mentions)


def _written(mention: _Mention, other: Actor) -> str | None:
    return other.form(*_WRITTEN.get(mention.kind, (mention.kind,)))


def _edit(text: str, mention: _Mention, other: Actor) -> Edit:
    name, article, end = _written(mention, other) or "", mention.article, mention.end
    if mention.kind == "name" and mention.actor.article and not other.article:
        article = ""
    if article[:1] in ("a", "A"):
        vowel = name[0] in "AEIO" or name in _SPOKEN_WITH_A_VOWEL
        article = article[0] + ("n " if vowel else " ")
    if text[end - 1] == "." and not text[end:].strip():
        name += "."
    # A bare apostrophe makes the possessive of a name in s, and needs one more letter after any other.
    if re.match(r"s['’](?!\w)", text[end - 1 :]) and not name.endswith("s"):
        name, end = f"{name}{text[end]}s", end + 1
    return Edit(mention.start, end, article + name)
