"""Folders of shards: what a manifest says, how shards are laid out, and that they read like one file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset
import pytest

from framelens.data.layout import FORMATS, Layout, ShardFormat, encode, layout_of, to_table
from framelens.data.records import FrameResult, Record, Span
from framelens.data.scored import read_scored
from framelens.data.shards import MANIFEST, Position, Shard, read_manifest, unfinished
from framelens.data.tally import Tally, tally
from framelens.errors import FramelensError


def record(number: int, meta: dict[str, Any] | None = None) -> Record:
    span = Span(0, 4, "Text", 0.5)
    frames = {"blame": FrameResult(0.75, True, "author", 0.9, (span,), (span,)), "threat": FrameResult(0.125, False)}
    return Record("a.txt", number, 0, 9, f'Text, "{number}"\n😡', frames, meta or {}, "m", ("too_short",))


def written(folder: Path, layout: Layout, *shards: list[Record], end: bool = True) -> Path:
    """A folder of shards with its manifest."""
    folder.mkdir()
    lines: list[dict[str, Any]] = [{"run": {"format": 1}}, {"layout": vars(layout)}]
    for number, records in enumerate(shards):
        content, name = encode(records, layout), f"part-{number:05d}.{layout.format}"
        (folder / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        lines.append({"shard": Shard(name, len(content), digest, Position(), 0, 0, tally(records)).to_dict()})
    lines += [{"end": {"refused": 2, "quarantine": 0}}] if end else []
    (folder / MANIFEST).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return folder


@pytest.mark.parametrize("format", FORMATS)
def test_a_folder_of_shards_reads_like_one_file(tmp_path: Path, format: ShardFormat) -> None:
    metas = [{"source": "wire", "n": 1}, {"source": None}, {"n": "many", "late": {"a": [1]}, "meta_rest": "x"}]
    records = [record(number, meta) for number, meta in enumerate(metas)]
    layout = layout_of(format, ["blame", "threat"], metas[:2])
    folder = written(tmp_path / "out", layout, records[:2], records[2:])
    # What belongs to no run is not read.
    (folder / "part-00002.jsonl").write_text("{}\n")
    (folder / "quarantine.jsonl").write_text("{}\n")
    found = list(read_scored(str(folder)))
    assert [passage.text for passage in found] == [each.text for each in records]
    assert [passage.p for passage in found] == [{"blame": 0.75, "threat": 0.125}] * 3
    present = [{name: value for name, value in passage.meta.items() if value is not None} for passage in found]
    assert present == [metas[0], {}, metas[2]]


def test_shards_have_one_schema_whatever_their_metadata(tmp_path: Path) -> None:
    layout = layout_of("parquet", ["blame", "threat"], [{"n": 1, "x": 0.5, "b": True, "s": "a", "text": "t"}])
    odd = {"n": 2**70, "x": 3, "b": "yes", "s": [1], "new": 1, "nan": float("nan")}
    tables = [to_table([record(0, meta)], layout) for meta in ({"n": 7}, odd, {})]
    assert len({str(table.schema) for table in tables}) == 1
    (row,) = tables[1].to_pylist()
    assert (row["n"], row["x"], row["b"], row["s"], row["meta_text"]) == (None, 3.0, None, "[1]", None)
    assert json.loads(row["meta_rest"]) == {"n": 2**70, "b": "yes", "new": 1, "nan": None}
    assert tables[0].to_pylist()[0]["meta_rest"] is None
    for number, table in enumerate(tables):
        pa.parquet.write_table(table, tmp_path / f"{number}.parquet")
    assert pyarrow.dataset.dataset(tmp_path).to_table().num_rows == 3


@pytest.mark.parametrize("format", FORMATS)
def test_a_shard_is_the_same_bytes_each_time(format: ShardFormat) -> None:
    records = [record(number, {"source": "wire"}) for number in range(50)]
    layout = layout_of(format, ["blame", "threat"], [{"source": "wire"}])
    assert encode(records, layout) == encode(records, layout)


def test_tallies_add_up() -> None:
    records = [record(number % 3) for number in range(7)]
    whole = tally(records)
    assert whole == Tally(3, 7, {"blame": 7}, {"blame": {"author": 7}})
    assert tally(records[:4]) + tally(records[4:]) == whole
    assert whole + Tally() == whole


def test_a_torn_last_line_is_passed_over_and_other_damage_said(tmp_path: Path) -> None:
    layout = layout_of("jsonl", ["blame", "threat"], [])
    folder = written(tmp_path / "out", layout, [record(0)], [record(1)], end=False)
    manifest = folder / MANIFEST
    whole = manifest.read_bytes()
    for torn in (b'{"shard": {"file"', b"\x00" * 40, b'{"end"\n'):
        manifest.write_bytes(whole + torn)
        found = read_manifest(folder)
        assert found is not None
        assert (len(found.shards), found.length, found.end) == (2, len(whole), None)
        assert found.tally == tally([record(0), record(1)])
    manifest.write_bytes(whole.replace(b'{"layout"', b'{{"layout"', 1))
    with pytest.raises(FramelensError, match=r"manifest\.jsonl, line 2: the manifest is damaged"):
        read_manifest(folder)
    manifest.write_bytes(whole.replace(b'"file"', b'"name"', 1))
    with pytest.raises(FramelensError, match="the manifest is damaged"):
        read_manifest(folder)


def test_what_is_missing_or_unfinished_is_said(tmp_path: Path) -> None:
    layout = layout_of("jsonl", ["blame", "threat"], [])
    folder = written(tmp_path / "out", layout, [record(0)], [record(1)], end=False)
    assert str(unfinished(folder)).endswith("has not ended; these are its first 2 passages.")
    (folder / "part-00001.jsonl").unlink()
    with pytest.raises(FramelensError, match=r"part-00001\.jsonl is missing"):
        list(read_scored(str(folder)))
    empty = written(tmp_path / "empty", layout)
    assert unfinished(empty) is None
    with pytest.raises(FramelensError, match="holds no scored passage"):
        list(read_scored(str(empty)))
    assert read_manifest(tmp_path) is None
    assert unfinished(tmp_path / "gone") is None
