"""Shared by the tests of formats: a file or folder written, and read in a format."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from framelens.data import load_taxonomy
from framelens.data.annotations import Annotation
from framelens.data.documents import Refusal
from framelens.data.formats import FORMATS, Labelling

Read = Callable[..., tuple[list[Annotation], list[str]]]


@pytest.fixture
def read_as(tmp_path: Path) -> Read:
    """Writes contents by name (text as it is, bytes, anything else as JSON) and reads them in a format.

    Gives the annotations, and what the refusals say after the folder. One content alone is a file, ``a.json``.
    """

    def read(
        format: str, contents: Any, labelling: Labelling | None = None, name: str = "a.json"
    ) -> tuple[list[Annotation], list[str]]:
        folder = isinstance(contents, dict) and all("." in file for file in contents)
        for file, content in (contents if folder else {name: contents}).items():
            path = tmp_path / file
            path.parent.mkdir(parents=True, exist_ok=True)
            if not isinstance(content, str | bytes):
                content = json.dumps(content)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        source = tmp_path if folder else tmp_path / name
        items = list(FORMATS[format].read(source, labelling or Labelling(load_taxonomy())))
        refusals = [str(item).removeprefix(f"{tmp_path}/") for item in items if isinstance(item, Refusal)]
        return [item for item in items if isinstance(item, Annotation)], refusals

    return read
