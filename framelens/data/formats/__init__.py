"""Annotated passages in the layouts of other tools and corpora, and in our own; one module a format."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from framelens.data.annotations import Annotation
from framelens.data.formats import (
    argilla,
    doccano,
    huggingface,
    label_studio,
    native,
    ptc,
    semeval2023,
    semeval2025,
    table,
)
from framelens.data.formats.labelling import Labelling
from framelens.data.formats.reading import Annotations, Format
from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError

__all__ = ["FORMATS", "WRITABLE", "Annotations", "Format", "Labelling", "format_named", "format_of", "save"]

FORMATS = {
    format.name: format
    for format in (
        native.FORMAT,
        table.FORMAT,
        huggingface.FORMAT,
        label_studio.FORMAT,
        doccano.FORMAT,
        argilla.FORMAT,
        ptc.FORMAT,
        semeval2023.FORMAT,
        *semeval2025.FORMATS,
    )
}
WRITABLE = tuple(name for name, format in FORMATS.items() if format.write)
_BY_SUFFIX = {".csv": "csv", ".json": "label-studio", ".parquet": "datasets", "": "datasets"}


def format_named(name: str) -> Format:
    """The format of that name.

    :raises FramelensError: if there is none.
    """
    if name not in FORMATS:
        raise FramelensError(f"{name!r} is not a format; choose one of {', '.join(FORMATS)}.")
    return FORMATS[name]


def format_of(path: Path) -> str:
    """The format that a name to write to suggests: JSONL is ours, whatever other tools make of it."""
    return _BY_SUFFIX.get(path.suffix.lower(), native.FORMAT.name)


def save(annotations: Sequence[Annotation], path: Path, format: Format, taxonomy: Taxonomy) -> None:
    """Write annotations to a file or folder, which appears when it is complete and replaces what was there.

    :raises FramelensError: if the format is only read, or a folder stands there that is not of this format.
    """
    if format.write is None:
        raise FramelensError(f"{format.name} is only read; write one of {', '.join(WRITABLE)}.")
    if path.is_dir() and not (path / "dataset_info.json").exists():
        raise FramelensError(f"{path} is a folder, and none that datasets wrote; write somewhere else.")
    growing = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        format.write(annotations, growing, taxonomy)
        if path.is_dir():
            shutil.rmtree(path)
        growing.replace(path)
    except BaseException:
        shutil.rmtree(growing) if growing.is_dir() else growing.unlink(missing_ok=True)
        raise
