"""``framelens prevalence`` as a user runs it."""

from __future__ import annotations

import csv
import json
import os
import pty
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from framelens.data.records import FrameResult, Record
from framelens.data.writers import FileWriter

Command = Callable[..., CompletedProcess[str]]
Files = Callable[..., None]
FRAMES = ("blame_attribution", "threat_inflation")


@pytest.fixture(scope="module")
def corpus() -> tuple[list[Record], list[dict[str, Any]]]:
    """400 passages of 100 documents, and the labels of a random sample of 120 of them."""
    rng = random.Random(0)
    records, labels = [], []
    for number in range(400):
        document, place = divmod(number, 4)
        truth = [rng.random() < share for share in ((0.5, 0.3)[document % 2], 0.2)]
        p = [min(0.99, max(0.01, rng.gauss(0.75 if here else 0.3, 0.15))) for here in truth]
        frames = {frame: FrameResult(round(q, 4), q >= 0.5) for frame, q in zip(FRAMES, p, strict=True)}
        meta = {"source": ("wire", "blog")[document % 2], "date": f"2024-0{1 + document % 3}-15"}
        text = f"Passage {place} of {document}."
        records.append(Record(f"d{document}.txt", place, 0, len(text), text, frames, meta, "m", ()))
        scores = {frame: {"score": 3 if here else 0} for frame, here in zip(FRAMES, truth, strict=True)}
        labels.append({"id": f"d{document}.txt#{place}", "text": text, "source": "s", "labels": scores})
    return records, rng.sample(labels, 120)


@pytest.fixture
def files(corpus: tuple[list[Record], list[dict[str, Any]]], tmp_path: Path) -> Files:
    """Writes the corpus under a name, and labels, changed by a function."""

    def write(name: str = "s.jsonl", change: Callable[[dict[str, Any]], dict[str, Any]] = dict) -> None:
        with FileWriter(tmp_path / name) as writer:
            for record in corpus[0]:
                writer.write(record)
        lines = [json.dumps(changed) for label in corpus[1] if (changed := change(dict(label)))]
        (tmp_path / "l.jsonl").write_text("\n".join(lines))

    return write


def failed(done: CompletedProcess[str]) -> str:
    """The one sentence with which a run failed."""
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_pipe_gets_json(framelens: Command, files: Files) -> None:
    files()
    done = framelens("prevalence", "s.jsonl", "--labels", "l.jsonl")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert (found["matched"], found["unmatched"], found["weighted"], found["seed"]) == (120, 0, False, 0)
    blame, threat = found["rows"]
    assert (blame["group"], blame["frame"], threat["frame"]) == (None, *FRAMES)
    assert (blame["passages"], blame["documents"], blame["labels"]) == (400, 100, 120)
    for row in found["rows"]:
        for name in ("adjusted", "labels_only", "powered"):
            assert 0 <= row[f"{name}_low"] <= row[name] <= row[f"{name}_high"] <= 1
        assert row["powered_high"] - row["powered_low"] < row["labels_only_high"] - row["labels_only_low"]
    assert 0.25 < blame["powered"] < 0.55
    assert 0 < blame["raw"] < 1


