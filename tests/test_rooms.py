"""The rooms of the house: who may import whom."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "framelens": {"framelens", "framelens.data", "framelens.errors"},
    "model": {"framelens.data", "framelens.errors", "framelens.model"},
    "training": {"framelens.data", "framelens.errors", "framelens.model", "framelens.training"},
    "eval": {"framelens.data", "framelens.errors", "framelens.model", "framelens.eval"},
}


def imports(file: Path) -> Iterator[str]:
    """Modules of ours that a file imports, except for type checking and through the lazy public face."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (name for name in names if name.split(".")[0] == "framelens")
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{file}: relative import"


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_what_the_layout_allows(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    for file in files:
        for name in imports(file):
            if file.name == "__main__.py" and name == "framelens.scripts.cli":
                continue
            assert ".".join(name.split(".")[:2]) in ALLOWED[room], f"{file.relative_to(ROOT)} imports {name}"


def run_blocking(code: str, *blocked: str) -> subprocess.CompletedProcess[str]:
    prelude = "import sys\n" + "".join(f"sys.modules[{name!r}] = None\n" for name in blocked)
    return subprocess.run(
        [sys.executable, "-c", prelude + code], capture_output=True, text=True, env=os.environ, cwd=ROOT / "tests"
    )


def test_scoring_needs_nothing_of_the_train_extra() -> None:
    code = (
        "from framelens import FrameClassifier\n"
        "records = list(FrameClassifier.load().score('../examples/articles/state_column.txt'))\n"
        "assert records\n"
    )
    done = run_blocking(
        code, "torch", "transformers", "datasets", "sklearn", "pydantic_settings", "yaml", "safetensors"
    )
    assert done.returncode == 0, done.stderr


def test_importing_framelens_loads_no_engine() -> None:
    done = run_blocking("import framelens\nassert 'onnxruntime' not in sys.modules and 'pyarrow' not in sys.modules")
    assert done.returncode == 0, done.stderr


def test_a_train_command_without_the_extra_says_what_to_install() -> None:
    code = "from framelens.scripts.cli import main\nsys.argv = ['framelens', 'export', 'a', '-o', 'b']\nmain()"
    done = run_blocking(code, "torch", "onnx")
    assert done.returncode == 1
    assert "framelens[train]" in done.stderr
    assert "Traceback" not in done.stderr
