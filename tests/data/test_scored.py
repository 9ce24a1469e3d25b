from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from framelens.data import FrameResult, Record, Span
from framelens.data.scored import Scored, read_scored
from framelens.data.writers import FileWriter
from framelens.errors import FramelensError

WORDS = 'The 🔥 dam, "cracked"\nand fell.'


def record(doc_id: str, passage: int = 0, meta: dict[str, Any] | None = None, p: float = 0.9) -> Record:
    blame = FrameResult(p, True, "author", 0.8, (Span(0, 3, "The", 0.5),), ())
    frames = {"blame": blame, "threat": FrameResult(0.1, False)}
    return Record(doc_id, passage, 0, len(WORDS), WORDS, frames, meta or {}, "m", ("too_short",))


def write(path: Path, *records: Record) -> Path:
    with FileWriter(path) as writer:
        for each in records:
            writer.write(each)
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_records_of_each_format_are_read_alike(tmp_path: Path, suffix: str) -> None:
    records = [
        record("a.txt"),
        record("a.txt", 1),
        record("b.txt"),
        record("p1", meta={"source": "s", "doc_id": "d7", "n": 5}),
    ]
    p, present = {"blame": 0.9, "threat": 0.1}, {"blame": True, "threat": False}
    assert read_scored(write(tmp_path / f"scored{suffix}", *records)) == [
        Scored("a.txt#0", WORDS, "", "a.txt", 0, p, present),
        Scored("a.txt#1", WORDS, "", "a.txt", 1, p, present),
        Scored("b.txt", WORDS, "", "b.txt", 0, p, present),
        Scored("p1", WORDS, "s", "d7", 0, p, present),
    ]


def test_what_is_no_scored_record_is_refused_by_its_place(tmp_path: Path) -> None:
    good = json.dumps(record("a").to_dict())
    for line, said in (
        ('{"id": "1", "text": "x", "labels": {}}', "expected a record of framelens score"),
        ("{", "not valid"),
    ):
        (tmp_path / "a.jsonl").write_text(f"{good}\n{line}\n")
        with pytest.raises(FramelensError, match=rf"a\.jsonl, line 2: {said}"):
            read_scored(tmp_path / "a.jsonl")
    (tmp_path / "a.csv").write_text("text,id\nx,1\n")
    with pytest.raises(FramelensError, match=r"a\.csv, row 1: expected a record of framelens score"):
        read_scored(tmp_path / "a.csv")
    (tmp_path / "a.parquet").write_text("no table")
    with pytest.raises(FramelensError, match=r"a\.parquet: cannot be read"):
        read_scored(tmp_path / "a.parquet")


def test_files_without_sense_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(FramelensError, match=r"empty\.jsonl: holds no scored record"):
        read_scored(tmp_path / "empty.jsonl")
    with pytest.raises(FramelensError, match=r"a\.txt: scored records are read from \.jsonl, \.csv, \.parquet"):
        read_scored(tmp_path / "a.txt")
    with pytest.raises(FramelensError, match=r"passage 'a#0' stands twice"):
        read_scored(write(tmp_path / "twice.jsonl", record("a"), record("a")))
    other = record("b").to_dict() | {"frames": {"praise": {"p": 0.5, "present": True}}}
    (tmp_path / "mixed.jsonl").write_text(f"{json.dumps(record('a').to_dict())}\n{json.dumps(other)}\n")
    with pytest.raises(FramelensError, match=r"mixed\.jsonl: its records have different frames"):
        read_scored(tmp_path / "mixed.jsonl")