@pytest.mark.parametrize("name", ["s.jsonl", "s.csv", "s.parquet"])
def test_every_format_of_score_gives_the_same(framelens: Command, files: Files, tmp_path: Path, name: str) -> None:
    files(name)
    done = framelens("prevalence", name, "--labels", "l.jsonl", "--by", "month", "-o", "out.csv")
    assert done.returncode == 0, done.stderr
    assert "written to out.csv" in done.stderr
    with open(tmp_path / "out.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["group"] for row in rows[::2]] == ["", "2024-01", "2024-02", "2024-03"]
    assert [int(row["passages"]) for row in rows[::2]] == [400, 136, 132, 132]
    files("again.jsonl")
    other = framelens("prevalence", "again.jsonl", "--labels", "l.jsonl", "--by", "month", "-o", "out.json")
    assert other.returncode == 0, other.stderr
    expected = json.loads((tmp_path / "out.json").read_text())["rows"]
    for row, same in zip(rows, expected, strict=True):
        assert row == {key: "" if value is None else str(value) for key, value in same.items()}


def test_it_needs_nothing_of_the_train_extra(files: Files, tmp_path: Path) -> None:
    files()
    blocked = "".join(
        f"sys.modules[{name!r}] = None\n" for name in ("torch", "scipy", "sklearn", "onnxruntime", "yaml")
    )
    run = "from framelens.scripts.cli import main\nsys.argv = ['framelens', *sys.argv[1:]]\nmain()"
    program = [sys.executable, "-c", f"import sys\n{blocked}{run}", "prevalence", "s.jsonl", "--labels", "l.jsonl"]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["matched"] == 120


def test_groups_are_estimated_apart(framelens: Command, files: Files) -> None:
    files()
    rows = json.loads(framelens("prevalence", "s.jsonl", "--labels", "l.jsonl", "--by", "source").stdout)["rows"]
    shares = {row["group"]: row["powered"] for row in rows if row["frame"] == "blame_attribution"}
    assert list(shares) == [None, "blog", "wire"]
    assert shares["wire"] > shares[None] > shares["blog"]


def test_a_terminal_gets_a_table(files: Files, tmp_path: Path) -> None:
    files()
    leader, follower = pty.openpty()
    program = [Path(sys.executable).with_name("framelens"), "prevalence", "s.jsonl", "--labels", "l.jsonl"]
    assert subprocess.run(program, cwd=tmp_path, stdout=follower, timeout=120).returncode == 0
    os.close(follower)
    shown = b""
    # Of a terminal that nobody writes to any more, Linux says that it cannot be read.
    with suppress(OSError):
        while chunk := os.read(leader, 65536):
            shown += chunk
    os.close(leader)
    for words in (b"400 passages, 120 labelled", b"raw", b"adjusted", b"powered", b"to halve"):
        assert words in shown


def test_an_output_is_not_overwritten_unasked(framelens: Command, files: Files, tmp_path: Path) -> None:
    files()
    (tmp_path / "out.json").write_text("mine")
    run = ("prevalence", "s.jsonl", "--labels", "l.jsonl", "-o", "out.json")
    assert "out.json exists" in failed(framelens(*run))
    assert (tmp_path / "out.json").read_text() == "mine"
    assert framelens(*run, "--overwrite").returncode == 0
    assert json.loads((tmp_path / "out.json").read_text())["by"] is None
    assert "end the name in .json or .csv" in failed(framelens(*run[:-1], "out.txt"))


def test_labels_that_are_not_in_the_corpus_are_counted_and_named(framelens: Command, files: Files) -> None:
    files(change=lambda label: label | {"id": f"other {label['id']}"} if label["id"].endswith("#0") else label)
    done = framelens("prevalence", "s.jsonl", "--labels", "l.jsonl")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["unmatched"] > 0
    assert found["matched"] + found["unmatched"] == 120
    assert f"{found['unmatched']} of 120 labelled passages are not in s.jsonl and are left out ('other d" in done.stderr


def test_too_few_matches_are_refused_with_how_matching_works(framelens: Command, files: Files) -> None:
    files(change=lambda label: label | {"id": f"x{label['id']}"})
    said = failed(framelens("prevalence", "s.jsonl", "--labels", "l.jsonl"))
    assert "l.jsonl: 0 of its 120 labelled passages are in s.jsonl, and at least 30 are needed" in said
    assert "doc_id#passage" in said
    files("t.jsonl", change=lambda label: label | {"text": "Something else."})
    said = failed(framelens("prevalence", "t.jsonl", "--labels", "l.jsonl"))
    assert "120 have an id of t.jsonl and another text" in said


def test_labels_of_other_frames_are_refused(framelens: Command, files: Files) -> None:
    files(change=lambda label: label | {"labels": {"benevolent_protector": {"score": 3}}})
    said = failed(framelens("prevalence", "s.jsonl", "--labels", "l.jsonl"))
    assert "l.jsonl, line 1: frame 'benevolent_protector' is not" in said
    assert ", ".join(FRAMES) in said


def test_labels_that_all_say_the_same_are_refused(framelens: Command, files: Files) -> None:
    files(change=lambda label: label | {"labels": {frame: {"score": 3} for frame in FRAMES}})
    said = failed(framelens("prevalence", "s.jsonl", "--labels", "l.jsonl"))
    assert "l.jsonl: all labels of a frame say the same (blame_attribution: all labels say present, " in said
    assert "label a random sample of the passages, those without a frame too" in said


def test_a_frame_that_is_hardly_judged_is_said_and_the_other_counted(framelens: Command, files: Files) -> None:
    def change(label: dict[str, Any]) -> dict[str, Any]:
        kept = FRAMES if label["id"].endswith("#0") and label["id"] < "d5" else FRAMES[:1]
        return label | {"labels": {frame: label["labels"][frame] for frame in kept}}

    files(change=change)
    done = framelens("prevalence", "s.jsonl", "--labels", "l.jsonl")
    assert done.returncode == 0
    assert "threat_inflation: " in done.stderr
    assert "labels, 30 needed." in done.stderr
    blame, threat = json.loads(done.stdout)["rows"]
    assert blame["powered"] is not None
    assert threat["powered"] is None
    assert threat["raw"] is not None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"id": "1", "text": "Some words."}', "s.jsonl, line 1: not a scored passage (there is no field 'doc_id'"),
        ("", "s.jsonl: not a scored passage"),
    ],
)
def test_what_score_did_not_write_is_refused(
    framelens: Command, files: Files, tmp_path: Path, content: str, words: str
) -> None:
    files()
    (tmp_path / "s.jsonl").write_text(content)
    assert words in failed(framelens("prevalence", "s.jsonl", "--labels", "l.jsonl"))
    assert "none.jsonl: " in failed(framelens("prevalence", "none.jsonl", "--labels", "l.jsonl"))


