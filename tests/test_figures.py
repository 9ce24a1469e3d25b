"""What README.md, docs/model.md and the model card say of the models is what the committed evaluations say."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from framelens.data import load_taxonomy
from framelens.errors import FramelensError
from framelens.eval.tables import cell
from framelens.eval.tiers import BEGIN, END, figures, write_readme
from framelens.model.tiers import DEFAULT

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "eval" / "results"
TITLES = {frame.title: frame.id for frame in load_taxonomy().frames}
# The names that figures have in the tables, and the one in eval.json; GROUP is replaced by each frame's title and id.
NAMES = {
    "F1 GROUP": "GROUP/f1",
    "macro F1": "macro/f1",
    "average precision GROUP": "GROUP/average_precision",
    "macro average precision": "macro/average_precision",
    "calibration error GROUP": "GROUP/calibration_error",
    "voice accuracy": "all/voice_accuracy",
    "recall of `author`": "all/author_recall",
    "recall of `reported`": "all/reported_recall",
    "recall of `rebutted`": "all/rebutted_recall",
    "evidence F1": "all/evidence_f1",
    "evidence, word F1": "all/evidence_f1",
    "actor F1": "all/actor_f1",
    "actor, word F1": "all/actor_f1",
    "flips": "all/swap_flips",
    "decisions that flip with the actors": "all/swap_flips",
}
SOURCES = {
    said.replace("GROUP", title): name.replace("GROUP", frame)
    for title, frame in TITLES.items()
    for said, name in NAMES.items()
}
NOT_MEASURED_HERE = {"size", "speed"}


def read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def measured() -> dict[str, dict[str, Any]]:
    """The figures of each committed evaluation, by the names that the tables give its model."""
    evaluations = [read(path) for path in sorted(RESULTS.glob("*-test.json"))]
    found = {evaluation["model"]: evaluation["figures"] for evaluation in evaluations}
    found |= {name.removeprefix("framelens-").replace("-", " "): figures for name, figures in found.items()}
    baseline = read(DEFAULT / "eval.json")["baseline"]
    return found | {baseline["model"]: baseline["figures"], "TF-IDF": baseline["figures"]}


def table(text: str, first: str) -> list[list[str]]:
    """The cells of the table of a page whose head begins with a word."""
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([entry.strip() for entry in line.strip("|").split("|")])
    return [rows[0], *rows[2:]]


def says(figure: dict[str, Any] | None, said: str) -> bool:
    """Whether a cell is the figure rounded, as a share or a percentage, with or without its interval."""
    if figure is None or figure["value"] is None:
        return said == "–"
    value, (low, high) = figure["value"], figure["interval"]
    return said in (f"{value:.2f}", cell(figure), f"{value:.1%}", f"{value:.1%} ({low:.1%}–{high:.1%})")


def model_of(name: str) -> str:
    return re.sub(r" \(.*\)$", "", name)


def test_the_readme_gives_each_figure_as_it_was_measured() -> None:
    head, *rows = table((ROOT / "README.md").read_text(encoding="utf-8"), "model")
    models = measured()
    assert len(rows) > 1
    for name, *cells in rows:
        for heading, said in zip(head[1:], cells, strict=True):
            if heading not in NOT_MEASURED_HERE:
                figure = models[model_of(name)].get(SOURCES[heading])
                assert says(figure, said), f"README.md: {heading} of {name} is {figure}, not {said}"


def test_the_readme_is_what_make_figures_would_write() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    found = text.split(BEGIN)[1].split(END)[0].strip("\n")
    assert found == figures(ROOT), "run make figures"


def test_no_figure_of_a_model_stands_in_the_readme_outside_its_table() -> None:
    """But how far annotators agree, which is not measured on a model."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## How good it is\n")[1].split("\n## ")[0]
    outside = section.split(BEGIN)[0] + section.split(END)[1]
    agreement = "0.90 (blame), 0.82 (protector) and 0.82 (threat)"
    assert agreement in (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert not re.findall(r"\d\.\d|\d%", outside.replace(agreement, ""))


def test_docs_model_gives_each_figure_as_it_was_measured() -> None:
    head, *rows = table((ROOT / "docs" / "model.md").read_text(encoding="utf-8"), "figure")
    models = measured()
    assert rows
    for name, *cells in rows:
        for heading, said in zip(head[1:], cells, strict=True):
            figure = models[model_of(heading)].get(SOURCES[name])
            assert says(figure, said), f"docs/model.md: {name} of {heading} is {figure}, not {said}"


def test_docs_model_gives_the_voices_as_they_were_counted() -> None:
    head, *rows = table((ROOT / "docs" / "model.md").read_text(encoding="utf-8"), "annotators say")
    voices = read(RESULTS / "minilm-test.json")["voices"]
    assert head[1:] == voices["voices"] == [row[0] for row in rows]
    assert [[int(count) for count in row[1:]] for row in rows] == voices["counts"]["all"]


def test_the_shipped_model_carries_the_evaluation_that_the_readme_gives() -> None:
    carried, committed = read(DEFAULT / "eval.json")["test"], read(RESULTS / "minilm-test.json")
    assert read(DEFAULT / "framelens.json")["name"] == carried["model"] == committed["model"]
    for part in ("engine", "thresholds", "figures"):
        assert carried[part] == committed[part]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The files that figures come from."""
    for file in ("README.md", "eval/results/minilm-test.json", "model/weights/minilm/eval.json"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / file, tmp_path / file)
    return tmp_path


def add_accurate(root: Path, **data: int) -> None:
    evaluation = read(RESULTS / "minilm-test.json") | {"model": "some-accurate-model"}
    evaluation["figures"]["macro/f1"] = {"value": 0.7149, "interval": [0.681, 0.7554]}
    evaluation["data"] |= data
    (root / "eval" / "results" / "accurate-test.json").write_text(json.dumps(evaluation))


def test_a_further_model_is_a_row_once_its_evaluation_is_there(repository: Path) -> None:
    add_accurate(repository)
    weights = repository / "accurate" / "framelens_accurate" / "weights"
    weights.mkdir(parents=True)
    (weights / "model.int8.onnx").write_bytes(bytes(3_400_000))
    rates = {"framelens": [100.0, 120.0, 110.0], "framelens, accurate": [25.0, 36.0, 33.0]}
    (repository / "eval" / "results" / "speed.json").write_text(json.dumps({"rates": rates}))
    write_readme(repository)
    head, *rows = table((repository / "README.md").read_text(encoding="utf-8"), "model")
    row = dict(zip(head, rows[1], strict=True))
    assert row["model"] == "some-accurate-model (`--model accurate`)"
    assert row["macro F1"] == "0.71 (0.68–0.76)"
    assert (row["size"], row["speed"]) == ("3 MB", "0.30")
    once = (repository / "README.md").read_text(encoding="utf-8")
    write_readme(repository)
    assert (repository / "README.md").read_text(encoding="utf-8") == once
    before = (ROOT / "README.md").read_text(encoding="utf-8")
    assert once.split(BEGIN)[0] == before.split(BEGIN)[0]
    assert once.split(END)[1] == before.split(END)[1]


def test_models_measured_on_different_passages_are_not_put_side_by_side(repository: Path) -> None:
    add_accurate(repository, passages=7)
    with pytest.raises(FramelensError, match="measured on different passages"):
        figures(repository)


def test_a_readme_without_the_marks_is_left_alone(repository: Path) -> None:
    (repository / "README.md").write_text("# framelens\n")
    with pytest.raises(FramelensError, match="the marks"):
        write_readme(repository)
    assert (repository / "README.md").read_text() == "# framelens\n"
