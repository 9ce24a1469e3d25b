from __future__ import annotations

import json
from pathlib import Path

import pytest

from framelens.data.candidates import Candidate
from framelens.data.pool import MAX_WORDS, of_usual_length, paragraphs, without_annotated
from framelens.errors import FramelensError


def scored(number: int, document: str = "d", words: int = 10, p: float = 0.5) -> Candidate:
    text = " ".join([f"word{number}"] * words)
    return Candidate(f"p{number}", text, "s", document, number, {"blame": p}, {"blame": p >= 0.5})


ROWS = [scored(n, f"d{n // 8}", words=4 if n % 10 == 0 else 40, p=n / 100) for n in range(100)]


def test_paragraphs_join_neighbours_of_one_document_and_each_passage_once() -> None:
    by_id = {row.id: row for row in ROWS}
    joined = list(paragraphs(ROWS, seed=0))
    used = [id for paragraph in joined for id in paragraph.id.split("+")]
    assert len(joined) > 15
    assert len(set(used)) == len(used)
    for paragraph in joined:
        members = [by_id[id] for id in paragraph.id.split("+")]
        numbers = [member.passage for member in members]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert 2 <= len(members) <= 5
        assert {member.doc_id for member in members} == {paragraph.doc_id}
        assert paragraph.text == " ".join(member.text for member in members)
        assert len(paragraph.text.split()) <= MAX_WORDS
        assert paragraph.p["blame"] == max(member.p["blame"] for member in members)
        assert paragraph.present["blame"] == any(member.present["blame"] for member in members)


def test_the_same_seed_joins_the_same() -> None:
    assert list(paragraphs(ROWS, seed=1)) == list(paragraphs(ROWS, seed=1)) != list(paragraphs(ROWS, seed=2))


def test_very_short_and_very_long_passages_are_set_aside() -> None:
    rows = [scored(n, words=n) for n in (4, 5, 150, 151)]
    assert [row.passage for row in of_usual_length(rows)] == [5, 150]


def test_what_is_annotated_by_id_part_or_text_is_set_aside(tmp_path: Path) -> None:
    annotated = [
        {"id": "p1", "text": "other text", "labels": {}},
        {"id": "p3+p4", "text": "joined text", "labels": {}},
        {"id": "x", "text": scored(6).text.upper() + " ", "labels": {}},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, annotated)))
    rows = [scored(n) for n in range(8)]
    assert [row.passage for row in without_annotated(rows, [tmp_path])] == [0, 2, 5, 7]
    (paragraph,) = (each for each in paragraphs(rows[:2], seed=0))
    assert without_annotated([paragraph], [tmp_path]) == []
    assert without_annotated(rows, []) == rows


@pytest.mark.parametrize("line", ['{"id": "1"}', "[]", "{oops", '{"id": 1, "text": null}'])
def test_annotated_files_without_id_and_text_are_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.jsonl").write_text(line)
    with pytest.raises(FramelensError, match=r"a\.jsonl, line 1: an annotated passage needs id and text"):
        without_annotated([], [tmp_path / "a.jsonl"])