def test_labels_that_are_missing_or_no_labels_are_refused(framelens: Command, files: Files, tmp_path: Path) -> None:
    files()
    assert "none.jsonl: no such file" in failed(framelens("prevalence", "s.jsonl", "--labels", "none.jsonl"))
    said = failed(framelens("prevalence", "s.jsonl", "--labels", "s.jsonl"))
    assert "s.jsonl, line 1: 'id' is missing" in said


def test_groups_that_no_record_has_are_refused(framelens: Command, files: Files) -> None:
    files()
    said = failed(framelens("prevalence", "s.jsonl", "--labels", "l.jsonl", "--by", "outlet"))
    assert "--by outlet: no record has that field in meta; the fields are: source, date." in said


def test_known_weights_are_used_and_must_be_known_of_all(framelens: Command, files: Files) -> None:
    def weighted(label: dict[str, Any]) -> dict[str, Any]:
        return label | {"meta": {"weight": 1 + len(label["id"]) % 3}}

    files(change=weighted)
    done = framelens("prevalence", "s.jsonl", "--labels", "l.jsonl")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["weighted"]
    files("t.jsonl", change=lambda label: weighted(label) if label["id"].endswith("#0") else label)
    said = failed(framelens("prevalence", "t.jsonl", "--labels", "l.jsonl"))
    assert "labelled passages lack meta.weight" in said
    files("u.jsonl", change=lambda label: label | {"meta": {"weight": -1}})
    assert "l.jsonl, line 1: meta.weight -1 is not a number above 0." in failed(
        framelens("prevalence", "u.jsonl", "--labels", "l.jsonl")
    )


def test_a_sample_of_likely_passages_is_told_from_a_random_one(
    framelens: Command, corpus: tuple[list[Record], list[dict[str, Any]]], files: Files
) -> None:
    p = {f"{record.doc_id}#{record.passage}": record.frames["blame_attribution"].p for record in corpus[0]}
    files(change=lambda label: label if p[label["id"]] > 0.5 or label["id"].endswith("#1") else {})
    done = framelens("prevalence", "s.jsonl", "--labels", "l.jsonl")
    assert done.returncode == 0, done.stderr
    assert "these are hardly a random sample" in done.stderr
    assert "blame_attribution +" in done.stderr
