"""The stream of passages is cut the same from wherever it is taken up."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from framelens.data.passages import Window
from framelens.data.readers import Fields
from framelens.scripts import cutting
from framelens.scripts.cutting import Work, cut
from framelens.scripts.inputs import Inputs

WINDOW = Window(256, lambda text: [(0, len(text))])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [json.dumps({"id": f"d{n}", "text": "\n\n".join(f"Text {n} {k}." for k in range(n % 4))}) for n in range(9)]
    (tmp_path / "a.jsonl").write_text("\n".join([*rows[:4], "{", *rows[4:]]))
    (tmp_path / "b.txt").write_text("\n\n".join(f"Passage {n}." for n in range(7)))
    (tmp_path / "c.txt").write_text("")
    with gzip.open(tmp_path / "d.csv.gz", "wt") as stream:
        stream.write("text,n\n" + "".join(f"Row {n}.,{n}\n" if n % 3 else f"odd {n}\n" for n in range(8)))
    parquet.write_table(pa.table({"text": [f"Line {n}." for n in range(6)]}), tmp_path / "e.parquet")
    (tmp_path / "f.jsonl").write_text("{")
    return tmp_path


def pieces(works: list[Work]) -> tuple[list[str], list[str]]:
    return [p.text for work in works for p in work.passages], [str(r) for work in works for r in work.refusals]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_from_the_end_of_any_shard_the_rest_is_cut_alike(folder: Path, size: int) -> None:
    def works(**start: object) -> list[Work]:
        return list(cut(Inputs([str(folder)], Fields()), "paragraph", WINDOW, size=size, **start))  # type: ignore[arg-type]

    whole = works()
    assert [work.number for work in whole] == list(range(len(whole)))
    assert all(len(work.passages) == size for work in whole[:-1])
    texts, refusals = pieces(whole)
    everything = pieces(list(cut(Inputs([str(folder)], Fields()), "paragraph", WINDOW)))
    assert (texts, refusals) == everything
    # The empty texts of two records, a broken line, an empty file, three odd rows, a file that is one broken line.
    assert (len(texts), len(refusals)) == (12 + 7 + 5 + 6, 3 + 1 + 1 + 3 + 1)
    for number, work in enumerate(whole, 1):
        rest = works(number=number, start=work.end)
        assert pieces(rest) == pieces(whole[number:])
        assert [one.end for one in rest] == [one.end for one in whole[number:]]


def test_long_passages_close_a_shard_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "CHARACTERS", 100)
    (tmp_path / "a.txt").write_text("\n\n".join("x" * 40 for _ in range(7)))
    works = cut(Inputs([str(tmp_path / "a.txt")], Fields()), "paragraph", WINDOW)
    assert [len(work.passages) for work in works] == [3, 3, 1]


def test_how_far_the_inputs_are_read(folder: Path) -> None:
    inputs = Inputs([str(folder)], Fields())
    assert inputs.read == 0
    reached = [inputs.read for _ in inputs]
    assert reached == sorted(reached)
    assert inputs.read == inputs.size == sum(file.stat().st_size for file in folder.iterdir())
    assert Inputs(["-"], Fields()).size is None


def test_files_before_the_start_are_not_opened(folder: Path) -> None:
    inputs = Inputs([str(folder)], Fields())
    whole = list(cut(inputs, "paragraph", WINDOW, size=3))
    (folder / "a.jsonl").unlink()
    rest = list(cut(inputs, "paragraph", WINDOW, 6, whole[5].end, 3))
    assert pieces(rest) == pieces(whole[6:])
