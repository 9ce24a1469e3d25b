from __future__ import annotations

from framelens.data.annotations import Gold, GoldPassage
from framelens.training.augmentation import swap_some

TEXT = "Critics say Russia alone is to blame for the Ukrainian famine."
BLAME = Gold(0.98, {"reported": 1.0}, {"actor": ((12, 18),), "evidence": ((12, 61),)})
PASSAGES = [GoldPassage(str(n), TEXT, "s", str(n), {"blame_attribution": BLAME}) for n in range(200)]


def test_a_swapped_passage_keeps_its_labels_and_its_spans_their_words() -> None:
    for passage in swap_some(PASSAGES, 1.0, seed=1):
        gold = passage.frames["blame_attribution"]
        assert passage.text != TEXT
        assert "Russia " not in passage.text
        assert (gold.target, gold.voices) == (BLAME.target, BLAME.voices)
        (actor,), (evidence,) = gold.spans["actor"], gold.spans["evidence"]
        assert passage.text == f"Critics say {passage.text[slice(*evidence)]}."
        assert passage.text[slice(*actor)] + " alone" in passage.text


def test_the_share_is_kept_and_the_seed_decides() -> None:
    swapped = list(swap_some(PASSAGES, 0.3, seed=1))
    assert 35 <= sum(passage.text != TEXT for passage in swapped) <= 85
    assert swapped == list(swap_some(PASSAGES, 0.3, seed=1))
    assert list(swap_some(PASSAGES, 0.0, seed=1)) == PASSAGES
