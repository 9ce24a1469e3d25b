"""Training passages with their actors swapped: the label must not hang on who acts."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace

from framelens.data.annotations import Gold, GoldPassage
from framelens.data.swapping import Swapped, swap_actors


def swap_some(passages: Iterable[GoldPassage], share: float, seed: int) -> Iterator[GoldPassage]:
    """The passages, a share of them (0 to 1) with other actors in place of those that they name.

    Everything that was judged stays, with spans moved to where their words now stand. Counterfactual
    data augmentation (Kaushik et al. 2020), with edits that the codebook says change no label.
    """
    rng = random.Random(seed)
    for passage in passages:
        yield swap(passage, rng.randrange(2**32)) if rng.random() < share else passage


def swap(passage: GoldPassage, seed: int) -> GoldPassage:
    """The passage with other actors, which the seed chooses."""
    swapped = swap_actors(passage.text, seed)
    frames = {frame: _move(gold, swapped) for frame, gold in passage.frames.items()}
    return replace(passage, text=swapped.text, frames=frames)


def _move(gold: Gold, swapped: Swapped) -> Gold:
    spans = {role: tuple(swapped.span(*span) for span in marked) for role, marked in gold.spans.items()}
    return replace(gold, spans=spans)
