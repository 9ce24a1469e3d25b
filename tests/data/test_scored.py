"""What ``framelens score`` writes is read back alike from every format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from framelens.data.records import FrameResult, Record
from framelens.data.scored import ScoredPassage, read_scored
from framelens.data.writers import FileWriter
from framelens.errors import FramelensError


def record(number: int, meta: dict[str, Any] | None = None) -> Record:
    frames = {"blame": FrameResult(0.75, True, "author", 0.9), "threat": FrameResult(0.125, False)}
    return Record("a.txt", number, 0, 9, f'Text, "{number}"\n😡', frames, meta or {}, "m", ("too_short",))


def written(path: Path, *records: Record) -> list[ScoredPassage]:
    with FileWriter(path) as writer:
        for each in records:
            writer.write(each)
    return list(read_scored(str(path)))


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_records_come_back(tmp_path: Path, suffix: str) -> None:
    meta = {"source": "wire", "doc_id": "d7", "text": "of the input"}
    first, second = written(tmp_path / f"s{suffix}", record(0, meta), record(1, meta))
    assert first == ScoredPassage(
        "a.txt", 0, 'Text, "0"\n😡', {"blame": 0.75, "threat": 0.125}, {"blame": True, "threat": False}, meta
    )
    assert second.passage == 1
    assert first.document == "wire/d7"


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_a_document_is_named_by_its_id_where_meta_names_none(tmp_path: Path, suffix: str) -> None:
    (passage,) = written(tmp_path / f"s{suffix}", record(0))
    assert passage.meta == {}
    assert passage.document == "/a.txt"


def test_a_folder_of_scored_files_is_read_in_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        written(tmp_path / f"{name}.jsonl", record("ab".index(name)))
    assert [passage.passage for passage in read_scored(str(tmp_path))] == [0, 1]


def test_what_is_no_scored_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    good = json.dumps(record(0).to_dict())

    def changed(**parts: Any) -> str:
        return json.dumps(record(0).to_dict() | parts)

    cases = {
        '{"id": "1", "text": "Some words."}': "line 1: not a scored passage (there is no field 'doc_id', only id, ",
        f"{good}\n{{": "line 2: not a scored passage (not valid JSON",
        '{"doc_id": "1", "text": "Some words."}': "document '1': not a scored passage (it has no frames);",
        good.replace('"passage"', '"place"'): "('passage' is missing);",
        changed(frames={}): "not a scored passage (it has no frames);",
        changed(frames={"blame": {"p": 1.5, "present": True}}): "(p 1.5 is no probability);",
        changed(frames={"blame": {"p": 0.5, "present": "yes"}}): "(present 'yes' is neither true nor false);",
        f"{good}\n{changed(frames={'other': {'p': 0.5, 'present': True}})}": "(frames other after blame, threat);",
        changed(meta=[]): "('meta' is no object);",
    }
    path = tmp_path / "s.jsonl"
    for content, reason in cases.items():
        path.write_text(content)
        with pytest.raises(FramelensError) as refusal:
            list(read_scored(str(path)))
        message = str(refusal.value)
        assert message.startswith(f"{path}, ")
        assert reason in message
        assert message.endswith("; give what framelens score -o wrote.")
        assert "--text-field" not in message
    for name, content in {"s.csv": "a,b\n1,2\n", "s.txt": "Some words."}.items():
        (tmp_path / name).write_text(content)
        with pytest.raises(FramelensError, match=f"{name}.*: not a scored passage"):
            list(read_scored(str(tmp_path / name)))
