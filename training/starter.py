"""A config to start from, which says of each key what it means."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from textwrap import indent, wrap
from typing import Any, get_args

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from framelens.training.config import Config
from framelens.training.mistakes import allowed, schema_of

CONFIG, TAXONOMY = "config.yaml", "taxonomy.json"
_HEAD = """\
# A training run of framelens. Put annotated passages where data.annotations says, then:
#   framelens train {path}
# Paths count from the folder that the command runs in. A key that begins with # is not set; take the # away to set it.
# Any key can be set for one run: framelens train {path} --set schedule.epochs=3 data.swap=0.2
"""


def write_starter(folder: Path) -> None:
    """Write a config with all keys, and beside it the taxonomy that comes with framelens, to be changed at will."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TAXONOMY).write_bytes(files("framelens.data").joinpath("taxonomy.json").read_bytes())
    (folder / CONFIG).write_text(starter(folder), encoding="utf-8")


def starter(folder: Path) -> str:
    """A config in YAML, each key with what it means and may hold; its files lie in the folder."""
    values = {
        "name": "my-frames",
        "output": (folder / "model").as_posix(),
        "data": {
            "annotations": [(folder / "annotated.jsonl").as_posix()],
            "taxonomy": (folder / TAXONOMY).as_posix(),
        },
        "encoder": {"name": "default"},
    }
    return _HEAD.format(path=(folder / CONFIG).as_posix()) + "".join(_section(Config, values))


def _section(model: type[BaseModel], values: dict[str, Any]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield f"\n{_comment(field.description or '')}{name}:\n"
            yield indent("".join(_section(inner, values.get(name, {}))).lstrip("\n"), "  ")
        else:
            comment = _comment(_meaning(model, name, field)) + "".join(_parts(field))
            yield f"\n{comment}{_line(name, field, values)}\n"


def _line(name: str, field: FieldInfo, values: dict[str, Any]) -> str:
    """The key with its value; where it has none by default, an example that is commented out."""
    default = None if field.is_required() else field.default
    value = values.get(name, default)
    if value in (None, "", [], {}):
        return f"#{name}: {_yaml((field.examples or [value])[0])}"
    return f"{name}: {_yaml(value)}"


def _meaning(model: type[BaseModel], name: str, field: FieldInfo) -> str:
    may = allowed(*schema_of(model, name))
    default = "must be set" if field.is_required() else f"default {_yaml(field.default)}"
    return f"{field.description} {may[0].upper()}{may[1:]}; {default}."


def _parts(field: FieldInfo) -> Iterator[str]:
    """A comment for each key of a section that may be none."""
    for kind in get_args(field.annotation):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, part in kind.model_fields.items():
                yield _comment(f"- {name}: {_meaning(kind, name, part)}")


def _yaml(value: Any) -> str:
    if value in (None, "", [], {}):
        return "none"
    return str(yaml.safe_dump(value, default_flow_style=True, width=1000)).removesuffix("\n").removesuffix("\n...")


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in wrap(text, 116))
