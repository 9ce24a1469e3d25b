"""Whole documents on one side, and nothing held out stands in training in other words."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("datasketch", reason="splitting belongs to the train extra")

from framelens.data import Gold, GoldPassage
from framelens.data.splits import (
    apply_splits,
    earlier_duplicates,
    load_splits,
    near_duplicates,
    save_splits,
    split_by_document,
)
from framelens.errors import FramelensError

WORDS = [
    f"{first}{second}"
    for first in ("ba", "ko", "mi", "tu", "re", "sha", "lo")
    for second in ("ran", "dem", "vil", "post")
]


def passage(id: str, doc_id: str, source: str = "s", text: str | None = None, rare: bool = False) -> GoldPassage:
    words = text or " ".join(random.Random(id).choices(WORDS, k=25))
    return GoldPassage(id, words, source, doc_id, {"rare": Gold(0.98 if rare else 0.02, {}, {})})


def corpus() -> list[GoldPassage]:
    """60 documents of two sources, of 1 to 4 passages each; a tenth has the rare frame."""
    documents = [(source, number) for source in ("s", "t") for number in range(30)]
    return [
        passage(f"{source}{number}-{place}", f"d{number}", source, rare=number % 10 == 0)
        for source, number in documents
        for place in range(1 + number % 4)
    ]


def ids(passages: list[GoldPassage]) -> list[str]:
    return [passage.id for passage in passages]


@pytest.mark.parametrize("seed", range(3))
def test_a_document_lies_in_one_split_whole(seed: int) -> None:
    held_out = split_by_document(corpus(), 0.2, 0.2, seed, "rare")
    sides: dict[tuple[str, str], set[str]] = {}
    for each in corpus():
        sides.setdefault((each.source, each.doc_id), set()).add(held_out.get(each.id, "train"))
    assert all(len(splits) == 1 for splits in sides.values())


def test_every_split_gets_its_share_of_each_source_and_of_the_rare_frame() -> None:
    held_out = split_by_document(corpus(), 0.2, 0.3, 7, "rare")
    shares = Counter((each.source, held_out.get(each.id, "train")) for each in corpus())
    for source in ("s", "t"):
        total = sum(count for (where, _), count in shares.items() if where == source)
        assert shares[source, "dev"] / total == pytest.approx(0.2, abs=0.07)
        assert shares[source, "test"] / total == pytest.approx(0.3, abs=0.07)
        rare = {
            held_out.get(each.id, "train") for each in corpus() if each.source == source and each.frames["rare"].present
        }
        assert rare >= {"train", "test"}


def test_the_split_depends_on_the_seed_and_not_on_the_order_of_documents() -> None:
    shuffled = sorted(corpus(), key=lambda each: random.Random(each.doc_id).random())
    first = split_by_document(corpus(), 0.2, 0.2, 1)
    assert split_by_document(shuffled, 0.2, 0.2, 1) == first
    assert split_by_document(corpus(), 0.2, 0.2, 2) != first


def test_nothing_is_held_out_where_no_share_is_asked_for() -> None:
    assert split_by_document(corpus(), 0, 0, 1) == {}


def test_a_held_out_document_never_stands_in_train() -> None:
    passages = [passage("1", "d"), passage("2", "d"), passage("3", "e"), passage("4", "d", source="other")]
    groups = apply_splits(passages, {"1": "test"})
    assert (ids(groups["test"]), ids(groups["dev"]), ids(groups["train"])) == (["1"], [], ["3", "4"])


def test_near_duplicates_of_held_out_text_are_dropped_and_test_keeps_everything() -> None:
    text = passage("x", "x").text
    near = text.upper().replace("  ", " ") + " indeed"
    same = [passage(str(number), f"d{number}", text=text if number == 1 else near) for number in range(1, 5)]
    groups = apply_splits([*same, passage("5", "d5")], {"1": "test", "2": "test", "3": "dev"})
    assert (ids(groups["test"]), ids(groups["dev"]), ids(groups["train"])) == (["1", "2"], [], ["5"])


def test_a_near_duplicate_of_dev_is_dropped_from_train() -> None:
    passages = [passage("1", "d1"), passage("2", "d2", text=passage("1", "d1").text), passage("3", "d3")]
    groups = apply_splits(passages, {"1": "dev"})
    assert (ids(groups["dev"]), ids(groups["train"])) == (["1"], ["3"])


def test_near_duplicates_are_told_from_texts_on_one_matter_and_short_texts_do_no_harm() -> None:
    kept = ["The ministry let the dam above the town crack for years, and the whole valley drowned within one night."]
    candidates = [
        kept[0].upper(),
        kept[0].replace("ministry", "Ministry") + " ",
        "The mayor blamed the dam's builders.",
        "",
        "a",
    ]
    assert near_duplicates(kept, candidates) == [True, True, False, False, False]
    assert near_duplicates([], candidates) == [False] * 5


def test_earlier_duplicates_are_given_by_place() -> None:
    dam = "The ministry let the dam above the town crack for years, and the whole valley drowned within one night."
    texts = [dam, "The mayor blamed the dam's builders.", dam.upper(), f"{dam} Indeed."]
    assert earlier_duplicates(texts) == [[], [], [0], [0, 2]]
    assert earlier_duplicates([]) == []


def test_splits_that_share_a_document_are_refused_by_its_name() -> None:
    with pytest.raises(FramelensError, match="document 'd' of 's' lies in both test and dev"):
        apply_splits([passage("1", "d"), passage("2", "d")], {"1": "test", "2": "dev"})


def test_saved_splits_are_read_back_and_hold_ids_only(tmp_path: Path) -> None:
    held_out = split_by_document(corpus(), 0.2, 0.2, 1)
    save_splits(held_out, tmp_path / "splits.json")
    assert load_splits(tmp_path / "splits.json") == held_out
    content = json.loads((tmp_path / "splits.json").read_text(encoding="utf-8"))
    assert {split: set(named) for split, named in content.items()} == {
        split: {id for id, where in held_out.items() if where == split} for split in ("dev", "test")
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{oops", "a splits file is JSON with lists of ids under dev and test"),
        ([], "a splits file is JSON"),
        ({"dev": []}, "'test'"),
        ({"dev": "abc", "test": []}, "a splits file is JSON"),
        ({"dev": [1], "test": []}, "a splits file is JSON"),
        ({"dev": [["a"]], "test": []}, "a splits file is JSON"),
        ({"dev": ["a"], "test": ["a"]}, "an id stands twice"),
    ],
)
def test_a_broken_splits_file_is_refused_by_name(tmp_path: Path, content: Any, reason: str) -> None:
    path = tmp_path / "splits.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    with pytest.raises(FramelensError, match=reason) as refused:
        load_splits(path)
    assert str(refused.value).startswith(str(path))


def test_a_missing_splits_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match=r"none\.json: cannot read the splits \(No such file or directory\)"):
        load_splits(tmp_path / "none.json")
