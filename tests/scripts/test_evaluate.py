"""The evaluate command, as a user runs it, on a few of the contrast passages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from framelens.data import gold_passages, load_annotations, load_taxonomy
from framelens.data.splits import save_splits, split_by_document

Command = Callable[..., CompletedProcess[str]]
EXAMPLES = Path(__file__).parents[2] / "examples"
FRAMES = ("blame_attribution", "benevolent_protector", "threat_inflation")
TITLES = ("blame", "protector", "threat")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Sixty passages, half of which are of a lot of their own."""
    lines = (EXAMPLES / "contrast" / "test.jsonl").read_text().splitlines()[:60]
    rows = [json.loads(line) | {"lot": "even" if number % 2 == 0 else "odd"} for number, line in enumerate(lines)]
    (tmp_path / "data.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path / "data.jsonl"


def test_it_prints_figures_with_intervals_and_writes_them(framelens: Command, data: Path, tmp_path: Path) -> None:
    done = framelens("evaluate", "default", data, "-o", "out", "--slice", "lot", "--against", "default")
    assert done.returncode == 0, done.stderr
    assert "95% intervals" in done.stdout
    assert "| even | 30 |" in done.stdout
    assert "; 0 decisions differ." in done.stdout
    evaluation = json.loads((tmp_path / "out" / "eval.json").read_text())
    figure = evaluation["figures"]["blame_attribution/average_precision"]
    assert figure["interval"][0] <= figure["value"] <= figure["interval"][1]
    assert f"{figure['value']:.2f}" in done.stdout
    assert evaluation["data"]["passages"] == 60
    assert set(evaluation["slices"]) == {"source", "length", "voice", "lot"}
    assert evaluation["against"]["differences"]["macro/f1"]["value"] == 0
    assert evaluation["run"]["data"] == [str(data)]
    rows = [json.loads(line) for line in (tmp_path / "out" / "passages.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == [json.loads(line)["id"] for line in data.read_text().splitlines()]
    page = (tmp_path / "out" / "report.html").read_text()
    assert all(words in page for words in ("framelens-minilm", "By lot", *TITLES))
    again = framelens("evaluate", "default", data, "-o", "out")
    assert again.returncode == 1
    assert "eval.json exists" in again.stderr


def test_the_behavioural_suite_is_run_when_asked_for(framelens: Command, exported: Path, tmp_path: Path) -> None:
    lines = (EXAMPLES / "contrast" / "test.jsonl").read_text().splitlines()[:12]
    (tmp_path / "few.jsonl").write_text("\n".join(lines))
    done = framelens("evaluate", exported, "few.jsonl", "-o", "out", "--behaviour")
    assert done.returncode == 0, done.stderr
    assert "| typos | INV | 12 |" in done.stdout
    found = json.loads((tmp_path / "out" / "eval.json").read_text())["behaviour"]
    assert {test["kind"] for test in found["tests"]} == {"INV", "DIR", "MFT"}
    assert "United States → Russia" in (tmp_path / "out" / "report.html").read_text()


def test_without_the_report_extra_all_but_the_page_is_written(data: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.html").write_text("of an earlier run")
    code = (
        "import sys\n"
        "sys.modules['matplotlib'] = sys.modules['jinja2'] = None\n"
        f"sys.argv = ['framelens', 'evaluate', 'default', {str(data)!r}, '-o', 'out', '--overwrite']\n"
        "from framelens.scripts.cli import main\n"
        "main()"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=os.environ, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "pip install 'framelens[report]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"eval.json", "passages.jsonl"}


def test_a_baseline_learns_from_the_training_passages_and_is_measured_on_test(
    framelens: Command, tmp_path: Path
) -> None:
    passages = gold_passages(load_annotations(EXAMPLES / "annotated.jsonl", load_taxonomy()))
    save_splits(split_by_document(passages, 0.3, 0.3, seed=1), tmp_path / "splits.json")
    test = len(json.loads((tmp_path / "splits.json").read_text())["test"])
    arguments = (EXAMPLES / "annotated.jsonl", "--splits", "splits.json", "-o", "out", "--against", "majority")
    done = framelens("evaluate", "tfidf", *arguments)
    assert done.returncode == 0, done.stderr
    evaluation = json.loads((tmp_path / "out" / "eval.json").read_text())
    assert evaluation["model"] == "TF-IDF and logistic regression"
    assert evaluation["against"]["model"] == "majority class"
    assert evaluation["data"]["passages"] == test
    assert evaluation["figures"]["all/voice_accuracy"]["value"] is None
    assert evaluation["against"]["figures"]["macro/roc_auc"]["value"] == 0.5
    assert "Voice right" not in (tmp_path / "out" / "report.html").read_text().split("What the figures mean</h2>")[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tfidf", "data.jsonl"), "tfidf learns from training passages; give a training config as DATA, or --splits"),
        (("default", "data.jsonl", "--against", "majority"), "majority learns from training passages"),
        (("default", "data.jsonl", "--slice", "outlet"), "--slice outlet: no passage has that field; fields of the"),
        (("majority", "data.jsonl", "--behaviour"), "--behaviour scores edited passages, which a baseline (majority)"),
        (("nowhere", "data.jsonl"), "nowhere: there is no such folder"),
        (("default", "data.jsonl", "-o", "data.jsonl"), "data.jsonl is no folder"),
        (("default", "bare.jsonl"), "bare.jsonl, line 1: 'labels' is missing"),
        (("default", "config.yaml", "--splits", "x.json"), "config.yaml: a training config says its own splits"),
        (("default", "empty.jsonl"), "empty.jsonl: no annotated passage to measure on"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_sentence(
    framelens: Command, data: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / "bare.jsonl").write_text('{"id": "1", "text": "Some words."}\n')
    (tmp_path / "empty.jsonl").write_text("\n")
    done = framelens("evaluate", *arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_baseline_of_a_training_config_is_measured_on_its_test_passages(
    framelens: Command, tiny_encoder: Path, tmp_path: Path
) -> None:
    (tmp_path / "config.yaml").write_text(
        f"name: tiny\n"
        f"data: {{annotations: ['{EXAMPLES / 'annotated.jsonl'}'], dev: 0.3, test: 0.3}}\n"
        f"encoder: {{name: '{tiny_encoder}'}}\n"
        f"output: model\n"
    )
    done = framelens("evaluate", f"encoder:{tiny_encoder}", "config.yaml", "--against", "tfidf")
    assert done.returncode == 0, done.stderr
    assert f"{tiny_encoder} and logistic regression less TF-IDF and logistic regression" in done.stdout
