"""docs/retraining.md says of each key what the code says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from framelens.training.config import Config
from framelens.training.mistakes import allowed, schema_of

DOCS = Path(__file__).parents[2] / "docs" / "retraining.md"


def sections(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """The sections of a config, with what stands before the names of their keys."""
    yield prefix, model
    for name, field in model.model_fields.items():
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from sections(kind, f"{prefix}{name}.")


def row(model: type[BaseModel], name: str, field: FieldInfo, prefix: str) -> str:
    unset = field.default in (None, "", [], {})
    default = "required" if field.is_required() else "–" if unset else str(field.default)
    return f"| `{prefix}{name}` | {field.description} | {allowed(*schema_of(model, name))} | {default} |"


def rows() -> Iterator[str]:
    for prefix, model in sections(Config):
        for name, field in model.model_fields.items():
            if not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
                yield row(model, name, field, prefix)


def test_every_key_stands_in_the_reference_as_the_code_has_it() -> None:
    text = DOCS.read_text(encoding="utf-8")
    missing = [line for line in rows() if line not in text]
    assert not missing, "\n".join(["paste into docs/retraining.md:", *missing])
