"""``framelens report`` and ``score --report`` as a user runs them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

Command = Callable[..., CompletedProcess[str]]
EXAMPLES = Path(__file__).parents[2] / "examples" / "articles"
TEXT = "The ministry ignored every warning, and it alone is to blame for the drowned valley."


def record(**parts: Any) -> dict[str, Any]:
    absent = {"p": 0.1, "present": False, "voice": None, "voice_p": None, "actors": [], "evidence": []}
    blame = absent | {"p": 0.9, "present": True, "voice": "author", "voice_p": 0.9}
    blame["actors"] = [{"start": 0, "end": 12, "text": "The ministry", "p": 0.9}]
    head = {"doc_id": "a", "passage": 0, "start": 0, "end": len(TEXT), "text": TEXT}
    frames = {"blame_attribution": blame, "threat_inflation": absent}
    return head | {"frames": frames, "meta": {}, "model": "m", "flags": []} | parts


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    (tmp_path / "s.jsonl").write_text(json.dumps(record()) + "\n")
    return tmp_path / "s.jsonl"


def failed(done: CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_scored_passages_become_a_page(framelens: Command, scored: Path, tmp_path: Path) -> None:
    done = framelens("report", "s.jsonl", "-o", "r.html")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert done.stderr == "framelens: report written to r.html; open it in a browser.\n"
    assert TEXT[12:] in (tmp_path / "r.html").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.html", "s.jsonl"]


def test_compressed_records_and_a_folder_of_shards_are_read(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "s.jsonl.gz").write_bytes(gzip.compress(json.dumps(record()).encode()))
    assert framelens("report", "s.jsonl.gz", "-o", "a.html").returncode == 0
    (tmp_path / "shards").mkdir()
    for number in range(2):
        line = json.dumps(record(passage=number))
        (tmp_path / "shards" / f"part-{number:05}.jsonl").write_text(line)
    assert framelens("report", "shards", "-o", "b.html").returncode == 0
    assert "2 passages of 1 article" in (tmp_path / "b.html").read_text()


def test_a_page_that_exists_is_replaced_only_when_asked(framelens: Command, scored: Path, tmp_path: Path) -> None:
    (tmp_path / "r.html").write_text("mine")
    assert "r.html exists" in failed(framelens("report", "s.jsonl", "-o", "r.html"))
    assert (tmp_path / "r.html").read_text() == "mine"
    assert framelens("report", "s.jsonl", "-o", "r.html", "--overwrite").returncode == 0
    assert (tmp_path / "r.html").read_text() != "mine"


def test_an_input_is_never_written_over(framelens: Command, scored: Path, tmp_path: Path) -> None:
    (tmp_path / "link.html").symlink_to(scored)
    before = scored.read_text()
    assert "is an input too" in failed(framelens("report", "s.jsonl", "-o", "link.html", "--overwrite"))
    assert scored.read_text() == before


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("r.pdf", "cannot write .pdf; end the name in .html"),
        ("none/r.html", "there is no folder none"),
        ("folder.html", "is a folder"),
    ],
)
def test_a_page_that_cannot_be_written_is_refused_before_reading(
    framelens: Command, tmp_path: Path, output: str, words: str
) -> None:
    (tmp_path / "folder.html").mkdir()
    assert words in failed(framelens("report", "none.jsonl", "-o", output))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("s.jsonl", "", "the file is empty"),
        ("s.jsonl", '{"id": "1", "text": "Some words."}', "there is no field 'doc_id'"),
        ("s.jsonl", "no json\n", "not valid JSON"),
        ("s.jsonl", json.dumps(record(text="")), "the field 'text' holds no text"),
        ("s.jsonl", json.dumps(record(schema=2)), "schema version 2, and this framelens reads version 1"),
        ("s.jsonl", json.dumps(record(frames={"blame_attribution": {"score": 1}})), "is missing"),
        ("s.jsonl", json.dumps(record()) + "\n" + json.dumps(record(frames={})), "it has no frames"),
        ("s.csv", "a,b\n1,2\n", "there is no column 'text'"),
        ("s.txt", "Some words.", "s.txt"),
        ("s.parquet", "not parquet", "s.parquet"),
        ("s.html", "<p>Some words.</p>", "s.html"),
    ],
)
def test_what_score_did_not_write_is_refused_in_one_sentence_and_nothing_is_left(
    framelens: Command, tmp_path: Path, name: str, content: str, words: str
) -> None:
    (tmp_path / name).write_text(content)
    said = failed(framelens("report", name, "-o", "r.html"))
    assert words in said
    assert name in said
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_score_writes_the_page_too_and_keeps_its_own_output(framelens: Command, tmp_path: Path) -> None:
    done = framelens("score", EXAMPLES, "--report", "r.html")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert done.stderr.splitlines()[-1] == "framelens: report written to r.html; open it in a browser."
    page = (tmp_path / "r.html").read_text()
    assert f"{len(lines)} passages of 3 articles" in page
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]
    done = framelens("score", EXAMPLES, "-o", "s.parquet", "--report", "r2.html")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert f"{len(lines)} passages of 3 articles" in (tmp_path / "r2.html").read_text()


def test_score_refuses_a_page_that_exists_or_is_an_input_before_it_scores(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "r.html").write_text(f"<p>{TEXT}</p>")
    assert "r.html exists" in failed(framelens("score", EXAMPLES, "--report", "r.html"))
    assert "is an input too" in failed(framelens("score", "r.html", "--report", "r.html", "--overwrite"))


def test_a_page_in_the_scored_folder_is_not_scored(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    for _ in range(2):
        done = framelens("score", ".", "--report", "r.html", "--overwrite")
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 1


def test_without_the_report_extra_it_says_what_to_install(scored: Path) -> None:
    code = (
        "import sys\nimport importlib.util as util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'jinja2' else find(name, *rest)\n"
        f"sys.argv = ['framelens', 'report', {str(scored)!r}, '-o', {str(scored.with_suffix('.html'))!r}]\n"
        "from framelens.scripts.cli import main\nmain()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install 'framelens[report]'" in failed(done)
