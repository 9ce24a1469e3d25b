"""Records are read back as they were written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framelens.data.records import FrameResult, Record, Span
from framelens.data.stored import read_records
from framelens.data.writers import FileWriter
from framelens.errors import FramelensError

TEXT = 'Say "no",\nthe ministry failed 😡 \x00.'.replace("\x00", "\ufffd")


def record(passage: int = 0, meta: dict[str, Any] | None = None) -> Record:
    start = 100
    at = TEXT.index("ministry")
    frames = {
        "blame": FrameResult(
            0.75,
            True,
            "author",
            0.5,
            (Span(start + at, start + at + 8, "ministry", 0.25),),
            (Span(start + at + 9, start + at + 17, "failed 😡", 0.5),),
        ),
        "threat": FrameResult(0.125, False),
    }
    return Record("a.txt", passage, start, start + len(TEXT), TEXT, frames, meta or {}, "m", ("too_short",))


def write(path: Path, *records: Record) -> Path:
    with FileWriter(path) as writer:
        for each in records:
            writer.write(each)
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_records_come_back_whole(tmp_path: Path, suffix: str) -> None:
    meta = {"source": "wire", "doc_id": "d7", "text": "of the input"}
    written = [record(0, meta), record(1, meta)]
    back = list(read_records(write(tmp_path / f"s{suffix}", *written)))
    if suffix != ".jsonl":
        # The flat form holds no probability of the voice.
        for each in written:
            each.frames["blame"] = replace(each.frames["blame"], voice_p=None)
    assert back == written


def test_of_a_folder_the_shards_are_read_by_name(tmp_path: Path) -> None:
    for number, name in enumerate(("part-00000.parquet", "part-00001.parquet")):
        write(tmp_path / name, record(number))
    (tmp_path / "out.jsonl").write_text("not a shard")
    assert [each.passage for each in read_records(tmp_path)] == [0, 1]


def test_of_a_folder_without_shards_the_jsonl_files_are_read_but_no_quarantine(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl", record(1))
    write(tmp_path / "a.jsonl", record(0))
    (tmp_path / "a.jsonl.quarantine.jsonl").write_text('{"source": "x"}\n')
    assert [each.passage for each in read_records(tmp_path)] == [0, 1]


def test_a_folder_without_records_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match=r"holds no part-\*\.parquet and no \.jsonl"):
        list(read_records(tmp_path))
    with pytest.raises(FramelensError, match="there is no such file"):
        list(read_records(tmp_path / "none.jsonl"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": 2}, "schema version 2, and this framelens reads version 1"),
        ({"frames": {}}, "it has no frames"),
        ({"meta": []}, "'meta' is no object"),
        ({"flags": "too_short"}, ""),
        ({"text": "Other words of another length."}, "it was changed after scoring"),
        ({"start": 90}, "it was changed after scoring"),
        ({"text": ""}, "the field 'text' holds no text"),
        ({"start": None}, ""),
    ],
)
def test_what_is_no_record_is_refused_in_one_sentence(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text(json.dumps(record().to_dict() | change))
    with pytest.raises(FramelensError) as refusal:
        list(read_records(path))
    said = str(refusal.value)
    assert said.startswith(f"{path}, ")
    assert words in said
    assert said.endswith("; give what framelens score -o wrote.")


@pytest.mark.parametrize("part", ["start", "end", "passage", "model", "flags", "meta"])
def test_a_record_that_lacks_a_part_is_refused(tmp_path: Path, part: str) -> None:
    content = record().to_dict()
    del content[part]
    (tmp_path / "s.jsonl").write_text(json.dumps(content))
    with pytest.raises(FramelensError, match=f"'{part}' is missing"):
        list(read_records(tmp_path / "s.jsonl"))


def test_a_frame_that_lacks_a_part_or_is_another_is_refused(tmp_path: Path) -> None:
    content = record().to_dict()
    del content["frames"]["blame"]["voice"]
    (tmp_path / "s.jsonl").write_text(json.dumps(content))
    with pytest.raises(FramelensError, match="'voice' is missing"):
        list(read_records(tmp_path / "s.jsonl"))
    other = record().to_dict()
    other["frames"] = {"peace": other["frames"]["threat"]}
    (tmp_path / "s.jsonl").write_text(f"{json.dumps(record().to_dict())}\n{json.dumps(other)}")
    with pytest.raises(FramelensError, match="frames peace after blame, threat"):
        list(read_records(tmp_path / "s.jsonl"))
