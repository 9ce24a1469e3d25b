from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framelens.data import load_taxonomy
from framelens.data.soft import load_soft, strip_soft
from framelens.errors import FramelensError

ABSENT: dict[str, Any] = {"p": 0.03, "present": False, "voice": None, "voice_p": None, "actors": [], "evidence": []}
SPAN = {"start": 14, "end": 22, "text": "ministry", "p": 0.9}
BLAME = {"p": 0.8, "present": True, "voice": "reported", "voice_p": 0.7, "actors": [SPAN], "evidence": []}


def record(**changes: Any) -> dict[str, Any]:
    frames = dict.fromkeys(load_taxonomy().frame_ids, ABSENT) | {"blame_attribution": BLAME}
    meta = {"source": "wire", "doc_id": "d1"}
    return {"doc_id": "p1", "start": 10, "text": "The ministry failed.", "frames": frames, "meta": meta} | changes


def write(folder: Path, *records: dict[str, Any]) -> str:
    path = folder / "soft.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    return str(path)


def test_probabilities_become_targets(tmp_path: Path) -> None:
    (passage,) = load_soft([write(tmp_path, record())], load_taxonomy())
    assert (passage.id, passage.source, passage.doc_id) == ("p1", "wire", "d1")
    assert passage.frames["blame_attribution"].target == 0.8
    assert passage.frames["threat_inflation"].target == 0.03


def test_voice_and_spans_are_learnt_where_the_teacher_sees_the_frame(tmp_path: Path) -> None:
    (passage,) = load_soft([write(tmp_path, record())], load_taxonomy())
    blame = passage.frames["blame_attribution"]
    assert blame.voices == pytest.approx({"author": 0.15, "reported": 0.7, "rebutted": 0.15})
    assert blame.spans == {"actor": ((4, 12),), "evidence": ()}
    assert passage.frames["threat_inflation"].voices == passage.frames["threat_inflation"].spans == {}


@pytest.mark.parametrize("broken", [{"id": "p2", "text": "No record."}, {**record(), "frames": {}}])
def test_what_is_no_record_is_refused_by_line(tmp_path: Path, broken: dict[str, Any]) -> None:
    with pytest.raises(FramelensError, match=r"soft\.jsonl, line 2: not a scored record"):
        load_soft([write(tmp_path, record(), broken)], load_taxonomy())


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(FramelensError, match=r"missing\.jsonl: cannot be read as JSONL"):
        load_soft(["missing.jsonl"], load_taxonomy())


def test_a_record_without_text_is_read_as_with_it_but_for_spans(tmp_path: Path) -> None:
    (whole,) = load_soft([write(tmp_path, record())], load_taxonomy())
    stripped = list(strip_soft([record()]))
    assert "ministry" not in json.dumps(stripped)
    texts = tmp_path / "texts.jsonl"
    texts.write_text(json.dumps({"id": "p1", "text": "The ministry failed.", "source": "wire", "doc_id": "d1"}))
    (found,) = load_soft([write(tmp_path, *stripped)], load_taxonomy(), str(texts))
    unmarked = {frame: replace(gold, spans={}) for frame, gold in whole.frames.items()}
    assert found == replace(whole, frames=unmarked)


def test_records_without_text_need_texts(tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match=r"soft\.jsonl: holds records without text; name .* data\.texts"):
        load_soft([write(tmp_path, *strip_soft([record()]))], load_taxonomy())
