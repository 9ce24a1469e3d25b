"""What README, the documentation and --help tell people to type does what they say.

Each ``sh`` block runs, line by line, in a folder of its own in which small files stand in for the reader's: articles/,
posts.csv, labelled.jsonl and so on. What cannot run here is checked as far as it can be: the lists below say what, and
why. A line that no list and no rule knows fails, so that a new one cannot be forgotten. Commands within the text are
held against the options that the commands have.
"""

from __future__ import annotations

import ast
import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer.main
from rich.console import Console

from framelens import FrameClassifier
from framelens.data import load_annotations
from framelens.data.formats import FORMATS, save
from framelens.data.taxonomy import load_taxonomy
from framelens.scripts.cli import app
from framelens.scripts.table import TableWriter
from framelens.training.config import load_config

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "accurate/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted(EXAMPLES.rglob("*.md")),
]
CHARACTERS = "tests/test_characters.py runs it on its own, with a small encoder"
ONCE = "a config of one's own is trained once, from docs/retraining.md"
# Commands that are read, and their options and keys checked, but that do not run here.
ONLY_READ = {
    "framelens train mine/config.yaml --set schedule.epochs=3": ONCE,
    "framelens train mine/config.yaml --set schedule.epochs=3 data.swap=0.2 output=runs/swapped": ONCE,
    "framelens train mine/config.yaml --set encoder.tuning=heads data.dev=0.25 data.stratify=THE_RAREST_FRAME": (
        "tests/training/test_fewshot.py trains so"
    ),
    "framelens train mine/config.yaml --search": "it trains once a trial; tests/training/test_search.py searches",
    "framelens train mine/config.yaml --resume": "it needs a crash; tests/training/test_checkpoints.py makes one",
    "accelerate launch --num_processes 2 -m framelens train mine/config.yaml": "two processes of torch; "
    "tests/training/test_processes.py starts them",
    "framelens export runs/my-frames -o small/ --int8-only --check articles/": "tests/scripts/test_commands.py does",
    "framelens evaluate runs/my-frames examples/train.yaml --against tfidf": "README.md has it with -o, and that runs",
    "framelens train examples/characters/config.yaml": CHARACTERS,
    "framelens evaluate runs/characters examples/characters/config.yaml -o runs/characters-results --against tfidf": (
        CHARACTERS
    ),
    "framelens export runs/characters -o runs/characters-exported --check examples/characters/article.txt": CHARACTERS,
    "framelens score examples/characters/article.txt --model runs/characters-exported": CHARACTERS,
    "framelens score examples/characters/article.txt --model runs/characters-exported -o scored.jsonl": CHARACTERS,
}
# A training here learns nothing: a random encoder of two layers, one epoch.
SMALL = "encoder.name={encoder} encoder.window=64 schedule.epochs=1 schedule.batch_size=16"
# Words that the reader is to replace.
REPLACED = {"THE_RAREST_FRAME": "benevolent_protector"}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, and the line that it begins in."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def commands(self) -> list[str]:
        """The lines of a shell block without comments, a continued one as one."""
        joined = self.text.replace("\\\n", " ").splitlines()
        return [words for line in joined if (words := re.sub(r"(^|\s)#.*", "", line).strip())]


def blocks(language: str) -> list[Block]:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, flags=re.M | re.S):
            if match[1] == language:
                found.append(Block(page, text.count("\n", 0, match.start()) + 1, language, match[2]))
    return found


def inline() -> list[tuple[str, str]]:
    """The commands that stand within the text of the pages, with their page."""
    found = []
    for page in PAGES:
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        spans = (re.sub(r"\s+", " ", span).strip() for span in re.findall(r"`([^`]+)`", text))
        begin = ("framelens ", "pip install ", "make ", "python -m ")
        found += [(str(page.relative_to(ROOT)), span) for span in spans if span.startswith(begin)]
    return sorted(set(found))


@cache
def helped() -> dict[str, list[str]]:
    """The examples in the help of every command."""
    found: dict[str, list[str]] = {}

    def collect(command: Any, name: str) -> None:
        lines = (command.help or "").partition("Examples:")[2].splitlines()
        found[name] = [line.strip() for line in lines if line.strip()]
        for inner, each in getattr(command, "commands", {}).items():
            collect(each, f"{name} {inner}")

    collect(typer.main.get_command(app), "framelens")
    return found


