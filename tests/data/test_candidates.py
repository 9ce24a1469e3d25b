from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from framelens.data import FrameResult, Record, Span
from framelens.data.candidates import Candidate, read_candidates
from framelens.data.writers import FileWriter
from framelens.errors import FramelensError

WORDS = 'The 🔥 dam, "cracked"\nand fell.'


def record(doc_id: str, passage: int = 0, meta: dict[str, Any] | None = None) -> Record:
    blame = FrameResult(0.9, True, "author", 0.8, (Span(0, 3, "The", 0.5),), ())
    frames = {"blame": blame, "threat": FrameResult(0.1, False)}
    return Record(doc_id, passage, 0, len(WORDS), WORDS, frames, meta or {}, "m", ("too_short",))


def write(path: Path, *records: Record) -> Path:
    with FileWriter(path) as writer:
        for each in records:
            writer.write(each)
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_each_passage_has_an_id_of_its_own_and_its_document(tmp_path: Path, suffix: str) -> None:
    records = [
        record("a.txt"),
        record("a.txt", 1),
        record("b.txt"),
        record("p1", meta={"source": "s", "doc_id": "d7", "n": 5}),
    ]
    p, present = {"blame": 0.9, "threat": 0.1}, {"blame": True, "threat": False}
    assert read_candidates(write(tmp_path / f"scored{suffix}", *records)) == [
        Candidate("a.txt#0", WORDS, "", "a.txt", 0, p, present),
        Candidate("a.txt#1", WORDS, "", "a.txt", 1, p, present),
        Candidate("b.txt", WORDS, "", "b.txt", 0, p, present),
        Candidate("p1", WORDS, "s", "d7", 0, p, present),
    ]


def test_a_passage_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match=r"passage 'a#0' stands twice"):
        read_candidates(write(tmp_path / "twice.jsonl", record("a"), record("a")))
