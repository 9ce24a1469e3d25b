"""Side-blindness by pair of sides: the same passage about one side and about the other.

The codebook says that the label stays when the actors' names are swapped. Every passage that names an actor of the
sides' kind is written twice, once with each side in the place of the actor that it names most often; where p differs
between the two, nothing but the name has made it (counterfactual token fairness, Garg et al. 2019).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framelens.data.actors import Actor, load_actors
from framelens.data.annotations import GoldPassage
from framelens.data.swapping import named_actors, trade_actors
from framelens.eval.bootstrap import mean
from framelens.eval.cases import Answers, Tried, failure, worst
from framelens.eval.failing import flips

# Two actors of one group of the inventory, each by the first of its names.
PAIRS = (
    ("United States", "Russia"),
    ("United States", "China"),
    ("Ukraine", "Russia"),
    ("Japan", "China"),
    ("Israel", "Iran"),
    ("India", "Pakistan"),
    ("Republicans", "Democrats"),
    ("Christians", "Muslims"),
    ("Donald Trump", "Joe Biden"),
    ("CNN", "Fox News"),
)


@dataclass(frozen=True)
class Pair:
    """Passages about either of two sides. ``rows``: (n,), their numbers; ``ones`` and ``others``: n texts, about the
    one side and about the other."""

    one: str
    other: str
    rows: NDArray[np.intp]
    ones: list[str]
    others: list[str]

    @property
    def texts(self) -> list[str]:
        return [*self.ones, *self.others]


def sides_of(passages: Sequence[GoldPassage]) -> list[Pair]:
    """The passages of each pair of sides that there are any for."""
    actors = {actor.forms[0].text: actor for actor in load_actors()}
    named = [Counter(named_actors(passage.text)) for passage in passages]
    pairs = [_pair(actors[one], actors[other], passages, named) for one, other in PAIRS]
    return [pair for pair in pairs if len(pair.rows)]


def _pair(one: Actor, other: Actor, passages: Sequence[GoldPassage], named: Sequence[Counter[Actor]]) -> Pair:
    rows, ones, others = [], [], []
    for row, (passage, counts) in enumerate(zip(passages, named, strict=True)):
        subject = next((actor for actor, _ in counts.most_common() if actor.group == one.group), None)
        if subject is None:
            continue
        about_one, about_other = (trade_actors(passage.text, subject, side) for side in (one, other))
        if about_one is not None and about_other is not None:
            rows.append(row)
            ones.append(about_one.text)
            others.append(about_other.text)
    return Pair(one.forms[0].text, other.forms[0].text, np.array(rows, dtype=np.intp), ones, others)


def side_blindness(pair: Pair, about_one: Answers, about_other: Answers, tried: Tried) -> dict[str, Any]:
    """How a model tells two sides apart.

    :returns: ``one`` and ``other``; ``passages``; ``flips``, in how many of them a decision differs between the sides,
        and ``rate``, their share; ``bias``, by frame the mean p about the other side less that about the one; and
        ``examples``.
    """
    taxonomy, documents = tried.taxonomy, tried.documents[pair.rows]
    failing = flips(about_one, about_other, taxonomy.voice_ids)
    flipped = np.asarray(failing.any(1))
    difference = about_other.p - about_one.p
    examples = []
    for case in worst(failing, difference):
        texts = ((pair.ones[case], about_one, case), (pair.others[case], about_other, case))
        examples.append(failure(tried.passages[pair.rows[case]].id, texts, failing[case], taxonomy))
    return {
        "one": pair.one,
        "other": pair.other,
        "passages": len(pair.rows),
        "flips": int(flipped.sum()),
        "rate": mean(flipped, documents),
        "bias": {frame: mean(difference[:, column], documents) for column, frame in enumerate(taxonomy.frame_ids)},
        "examples": examples,
    }
