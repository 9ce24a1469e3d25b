from __future__ import annotations

from typing import Any

from framelens.training.pool import MAX_WORDS, sample_pool


def row(number: int, p: float, document: str, words: int = 10) -> dict[str, Any]:
    text = " ".join([f"word{number}"] * words)
    meta = {"source": "s", "doc_id": document}
    return {"doc_id": f"p{number}", "text": text, "frames": {"blame": {"p": p}}, "meta": meta}


ROWS = [row(n, n / 100, document=f"d{n // 8}", words=4 if n % 10 == 0 else 40) for n in range(100)]


def test_likely_passages_come_first_and_none_twice() -> None:
    sample = list(sample_pool(ROWS, likely=20, at_random=30, paragraphs=0, seed=0))
    ids = [passage["id"] for passage in sample]
    assert len(set(ids)) == len(ids) == 50
    assert ids[:3] == ["p99", "p98", "p97"]


def test_each_frame_has_its_share_of_the_likely() -> None:
    rows = [row(n, n / 100, "d") for n in range(100)]
    for n, entry in enumerate(rows):
        entry["frames"]["threat"] = {"p": 1 - n / 100}
    ids = {passage["id"] for passage in sample_pool(rows, likely=10, at_random=0, paragraphs=0, seed=0)}
    assert ids == {f"p{n}" for n in (0, 1, 2, 3, 4, 95, 96, 97, 98, 99)}


def test_very_short_passages_are_left_out() -> None:
    sample = list(sample_pool(ROWS, likely=50, at_random=50, paragraphs=0, seed=0))
    assert all(len(passage["text"].split()) >= 5 for passage in sample)


def test_paragraphs_join_neighbours_of_one_document() -> None:
    by_id = {row["doc_id"]: row for row in ROWS}
    paragraphs = list(sample_pool(ROWS, likely=0, at_random=0, paragraphs=15, seed=0))
    assert len(paragraphs) == 15
    for paragraph in paragraphs:
        members = [by_id[id] for id in paragraph["id"].split("+")]
        numbers = [int(member["doc_id"][1:]) for member in members]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert {member["meta"]["doc_id"] for member in members} == {paragraph["doc_id"]}
        assert paragraph["text"] == " ".join(member["text"] for member in members)
        assert len(paragraph["text"].split()) <= MAX_WORDS


def test_the_same_seed_gives_the_same_sample() -> None:
    assert list(sample_pool(ROWS, 5, 10, 5, seed=1)) == list(sample_pool(ROWS, 5, 10, 5, seed=1))
