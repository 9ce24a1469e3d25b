"""Shared by the data tests: documents and refusals of an odd file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from framelens.data import Document, Fields, Refusal, read_documents

Read = Callable[..., tuple[list[Document], list[str]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes bytes to a file of that name and reads it: the documents, and what the refusals say after the folder."""

    def read_file(name: str, raw: bytes | None = None, **fields: str) -> tuple[list[Document], list[str]]:
        if raw is not None:
            (tmp_path / name).write_bytes(raw)
        items = list(read_documents(str(tmp_path / name), Fields(**fields)))
        refusals = [str(item).removeprefix(f"{tmp_path}/") for item in items if isinstance(item, Refusal)]
        return [item for item in items if isinstance(item, Document)], refusals

    return read_file
