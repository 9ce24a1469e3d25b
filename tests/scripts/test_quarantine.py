from __future__ import annotations

import json
from pathlib import Path

import pytest

from framelens import FramelensError
from framelens.data import Document, Refusal
from framelens.scripts.quarantine import SHOWN, Quarantine

REFUSALS = [Refusal("a.jsonl", f"line {n}", "not valid JSON; mend it.", "{") for n in range(SHOWN + 5)]


def test_documents_pass_and_refusals_are_written_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quarantine = Quarantine(tmp_path / "q.jsonl", overwrite=False, quiet=False)
    documents = [Document("1", "Words."), Document("2", "More words.")]
    assert list(quarantine.accepted([documents[0], *REFUSALS, documents[1]])) == documents
    quarantine.close(2)
    written = [json.loads(line) for line in (tmp_path / "q.jsonl").read_text().splitlines()]
    assert [row["position"] for row in written] == [refusal.position for refusal in REFUSALS]
    said = capsys.readouterr().err
    assert said.count("not valid JSON") == SHOWN
    assert "5 more like these" in said
    assert f"{len(REFUSALS)} quarantined; see {tmp_path / 'q.jsonl'}" in said


def test_nothing_refused_leaves_no_file(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path / "q.jsonl", overwrite=False, quiet=False)
    assert list(quarantine.accepted([])) == []
    quarantine.close(0)
    assert not (tmp_path / "q.jsonl").exists()


def test_a_file_that_exists_is_kept_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text("old")
    with pytest.raises(FramelensError, match=r"q\.jsonl exists"):
        Quarantine(tmp_path / "q.jsonl", overwrite=False, quiet=False)
    Quarantine(tmp_path / "q.jsonl", overwrite=True, quiet=False).close(0)
    assert not (tmp_path / "q.jsonl").exists()


def test_quiet_counts_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    quarantine = Quarantine(None, overwrite=False, quiet=True)
    assert list(quarantine.accepted(REFUSALS)) == []
    quarantine.close(1)
    assert quarantine.count == len(REFUSALS)
    assert capsys.readouterr().err == ""
