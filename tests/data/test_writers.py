"""Records go to JSONL as they are, to CSV and Parquet flat, and nothing that stands is overwritten unasked."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from framelens.data import Document, FileWriter, FrameResult, Record, Span, StreamWriter, read_documents
from framelens.data.writers import to_json
from framelens.errors import FramelensError

BLAME, THREAT = "blame_attribution", "threat_inflation"
TEXT = 'The "ministry",\nhe said, 👍 let the dam crack.'
FIXED = ["doc_id", "passage", "start", "end", "text"]
PARTS = ["p", "present", "voice", "actors", "evidence"]
ACTOR = Span(15, 23, "ministry", 0.9)


def record(number: int = 0, **meta: Any) -> Record:
    blame = FrameResult(0.94, True, "reported", 0.88, (ACTOR,), (ACTOR, Span(36, 48, "let the dam ", 0.5)))
    frames = {BLAME: blame, THREAT: FrameResult(0.25, False)}
    return Record("a.txt", number, 10, 10 + len(TEXT), TEXT, frames, meta, "framelens-test", ("too_short", "truncated"))


def write(path: Path, *records: Record, overwrite: bool = False) -> Path:
    with FileWriter(path, overwrite) as writer:
        for each in records:
            writer.write(each)
    return path


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_jsonl_lines_are_the_records_in_order(tmp_path: Path) -> None:
    records = [record(number, source="wire", tags=["ä", None]) for number in range(3)]
    lines = write(tmp_path / "a.jsonl", *records).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [each.to_dict() for each in records]


def test_a_record_has_the_keys_of_the_record_format() -> None:
    written = json.loads(to_json(record(source="wire")))
    assert list(written) == ["doc_id", "passage", "start", "end", "text", "frames", "meta", "model", "flags"]
    assert list(written["frames"][BLAME]) == ["p", "present", "voice", "voice_p", "actors", "evidence"]
    assert written["frames"][BLAME]["actors"] == [{"start": 15, "end": 23, "text": "ministry", "p": 0.9}]
    assert written["frames"][THREAT] == {
        "p": 0.25,
        "present": False,
        "voice": None,
        "voice_p": None,
        "actors": [],
        "evidence": [],
    }


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.text(st.characters(), max_size=5), JSON_VALUES, max_size=4))
def test_any_metadata_makes_one_line_of_strict_json_in_utf8(meta: dict[str, Any]) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    line = to_json(replace(record(), meta=meta))
    assert "\n" not in line
    assert json.loads(line.encode(), parse_constant=refuse)["text"] == TEXT


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@settings(max_examples=25, deadline=None)
@given(metas=st.lists(st.dictionaries(st.sampled_from(["a", "b", "text", "p"]), JSON_VALUES), min_size=1, max_size=4))
def test_any_metadata_can_be_written_flat(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, metas: list[dict[str, Any]]
) -> None:
    records = [replace(record(number), meta=meta) for number, meta in enumerate(metas)]
    path = write(tmp_path_factory.mktemp("flat") / f"a{suffix}", *records)
    rows = csv_rows(path) if suffix == ".csv" else parquet.read_table(path).to_pylist()
    assert [int(row["passage"]) for row in rows] == list(range(len(metas)))


def test_csv_columns_and_values_are_those_of_the_interface(tmp_path: Path) -> None:
    (row,) = csv_rows(write(tmp_path / "a.csv", record(source="wire", year=1998)))
    frames = [f"{frame}_{part}" for frame in (BLAME, THREAT) for part in PARTS]
    assert list(row) == [*FIXED, "source", "year", "flags", "model", *frames]
    assert (row["text"], row["start"], row["year"], row["model"]) == (TEXT, "10", "1998", "framelens-test")
    assert json.loads(row["flags"]) == ["too_short", "truncated"]
    assert (row[f"{BLAME}_p"], row[f"{BLAME}_present"], row[f"{BLAME}_voice"]) == ("0.94", "true", "reported")
    assert json.loads(row[f"{BLAME}_actors"]) == [ACTOR.to_dict()]
    assert (row[f"{THREAT}_present"], row[f"{THREAT}_voice"], row[f"{THREAT}_evidence"]) == ("false", "", "[]")


def test_parquet_columns_and_values_are_those_of_the_interface(tmp_path: Path) -> None:
    table = parquet.read_table(write(tmp_path / "a.parquet", record(source="wire"), record(1, source="blog")))
    frames = [f"{frame}_{part}" for frame in (BLAME, THREAT) for part in PARTS]
    assert table.column_names == [*FIXED, "source", "flags", "model", *frames]
    first, second = table.to_pylist()
    assert (first["text"], first["flags"], second["passage"]) == (TEXT, ["too_short", "truncated"], 1)
    assert first[f"{BLAME}_evidence"] == [span.to_dict() for span in record().frames[BLAME].evidence]
    assert (first[f"{THREAT}_present"], first[f"{THREAT}_voice"], first[f"{THREAT}_actors"]) == (False, None, [])


def test_metadata_keeps_its_type_and_mixed_or_nested_values_become_json(tmp_path: Path) -> None:
    metas: list[dict[str, Any]] = [
        {"n": 1, "x": 1, "b": True, "mixed": 1, "nested": {"a": [1]}},
        {"n": None, "x": 0.5, "b": False, "mixed": "one", "nested": None, "late": "é"},
    ]
    path = write(tmp_path / "a.parquet", *(record(number, **meta) for number, meta in enumerate(metas)))
    rows = parquet.read_table(path).select(["n", "x", "b", "mixed", "nested", "late"]).to_pylist()
    assert rows[0] == {"n": 1, "x": 1.0, "b": True, "mixed": "1", "nested": '{"a": [1]}', "late": None}
    assert rows[1] == {"n": None, "x": 0.5, "b": False, "mixed": "one", "nested": None, "late": "é"}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_huge_integers_and_characters_that_are_none_do_not_lose_the_run(tmp_path: Path, suffix: str) -> None:
    metas: list[dict[str, Any]] = [{"big": 2**70, "mix": 2**60, "s": "\ud800"}, {"big": 1, "mix": 0.5, "\udfff": "x"}]
    path = write(tmp_path / f"a{suffix}", *(record(number, **meta) for number, meta in enumerate(metas)))
    rows = csv_rows(path) if suffix == ".csv" else parquet.read_table(path).to_pylist()
    assert [(row["big"], row["s"] or None, row["\ufffd"] or None) for row in rows] == [
        (str(2**70), "\ufffd", None),
        ("1", None, "x"),
    ]


def test_metadata_named_like_a_column_gets_a_column_of_its_own(tmp_path: Path) -> None:
    meta: dict[str, Any] = {"text": "t", "meta_text": "m", "flags": "f", f"{BLAME}_p": 0.5}
    (row,) = parquet.read_table(write(tmp_path / "a.parquet", record(**meta))).to_pylist()
    assert (row["text"], row["meta_text"], row["meta_meta_text"]) == (TEXT, "t", "m")
    assert (row["meta_flags"], row[f"meta_{BLAME}_p"], row[f"{BLAME}_p"]) == ("f", 0.5, 0.94)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_was_scored_can_be_read_and_written_again(tmp_path: Path, suffix: str) -> None:
    (document,) = read_documents(str(write(tmp_path / f"a{suffix}", record(source="wire"))))
    assert isinstance(document, Document)
    assert (document.id, document.text, document.meta["source"]) == ("a.txt", TEXT, "wire")
    assert write(tmp_path / f"b{suffix}", record(**document.meta)).exists()


def test_many_records_are_written_in_several_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framelens.data.writers.ROWS", 4)
    path = write(tmp_path / "a.parquet", *(record(number) for number in range(10)))
    assert parquet.read_table(path).column("passage").to_pylist() == list(range(10))


def test_a_file_that_exists_is_not_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(FramelensError, match=r"a\.csv exists; give another name, or --overwrite to replace it\."):
        FileWriter(path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_file_is_overwritten_only_when_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("old", encoding="utf-8")
    with FileWriter(path, overwrite=True) as writer:
        writer.write(record())
        assert path.read_text(encoding="utf-8") == "old"
    assert json.loads(path.read_text(encoding="utf-8")) == record().to_dict()


@pytest.mark.parametrize(
    ("name", "reason"),
    [("none/a.jsonl", "No such file"), ("file/a.csv", "Not a directory"), ("x" * 300 + ".jsonl", "name too long")],
)
def test_an_unwritable_place_is_refused_before_anything_is_scored(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FramelensError, match=rf"cannot be written \(.*{reason}.*\); choose another folder\."):
        FileWriter(tmp_path / name).__enter__()


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_is_not_taken_for_a_file(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "a.jsonl").mkdir()
    with pytest.raises(FramelensError, match="is a folder"):
        FileWriter(tmp_path / "a.jsonl", overwrite)


@pytest.mark.parametrize(("name", "said"), [("a.xlsx", r"\.xlsx"), ("a", "that"), ("a.jsonl.gz", r"\.gz")])
def test_an_unknown_suffix_is_refused_with_those_there_are(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(FramelensError, match=rf"cannot write {said}; end the name in \.jsonl, \.csv, \.parquet"):
        FileWriter(tmp_path / name)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_an_interrupted_run_leaves_what_it_has_as_partial(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(KeyboardInterrupt), FileWriter(tmp_path / f"a{suffix}") as writer:
        writer.write(record())
        raise KeyboardInterrupt
    assert [file.name for file in tmp_path.iterdir()] == [f"a{suffix}.partial"]
    assert json.loads((tmp_path / f"a{suffix}.partial").read_text(encoding="utf-8")) == record().to_dict()


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_a_run_leaves_its_file_alone_and_one_without_records_leaves_nothing(tmp_path: Path, suffix: str) -> None:
    write(tmp_path / f"empty{suffix}")
    write(tmp_path / f"a{suffix}", record())
    assert [file.name for file in tmp_path.iterdir()] == [f"a{suffix}"]


def test_a_stream_gets_each_line_at_once() -> None:
    stream = io.TextIOWrapper(raw := io.BytesIO(), encoding="utf-8", errors="strict")
    with StreamWriter(stream) as writer:
        writer.write(record(source="\ud800"))
        assert json.loads(raw.getvalue())["meta"] == {"source": "\ufffd"}
