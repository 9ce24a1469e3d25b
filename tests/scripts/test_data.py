"""``framelens data``, as a user runs it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from framelens.data import load_annotations, load_taxonomy

Command = Callable[..., CompletedProcess[str]]
EXAMPLES = Path(__file__).parents[2] / "examples"
ANNOTATED = EXAMPLES / "annotated.jsonl"
BLAME, PROTECTOR, THREAT = load_taxonomy().frame_ids
TEXT = "Marlo 🔥 blames the ministry for the flood."


def line(labels: Any, **changes: Any) -> str:
    return json.dumps({"id": "p1", "text": TEXT, "annotator": "a", "labels": labels, **changes}) + "\n"


def scored(path: Path, passages: int = 60) -> Path:
    """Records as ``framelens score`` writes them."""
    with path.open("w") as stream:
        for n in range(passages):
            frames = {
                frame: {"p": p, "present": p >= 0.5, "voice": None, "voice_p": None, "actors": [], "evidence": []}
                for frame, p in zip((BLAME, PROTECTOR, THREAT), (n / passages, 0.01, 1 - n / passages), strict=True)
            }
            text = f"Boat {n} came home from the bank {n} times without a catch."
            record = {"doc_id": "log.txt", "passage": n, "start": 0, "end": len(text), "text": text, "frames": frames}
            stream.write(json.dumps(record | {"meta": {"source": "s"}, "model": "m", "flags": []}) + "\n")
    return path


def test_check_passes_sound_data_and_shows_their_balance(framelens: Command) -> None:
    done = framelens("data", "check", ANNOTATED, "--strict")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "framelens: sound: 0 errors, 0 warnings in 422 judgements of 211 passages.\n"
    for words in ("blame", "protector", "threat", "rebutted", "28.9%"):
        assert words in done.stdout


def test_check_says_every_bad_line_and_fails(framelens: Command, tmp_path: Path) -> None:
    bad = [line({BLAME: {"score": 9}}), "{oops\n", line({}, text=None), line({"praise": {"score": 1}})]
    (tmp_path / "a.jsonl").write_text(line({BLAME: {"score": 3}}) + "".join(bad))
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe")
    done = framelens("data", "check", "a.jsonl", "b.jsonl")
    assert done.returncode == 1
    errors = [said.removeprefix("framelens: error: ") for said in done.stderr.splitlines() if ": error: " in said]
    assert [said.split(": ")[0] for said in errors] == [*(f"a.jsonl, line {n}" for n in (2, 3, 4, 5)), "b.jsonl"]
    assert "score 9 is not one of 0, 1, 2, 3" in errors[0]
    assert "not sound: 5 errors" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_fails_on_warnings_only_when_strict(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line({BLAME: {"score": 3}}) + line({}, id="p2", text="Nobody has read this."))
    for strict, status in ([], 0), (["--strict"], 3):
        done = framelens("data", "check", "a.jsonl", *strict)
        assert done.returncode == status
        assert "warning: 1 record (p2) without any label" in done.stderr
        assert "warning: threat_inflation was judged in no passage." in done.stderr


def test_check_sees_what_lies_in_two_splits(framelens: Command, tmp_path: Path) -> None:
    lines = [line({BLAME: {"score": n % 4}}, id=f"p{n}", text=f"{TEXT} {n}" * 3, doc_id=f"d{n // 2}") for n in range(4)]
    lines += [line({BLAME: {"score": 0}}, id="copy", text=f"{TEXT} 0" * 3)]
    (tmp_path / "a.jsonl").write_text("".join(lines))
    (tmp_path / "splits.json").write_text('{"dev": [], "test": ["p1", "copy"]}')
    done = framelens("data", "check", "a.jsonl", "--splits", "splits.json")
    assert done.returncode == 1
    assert "error: document 'd0' lies in train and test" in done.stderr
    assert "error: 1 exact duplicate (copy = p0) across train and test" in done.stderr
    assert [words in done.stdout for words in ("split", "train", "dev", "test")] == [True] * 4


def test_check_of_nothing_is_refused(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n")
    assert "a.jsonl: holds no annotated passage" in framelens("data", "check", "a.jsonl").stderr
    assert "no.jsonl: no such file or folder" in framelens("data", "check", "no.jsonl").stderr


def test_convert_writes_what_it_reads_back(framelens: Command, tmp_path: Path) -> None:
    done = framelens("data", "convert", ANNOTATED, "-o", "a.csv", "--from", "framelens")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "framelens: 422 records of 211 passages → a.csv\n"
    back = framelens("data", "convert", "a.csv", "-o", "b.jsonl", "--from", "csv")
    assert back.returncode == 0, back.stderr
    taxonomy = load_taxonomy()
    assert load_annotations(tmp_path / "b.jsonl", taxonomy) == load_annotations(ANNOTATED, taxonomy)


def test_convert_never_overwrites_unasked_nor_its_input(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line({BLAME: {"score": 3}}))
    (tmp_path / "b.json").write_text("precious")
    refused = framelens("data", "convert", "a.jsonl", "-o", "b.json", "--from", "framelens")
    assert (refused.returncode, (tmp_path / "b.json").read_text()) == (1, "precious")
    assert "b.json exists" in refused.stderr
    same = framelens("data", "convert", "a.jsonl", "-o", "a.jsonl", "--from", "framelens", "--overwrite")
    assert "a.jsonl is an input too" in same.stderr
    assert framelens("data", "convert", "a.jsonl", "-o", "b.json", "--from", "framelens", "--overwrite").returncode == 0
    assert json.loads((tmp_path / "b.json").read_text())[0]["data"]["text"] == TEXT


def test_convert_maps_foreign_labels_and_counts_the_others(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "ptc").mkdir()
    (tmp_path / "ptc" / "article1.txt").write_text("A title\n\nThe plague will reach us all.\n")
    rows = "1\tAppeal_to_fear-prejudice\t9\t19\n1\tDoubt\t0\t7\n1\tDoubt\t0\t99\n"
    (tmp_path / "ptc" / "article1.labels.tsv").write_text(rows)
    command = ("data", "convert", "ptc", "-o", "a.jsonl", "--from", "ptc")
    unmapped = framelens(*command)
    assert unmapped.returncode == 1
    assert "such as --map 'Appeal_to_fear-prejudice=FRAME'" in unmapped.stderr
    done = framelens(*command, "--map", f"Appeal_to_fear-prejudice={THREAT}:2", "--strict", "--quarantine", "q.jsonl")
    assert done.returncode == 3
    assert "1 labels left out, which no --map names: Doubt 1." in done.stderr
    assert "1 quarantined; see q.jsonl" in done.stderr
    assert "article1.labels.tsv, line 3: the span 0 to 99" in done.stderr
    title, passage = (json.loads(each) for each in (tmp_path / "a.jsonl").read_text().splitlines())
    assert (title["labels"], passage["labels"]) == ({}, {THREAT: {"score": 2, "evidence": ["The plague"]}})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--from", "brat"], "'brat' is not a format; choose one of framelens, csv, datasets"),
        (["--from", "framelens", "--to", "ptc"], "ptc is only read; write one of framelens, csv, datasets"),
        (["--from", "doccano", "--map", "Doubt"], "--map Doubt: write it as THEIRS=FRAME"),
        (["--from", "doccano", "--map", "Doubt=praise"], "'praise' is not one of the frames blame_attribution"),
        (
            ["--from", "doccano", "--map", f"A={BLAME}", "--map", f"A={THREAT}"],
            "'A' is mapped to 'blame_attribution' already",
        ),
        (["--from", "doccano", "--judged", "praise"], "--judged praise: the taxonomy has blame_attribution"),
        (["--from", "framelens", "--judged", BLAME], "--judged is for other formats"),
        (["--from", "doccano"], "a.jsonl, line 1: expected JSONL with an object of text and label"),
        (["--from", "framelens"], "no record could be read as framelens; expected JSONL with an object of id, text"),
    ],
)
def test_convert_refuses_in_one_sentence(framelens: Command, tmp_path: Path, options: list[str], said: str) -> None:
    (tmp_path / "a.jsonl").write_text('{"words": "Some."}\n')
    done = framelens("data", "convert", "a.jsonl", "-o", "b.jsonl", *options)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "b.jsonl").exists()


def test_agreement_shows_tables_and_writes_figures(framelens: Command, tmp_path: Path) -> None:
    done = framelens("data", "agreement", ANNOTATED, "-o", "a.json")
    assert done.returncode == 0, done.stderr
    for words in ("blame", "e1, e2", "95% intervals", "Cohen's kappa"):
        assert words in done.stdout
    figures = json.loads((tmp_path / "a.json").read_text())["frames"][THREAT]
    low, high = figures["alpha_present"]["interval"]
    assert 0.9 < low <= figures["alpha_present"]["value"] <= high <= 1
    assert (figures["passages"], figures["kappa"][0]["annotators"]) == (211, ["e1", "e2"])
    assert "a.json exists" in framelens("data", "agreement", ANNOTATED, "-o", "a.json").stderr


def test_agreement_of_one_annotator_is_refused(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line({BLAME: {"score": 3}}))
    done = framelens("data", "agreement", "a.jsonl")
    assert done.returncode == 1
    assert "no passage was judged by two annotators" in done.stderr


def test_sample_is_ready_to_annotate_and_says_why_each_was_chosen(framelens: Command, tmp_path: Path) -> None:
    scored(tmp_path / "scored.jsonl")
    (tmp_path / "done.jsonl").write_text(line({}, id="log.txt#30"))
    (tmp_path / "more.jsonl").write_text(line({}, id="log.txt#31"))
    command = ("data", "sample", "scored.jsonl", "--size", 20, "--exclude", "done.jsonl", "more.jsonl")
    done = framelens(*command, "-o", "a.jsonl")
    assert done.returncode == 0, done.stderr
    said = "20 of 58 passages chosen: 8 uncertain, 4 rare, 4 diverse, 4 random → a.jsonl"
    assert done.stderr == f"framelens: {said}; label them, then: framelens data check a.jsonl\n"
    annotations = load_annotations(tmp_path / "a.jsonl", load_taxonomy())
    assert Counter(each.meta["why"] for each in annotations) == {"uncertain": 8, "rare": 4, "diverse": 4, "random": 4}
    assert all(each.labels == {} and each.annotator == "" and each.doc_id == "log.txt" for each in annotations)
    assert all(each.id == f"log.txt#{each.meta['passage']}" for each in annotations)
    assert {"log.txt#30", "log.txt#31"}.isdisjoint(each.id for each in annotations)
    assert framelens(*command, "-o", "b.jsonl").returncode == 0
    assert (tmp_path / "a.jsonl").read_text() == (tmp_path / "b.jsonl").read_text()


def test_sample_of_paragraphs_joins_neighbours(framelens: Command, tmp_path: Path) -> None:
    scored(tmp_path / "scored.jsonl")
    shares = ("--uncertain", 0, "--rare", 0, "--diverse", 0, "--random", 1)
    done = framelens("data", "sample", "scored.jsonl", "-o", "a.jsonl", "--size", 5, "--paragraphs", *shares)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(each) for each in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert len(rows) == 5
    for row in rows:
        numbers = [int(id.split("#")[1]) for id in row["id"].split("+")]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert row["text"].count("Boat") == len(numbers) > 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--size", "90"],
            "of 60 passages 60 have 5 to 150 words, 60 of them not annotated; ask for that many or fewer",
        ),
        (["other.jsonl", "--size", "9"], "other.jsonl: one file of scored records is sampled from"),
        (["--size", "9", "--random", "1"], "add up to 1, but uncertain 0.4, rare 0.2, diverse 0.2, random 1 make 1.8"),
    ],
)
def test_sample_refuses_in_one_sentence(framelens: Command, tmp_path: Path, options: list[str], said: str) -> None:
    scored(tmp_path / "scored.jsonl")
    done = framelens("data", "sample", "scored.jsonl", "-o", "a.jsonl", *options)
    assert done.returncode == 1
    assert said in done.stderr
    assert not (tmp_path / "a.jsonl").exists()
