from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="sampling belongs to the train extra")

from framelens.data.candidates import Candidate
from framelens.data.sampling import Choice, Shares, sample, thresholds
from framelens.errors import FramelensError

TOPICS = (
    "rivers boats herring nets",
    "courts judges trials appeals",
    "wheat harvest bread prices",
    "trains rails fares",
)


def scored(number: int, text: str | None = None, common: float | None = None, rare: float | None = None) -> Candidate:
    rng = random.Random(number)
    words = TOPICS[number % len(TOPICS)].split()
    said = text or " ".join([*rng.choices(words, k=9), str(number)])
    p = {"common": rng.random() if common is None else common, "rare": rng.random() / 20 if rare is None else rare}
    return Candidate(
        f"p{number}", said, "s", f"d{number}", 0, p, {"common": p["common"] >= 0.4, "rare": p["rare"] >= 0.03}
    )


POOL = [scored(n) for n in range(400)]
MIXED = Shares(0.4, 0.2, 0.2, 0.2)


def chosen(passages: list[Candidate], size: int, **shares: float) -> list[Candidate]:
    whole = Shares(**({"uncertain": 0.0, "rare": 0.0, "diverse": 0.0, "random": 0.0} | shares))
    return [choice.passage for choice in sample(passages, size, whole, seed=0)]


def test_each_way_chooses_its_share_and_no_passage_is_chosen_twice() -> None:
    choices = sample(POOL, 50, MIXED, seed=3)
    assert Counter(choice.why for choice in choices) == {"uncertain": 20, "rare": 10, "diverse": 10, "random": 10}
    assert len({choice.passage.id for choice in choices}) == 50


def test_rounding_leaves_none_out() -> None:
    assert Shares(0.4, 0.2, 0.2, 0.2).numbers(7) == {"uncertain": 3, "rare": 2, "diverse": 1, "random": 1}
    for size in range(1, 30):
        assert sum(Shares(1 / 3, 1 / 3, 1 / 6, 1 / 6).numbers(size).values()) == size


@pytest.mark.parametrize("shares", [(0.5, 0.2, 0.2, 0.2), (0.4, 0.2, 0.2, 0.0), (1.2, -0.2, 0.0, 0.0)])
def test_shares_that_do_not_add_up_are_refused(shares: tuple[float, float, float, float]) -> None:
    with pytest.raises(FramelensError, match=f"add up to 1, but uncertain {shares[0]:g}, rare "):
        Shares(*shares).numbers(10)


def test_more_than_there_is_is_refused() -> None:
    with pytest.raises(FramelensError, match="there are 400 passages to choose from"):
        sample(POOL, 401, MIXED, seed=0)


def test_the_random_share_is_a_simple_random_sample_whatever_else_is_chosen() -> None:
    def at_random(shares: Shares, size: int) -> set[str]:
        return {each.passage.id for each in sample(POOL, size, shares, seed=5) if each.why == "random"}

    assert at_random(Shares(0, 0, 0, 1), 40) == at_random(Shares(0.5, 0.2, 0.1, 0.2), 200)
    drawn = Counter(
        each.passage.id for seed in range(400) for each in sample(POOL[:40], 8, Shares(0, 0, 0, 1), seed=seed)
    )
    # 80 times each on average, with a standard deviation of 8.
    assert len(drawn) == 40
    assert all(45 < count < 115 for count in drawn.values())


def test_thresholds_lie_between_what_is_present_and_what_is_not() -> None:
    rows = [scored(n, common=p, rare=0.01) for n, p in enumerate((0.1, 0.36, 0.44, 0.9))]
    np.testing.assert_allclose(thresholds(rows), [0.4, 0.01])
    np.testing.assert_allclose(thresholds(rows[2:]), [0.44, 0.01])


def test_the_uncertain_are_the_nearest_to_each_threshold_in_turn() -> None:
    rows = [scored(n, common=n / 100, rare=0.001) for n in range(100)]
    rows += [scored(100 + n, common=0.99, rare=n / 1000) for n in range(100)]
    ids = {row.id for row in chosen(rows, 8, uncertain=1)}
    assert ids == {"p38", "p39", "p40", "p41", "p128", "p129", "p130", "p131"}


def test_the_rare_are_the_likeliest_carriers_and_most_of_the_rarest_frame() -> None:
    rows = [scored(n, common=0.4 + n / 1000, rare=0.0) for n in range(100)]
    rows += [scored(100 + n, common=0.0, rare=n / 1000) for n in range(100)]
    ids = [int(row.id[1:]) for row in chosen(rows, 20, rare=1)]
    common, rare = sorted(id for id in ids if id < 100), sorted(id for id in ids if id >= 100)
    assert common == list(range(100 - len(common), 100))
    assert rare == list(range(200 - len(rare), 200))
    assert len(rare) > 3 * len(common) > 0


def test_the_diverse_cover_what_the_texts_speak_of() -> None:
    # One topic in 200 texts and three in 10 each, of which 12 at random would hold one or two.
    rows = [scored(4 * n) for n in range(200)] + [scored(4 * n + topic) for n in range(10) for topic in (1, 2, 3)]
    assert {int(row.id[1:]) % 4 for row in chosen(rows, 12, diverse=1)} == {0, 1, 2, 3}


def test_no_text_is_chosen_twice_but_at_random() -> None:
    rows = [scored(n, text="The same words in the same order." if n % 2 else None) for n in range(40)]
    texts = [row.text for row in chosen(rows, 20, uncertain=0.5, rare=0.3, diverse=0.2)]
    assert len(set(texts)) == len(texts) == 20
    assert Counter(row.text for row in chosen(rows, 40, random=1)).most_common(1)[0][1] == 20


def test_texts_without_words_and_tiny_pools_do_no_harm() -> None:
    rows = [scored(0, text="! ? …"), scored(1, text="a"), scored(2, text="🔥 🔥")]
    assert {row.id for row in chosen(rows, 3, diverse=1)} == {"p0", "p1", "p2"}


def test_the_same_seed_gives_the_same_sample() -> None:
    first, second = (sample(POOL, 60, MIXED, seed=1) for _ in range(2))
    assert first == second != sample(POOL, 60, MIXED, seed=2)
    assert all(isinstance(choice, Choice) for choice in first)
