"""Outcomes and passages that the tests of evaluation measure; nothing here runs a model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from framelens.data import Gold, GoldPassage
from framelens.data.taxonomy import Label, Taxonomy
from framelens.eval.outcome import Outcome
from framelens.eval.system import System

MakeOutcome = Callable[..., Outcome]


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return Taxonomy(
        "test",
        "1",
        tuple(Label(frame, frame, f"There is {frame}.") for frame in ("blame", "threat")),
        tuple(Label(voice, voice, "") for voice in ("author", "reported", "rebutted")),
    )


@pytest.fixture
def system(taxonomy: Taxonomy) -> System:
    return System("ours", "by hand", taxonomy, (0.5, 0.4))


@pytest.fixture
def make_outcome() -> MakeOutcome:
    """Passages in documents of four, a p that is calibrated, voices that are mostly right."""

    def make(n: int = 400, seed: int = 0) -> Outcome:
        rng = np.random.default_rng(seed)
        p = rng.random((n, 2)).round(2)
        present = (rng.random((n, 2)) < p).astype(int)
        gold = np.where(present == 1, rng.integers(0, 3, (n, 2)), -1)
        evidence = np.empty((n, 2), dtype=object)
        evidence.fill(((0, 4),))
        return Outcome(
            documents=np.array([f"s/d{i // 4}" for i in range(n)]),
            p=p,
            present=present,
            voices=np.where((rng.random((n, 2)) < 0.8) & (gold >= 0), gold, 0),
            gold_voices=gold,
            words=np.tile([[1, 2, 2], [3, 4, 6]], (n, 2, 1, 1)),
            spans=np.tile([[1, 2, 1, 1], [1, 1, 2, 4]], (n, 2, 1, 1)),
            swapped=np.full((n, 2), np.nan),
            erased=np.full((n, 2, 2), np.nan),
            evidence=evidence,
        )

    return make


@pytest.fixture
def make_passages() -> Callable[[Outcome], list[GoldPassage]]:
    """Passages that fit an outcome: their gold is its gold."""

    def make(outcome: Outcome) -> list[GoldPassage]:
        voices = ("author", "reported", "rebutted")
        passages = []
        for row, document in enumerate(outcome.documents):
            frames = {}
            for column, frame in enumerate(("blame", "threat")):
                present, voice = outcome.present[row, column], outcome.gold_voices[row, column]
                if present >= 0:
                    voiced = {voices[voice]: 1.0} if voice >= 0 else {}
                    frames[frame] = Gold(0.98 if present else 0.02, voiced, {"evidence": ((5, 9),)} if present else {})
            text = " ".join(["word"] * (5 + row % 40))
            passages.append(GoldPassage(f"p{row}", text, "s", document.split("/")[1], frames, {"lot": row % 3}))
        return passages

    return make