def understood(command: str) -> None:
    """See that a command of framelens names a command and options that there are.

    Usage such as ``framelens score INPUT… [-o OUT]`` is read too.
    """
    words = re.sub(r"[\[\]…|]", " ", command[command.index("framelens ") :]).split()[1:]
    found: Any = typer.main.get_command(app)
    while words and words[0] in getattr(found, "commands", {}):
        found = found.commands[words.pop(0)]
    if getattr(found, "commands", None) and words and not words[0].startswith("-"):
        assert words[0] == "COMMAND", f"{command}: there is no command {words[0]}"
    known = {option for parameter in found.params for option in parameter.opts} | {"--help"}
    for word in words:
        if re.match(r"-{1,2}[a-z]", word):
            assert word.split("=")[0].rstrip(",.;:") in known, f"{command}: there is no option {word}"


def read_only(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check the options of a command, and of a training the keys that it sets."""
    understood(command)
    for word, replacement in REPLACED.items():
        command = command.replace(word, replacement)
    words = shlex.split(command)
    if "train" in words:
        monkeypatch.chdir(folder)
        config = next(word for word in words if word.endswith(".yaml"))
        load_config(Path(config), words[words.index("--set") + 1 :] if "--set" in words else [])


def installable(command: str) -> None:
    """Check that the folders and extras that pip is to install are there."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for part in re.split(r"\s+&&\s+", command)[0].split()[2:]:
        name, _, asked = part.strip("'").partition("[")
        assert set(filter(None, asked.rstrip("]").split(","))) <= set(extras), f"{command}: no extra {asked}"
        if name.startswith("."):
            assert (ROOT / name / "pyproject.toml").is_file(), f"{command}: no package in {name}"


def makeable(command: str) -> None:
    """Check that the Makefile has the target."""
    subprocess.run(["make", "-n", *command.split()[1:]], cwd=ROOT, check=True, capture_output=True)


# The files that stand in for the reader's


@pytest.fixture(scope="session")
def stand_ins(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the pages speak of."""
    folder = tmp_path_factory.mktemp("reader")
    shutil.copytree(EXAMPLES, folder / "examples")
    shutil.copytree(EXAMPLES / "articles", folder / "articles")
    shutil.copy(EXAMPLES / "articles" / "state_column.txt", folder / "article.txt")
    shutil.copytree(trained, folder / "runs" / "my-frames")
    _corpus(folder)
    _annotated(folder)
    (folder / "mine").mkdir()
    framelens("train --init mine", folder)
    shutil.copy(folder / "annotated.jsonl", folder / "mine")
    (folder / "ptc").mkdir()
    (folder / "ptc" / "article1.txt").write_text("A title\n\nThe plague will reach us all.\n")
    (folder / "ptc" / "article1.labels.tsv").write_text("1\tAppeal_to_fear-prejudice\t9\t19\n")
    return folder


def _corpus(folder: Path) -> None:
    """A corpus that has been scored, texts of it among the articles, and labels of a part of it."""
    rows = [json.loads(line) for line in (EXAMPLES / "contrast" / "train.jsonl").read_text().splitlines()]
    rows = list({row["id"]: row for row in sorted(rows, key=lambda row: len(row["text"])) if row["annotator"]}.values())
    short = [row for row in rows if len(row["text"].split()) >= 5][:560]
    texts = [
        {"id": row["id"], "text": row["text"], "source": ("wire", "blog")[index % 2]} for index, row in enumerate(short)
    ]
    shutil.copytree(EXAMPLES / "articles", folder / "corpus")
    _write(folder / "corpus" / "texts.jsonl", texts)
    _write(folder / "articles" / "letters.jsonl", texts[::12])
    for name in ("labels.jsonl", "labelled.jsonl"):
        _write(folder / name, short[::6])
    _write(folder / "to_annotate.jsonl", [row | {"labels": {}} for row in texts[:30]])
    with open(folder / "posts.csv", "w", newline="") as stream:
        writer = csv.DictWriter(stream, ["id", "body"])
        writer.writeheader()
        writer.writerows({"id": row["id"], "body": row["text"]} for row in texts[:20])
    framelens("score corpus/ -o scored.jsonl", folder)
    framelens("score articles/ -o scored.parquet", folder)
    framelens("score articles/ -o shards/", folder)
    scored = (folder / "scored.jsonl").read_text().splitlines(keepends=True)
    (folder / "sample.jsonl").write_text("".join(scored[::10]))


def _annotated(folder: Path) -> None:
    """Annotated passages: whole, by annotator, in several files with splits, and as Label Studio exports them."""
    lines = (EXAMPLES / "annotated.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    _write(folder / "annotated.jsonl", rows)
    first = [row for row in rows if row["annotator"] == "e1"]
    _write(folder / "first.jsonl", first)
    _write(folder / "second.jsonl", [row for row in rows if row["annotator"] == "e2"])
    _write(folder / "annotated" / "a.jsonl", first[::2])
    _write(folder / "annotated" / "b.jsonl", first[1::2])
    documents = sorted({row["doc_id"] for row in first})
    parts = {"dev": documents[::5], "test": documents[1::5]}
    splits = {part: [row["id"] for row in first if row["doc_id"] in chosen] for part, chosen in parts.items()}
    (folder / "splits.json").write_text(json.dumps(splits))
    taxonomy = load_taxonomy()
    save(load_annotations(folder / "first.jsonl", taxonomy), folder / "export.json", FORMATS["label-studio"], taxonomy)


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


@pytest.fixture
def folder(stand_ins: Path, tmp_path: Path) -> Path:
    """A copy of the stand-ins, to work in."""
    return Path(shutil.copytree(stand_ins, tmp_path / "reader"))


# Running


def shell(line: str, folder: Path) -> str:
    """What a line of shell writes to standard output.

    The larger model is found as if it were installed.
    """
    executables = str(Path(sys.executable).parent)
    accurate = os.pathsep.join(filter(None, [str(ROOT / "accurate"), os.environ.get("PYTHONPATH")]))
    environment = {
        "PATH": os.pathsep.join([executables, os.environ["PATH"]]),
        "PYTHONPATH": accurate,
        # For networks as small as these, more threads cost more than they give.
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", line],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | environment,
        timeout=300,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


def framelens(arguments: str, folder: Path) -> str:
    return shell(f"framelens {arguments}", folder)


def outputs(command: str, folder: Path) -> Iterator[Path]:
    """What a command is to write, where the stand-ins may have it already."""
    words = shlex.split(command)
    for option, value in pairwise(words):
        if option in ("-o", "--output", "--init"):
            yield folder / value
    if "train" in words:
        yield folder / "runs"


def follow(commands: list[str], folder: Path, encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what a reader would: one command after the other."""
    made: set[Path] = set()
    for command in commands:
        if command.startswith("make "):
            makeable(command)
        elif command.startswith("pip install "):
            installable(command)
        elif command in ONLY_READ:
            read_only(command, folder, monkeypatch)
        else:
            assert re.match(r"(cat \S+ \| )?framelens ", command), f"{command}: put it into a list of this test"
            understood(command)
            for path in outputs(command, folder):
                # A stand-in for what the reader is about to make.
                if path not in made and path.is_dir():
                    shutil.rmtree(path)
                elif path not in made:
                    path.unlink(missing_ok=True)
                made.add(path)
            if re.match(r"framelens train .*\.yaml", command):
                command += f" --set {SMALL.format(encoder=encoder)}"
            shell(command, folder)


@pytest.mark.parametrize("block", blocks("sh"), ids=str)
def test_a_block_of_commands_runs(
    block: Block, folder: Path, tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(block.commands, folder, tiny_encoder, monkeypatch)


@pytest.mark.parametrize("name", helped())
def test_the_examples_of_help_run(name: str, folder: Path, tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documented = {command for block in blocks("sh") for command in block.commands}
    assert len(helped()[name]) >= 2
    for command in helped()[name]:
        understood(command)
    # What stands on a page runs there.
    follow([each for each in helped()[name] if each not in documented], folder, tiny_encoder, monkeypatch)


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_a_block_of_python_runs_and_gives_what_its_comments_say(block: Block, folder: Path) -> None:
    lines = []
    for line in block.text.splitlines():
        lines.append(line)
        expression, _, said = line.partition("  # ")
        try:
            value = ast.literal_eval(said)
        except (SyntaxError, ValueError):
            continue
        lines.append(f"assert ({expression}) == {value!r}, ({expression})")
    (folder / "block.py").write_text("\n".join(lines))
    shell(f"{shlex.quote(sys.executable)} block.py", folder)


@pytest.mark.parametrize(("page", "command"), inline(), ids=lambda value: value[:60])
def test_a_command_within_the_text_is_one(page: str, command: str) -> None:
    if command.startswith("pip install "):
        installable(command)
    elif command.startswith("make "):
        makeable(command)
    elif command.startswith("python -m "):
        module = command.split()[2].replace(".", "/")
        assert (ROOT / f"{module}.py").is_file() or command.split()[2].startswith("framelens")
    else:
        understood(command)


def test_what_is_only_read_stands_somewhere() -> None:
    documented = {command for block in blocks("sh") for command in block.commands}
    documented |= {command for commands in helped().values() for command in commands}
    assert set(ONLY_READ) <= documented
    for reason in ONLY_READ.values():
        for file in re.findall(r"tests/\S+\.py", reason):
            assert (ROOT / file).is_file(), file


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        assert linked.exists(), f"{page}: {target}"
        if heading:
            titles = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), flags=re.M)
            anchors = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
            assert heading in anchors, f"{page}: {target}"


# What pages quote


@pytest.fixture(scope="module")
def printed(shipped: FrameClassifier) -> list[str]:
    """The table of the wire report on a terminal of 80 columns without styles."""
    stream = StringIO()
    with TableWriter(Console(file=stream, width=80), shipped.taxonomy) as table:
        for record in shipped.score(EXAMPLES / "articles" / "wire_report.md"):
            table.write(record)
    return stream.getvalue().splitlines()


def words(lines: list[str]) -> str:
    """The lines without marks, white space and probabilities, which differ a little between processors."""
    bare = re.sub(r"[«»\[\]\s]", "", "".join(lines))
    return re.sub(r"\d\.\d\d", "p", bare)


@pytest.mark.parametrize(
    "block", [block for block in blocks("text") if " blame " in block.text or " protector " in block.text], ids=str
)
def test_a_table_that_a_page_shows_is_what_is_printed(block: Block, printed: list[str]) -> None:
    shown = [line for line in block.text.splitlines() if line.strip()]
    rows = [index for index, line in enumerate(shown) if re.match(r"\s+\d+   ", line)]
    for start, end in pairwise([*rows, len(shown)]):
        first = next(index for index, line in enumerate(printed) if line[:6] == shown[start][:6])
        there = printed[first : first + end - start]
        assert words(shown[start:end]) == words(there)
        for said, found in zip(
            *(re.findall(r"\d\.\d\d", "".join(lines)) for lines in (shown[start:end], there)), strict=True
        ):
            assert float(said) == pytest.approx(float(found), abs=0.05)


def test_the_borderline_cases_are_those_of_the_examples() -> None:
    titles = {frame.id: frame.title for frame in load_taxonomy().frames}
    rows = []
    for annotation in load_annotations(EXAMPLES / "borderlines.jsonl", load_taxonomy()):
        judged = [(titles[frame], judgement) for frame, judgement in annotation.labels.items()]
        present = [
            f"**{title}**, {each.voice}{', borderline' * (each.score == 2)}"
            for title, each in judged
            if each.score >= 2
        ]
        near = [f"not {title}, borderline" for title, each in judged if each.score == 1]
        label = "; ".join([*present, *near]) or "none"
        rows.append(f"| {annotation.text} | {label} | {annotation.meta['note']} |")
    page = (ROOT / "docs" / "borderlines.md").read_text(encoding="utf-8").splitlines()
    shown = [line for line in page if line.startswith("| ") and not line.startswith(("| passage |", "| --- |"))]
    assert shown == rows
