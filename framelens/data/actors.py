"""The inventory of actors that may stand for one another: ``actors.json``, typed groups of names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

# Last names begin with these where they are more than one word.
_PARTICLES = ("Le", "von")


@dataclass(frozen=True)
class Form:
    """A way in which a text names an actor.

    ``kind``: for states ``name``, ``bare`` (a name without the article that ``name`` takes), ``short``,
    ``adjective`` (also a noun: a Russian), ``collective`` (an adjective that is none: Polish, the French),
    ``people``, ``capital``; for persons ``full``, ``last``; for parties and creeds ``people``, ``party`` (an
    adjective), ``member``, ``both`` (either); for the rest ``name``.
    """

    kind: str
    text: str


@dataclass(frozen=True)
class Actor:
    """Who may be swapped with others of the ``group``. ``article``: whether the name takes "the"."""

    group: str
    forms: tuple[Form, ...]
    article: bool = False

    def form(self, *kinds: str) -> str | None:
        """How the actor is written in the first of these kinds of form that there is, or None."""
        return next((form.text for kind in kinds for form in self.forms if form.kind == kind), None)


@cache
def load_actors() -> tuple[Actor, ...]:
    """All actors of the inventory."""
    content = json.loads((files("framelens.data") / "actors.json").read_text(encoding="utf-8"))
    actors = [_state(row) for row in content["states"]]
    for group, names in content["people"].items():
        actors += [Actor(group, (Form("full", name), Form("last", _last(name)))) for name in names]
    for group, rows in content["groups"].items():
        actors += [Actor(group, tuple(Form(kind, text) for kind, text in row.items())) for row in rows]
    for group, names in content["names"].items():
        actors += [Actor(group, (Form("name", name),)) for name in names]
    return tuple(actors)


def _state(row: dict[str, Any]) -> Actor:
    kinds = ("name", "bare", "adjective", "collective", "people", "capital")
    forms = [Form(kind, row[kind]) for kind in kinds if row.get(kind)]
    if "adjective" in row:
        forms.append(Form("people", row["adjective"] + "s"))
    forms += [Form("short", text) for text in row.get("short", ())]
    forms += [Form("capital", text) for text in row.get("also", ())]
    return Actor("states", tuple(forms), row.get("article", False))


def _last(name: str) -> str:
    _, *rest = name.split()
    return " ".join(rest) if rest[0] in _PARTICLES else rest[-1]
