"""Which documents' text stands on the page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framelens.eval.report.survey import Survey

# What a browser shows at once without delay, and a mail takes.
MAX_PASSAGES = 2_000
MAX_CHARACTERS = 2_000_000
SEED = 0


@dataclass(frozen=True)
class Sample:
    """The documents whose text is shown, by number, and how many passages that is at most.

    ``whole``: whether that is the corpus. ``cut``: whether the last document is shown in part, since alone it is too
    long for a page.
    """

    documents: frozenset[int]
    passages: int
    whole: bool
    cut: bool = False


def drawn(survey: Survey, seed: int = SEED) -> Sample:
    """Whole documents at random, until the next one would not fit; all of them where they fit.

    :param seed: of the order in which they are drawn; the same corpus and seed give the same sample.
    """
    count = survey.count
    if count <= MAX_PASSAGES and sum(survey.characters) <= MAX_CHARACTERS:
        return Sample(frozenset(range(len(survey.sizes))), count, True)
    taken: list[int] = []
    passages = characters = 0
    for document in map(int, np.random.default_rng(seed).permutation(len(survey.sizes))):
        passages += survey.sizes[document]
        characters += survey.characters[document]
        if passages > MAX_PASSAGES or characters > MAX_CHARACTERS:
            if not taken:
                return Sample(frozenset([document]), MAX_PASSAGES, False, cut=True)
            passages -= survey.sizes[document]
            break
        taken.append(document)
    return Sample(frozenset(taken), passages, False)
