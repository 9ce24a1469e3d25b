"""How the command line reads: help, version, completion, and what a terminal gets."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import typer.main

from framelens import __version__
from framelens.scripts.cli import app

Command = Callable[..., CompletedProcess[str]]
EXECUTABLE = Path(sys.executable).with_name("framelens")
BLAME = "The ministry ignored every warning, and it alone is to blame for the drowned valley."
PLAIN = "The committee meets on Tuesday at ten in the town hall."


def commands(group: Any = None, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command and group, by the words that call it."""
    group = group or typer.main.get_command(app)
    inner = [commands(each, (*path, name)) for name, each in getattr(group, "commands", {}).items()]
    return [path, *(found for each in inner for found in each)]


def terminal(folder: Path, *arguments: str, columns: int = 80, **environment: str) -> list[str]:
    """The lines of a terminal of that width in which the command ran."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR", "TERM")}
    environment = kept | {"TERM": "xterm-256color"} | environment
    with subprocess.Popen(
        [EXECUTABLE, *arguments], cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        read = bytearray()
        try:
            while part := os.read(ours, 65_536):
                read += part
        except OSError:
            # Linux says the end of a terminal so.
            pass
        finally:
            os.close(ours)
    assert process.returncode == 0, read.decode()
    return read.decode().replace("\r\n", "\n").split("\n")


@pytest.fixture
def article(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(f"{PLAIN}\n\n{BLAME}\n")
    return tmp_path


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_help_shows_two_examples_each_on_a_line_of_its_own_at_80_columns(
    framelens: Command, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    done = framelens(*command, "--help")
    assert done.returncode == 0
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert "Examples:" in lines
    examples = lines[lines.index("Examples:") + 1 :]
    examples = examples[: examples.index("")]
    assert len(examples) >= 2
    for example in examples:
        assert shlex.split(example)[: 1 + len(command)] == ["framelens", *command]


def test_version_says_model_and_engine(framelens: Command) -> None:
    (line,) = framelens("--version").stdout.splitlines()
    engine = f"onnxruntime {version('onnxruntime')} (int8, CPU"
    assert re.fullmatch(rf"framelens {__version__}, framelens-minilm-\d+ on {re.escape(engine)}.*\)", line)


def test_version_loads_neither_model_nor_engine() -> None:
    code = (
        "import sys\nfrom framelens.scripts.version import version_line\nversion_line()\n"
        "assert not {'onnxruntime', 'torch', 'tokenizers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("framelens sc", ["score"]),
        ("framelens data ag", ["agreement"]),
        ("framelens score --model a", ["accurate"]),
        ("framelens score --model runs/mine", []),
        ("framelens score --device c", ["cpu", "cuda"]),
        ("framelens score --unit s", ["sentence"]),
        ("framelens evaluate tf", ["tfidf"]),
        ("framelens data convert --from label", ["label-studio"]),
    ],
)
def test_the_shell_completes(
    framelens: Command, typed: str, completed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_FRAMELENS_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split()) - 1))
    assert framelens().stdout.split() == completed


def test_completion_can_be_shown_and_installed(tmp_path: Path) -> None:
    # bash has to be the parent process, which says what shell it is for.
    for option in ("--show-completion", "--install-completion"):
        line = f"{shlex.quote(str(EXECUTABLE))} {option}; true"
        done = subprocess.run(
            ["bash", "-c", line], capture_output=True, text=True, env=os.environ | {"HOME": str(tmp_path)}, check=True
        )
        assert not done.stderr
        if option == "--show-completion":
            assert "complete -o default -F _framelens_completion framelens" in done.stdout
    assert "framelens" in (tmp_path / ".bashrc").read_text()


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_table_is_as_wide_as_the_terminal(article: Path, columns: int) -> None:
    lines = terminal(article, "score", "a.txt", columns=columns)
    bare = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines if "framelens: " not in line]
    assert max(map(len, bare)) == columns
    assert any("blame" in line for line in bare)
    assert sum(line.startswith("How to read this") for line in bare) == 1


def test_a_terminal_gets_colours_and_one_total(article: Path) -> None:
    lines = terminal(article, "score", "a.txt")
    assert any("\x1b[1;4;31m" in line for line in lines)
    assert len([line for line in lines if "2 passages in" in line]) == 1


def test_no_color_leaves_the_underlines(article: Path) -> None:
    text = "\n".join(terminal(article, "score", "a.txt", NO_COLOR="1"))
    assert "\x1b[1;4mblame" in text
    assert not re.search(r"\x1b\[[0-9;]*(3[0-7]|38;)", text)


def test_no_color_holds_for_help_too(article: Path) -> None:
    assert not re.search(r"\x1b\[[0-9;]*(3[0-7]|38;)", "\n".join(terminal(article, "score", "--help", NO_COLOR="1")))


def test_a_dumb_terminal_gets_plain_text_with_marks(article: Path) -> None:
    text = "\n".join(terminal(article, "score", "a.txt", TERM="dumb"))
    assert "\x1b" not in text
    assert "«" in text
    assert "«evidence»" in text
