"""What is wrong with a config, in sentences that say what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

_KINDS = {"integer": "a whole number", "number": "a number", "string": "text", "boolean": "true or false"}
_MANY = {"integer": "whole numbers", "number": "numbers", "string": "texts"}
_BOUNDS = {
    "exclusiveMinimum": "greater than",
    "minimum": "at least",
    "exclusiveMaximum": "less than",
    "maximum": "at most",
}


def mistakes(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """The keys that are wrong, as ``section.key``, each with the rest of a sentence about it."""
    schema = model.model_json_schema()
    for mistake in error.errors():
        keys = [str(part) for part in mistake["loc"]]
        if mistake["type"] == "extra_forbidden":
            last, names = keys[-1], list(_find(schema, keys[:-1])["properties"])
            yield ".".join(keys), f"is no key{suggestion(last, names) or _elsewhere(last, schema, names)}"
        elif mistake["type"] == "missing":
            yield ".".join(keys), f"is missing; give {allowed(_find(schema, keys), schema)}."
        elif mistake["type"] == "value_error":
            # Of a validator of ours, which says what is wrong and what to do.
            yield ".".join(keys), str(mistake["ctx"]["error"])
        else:
            given = "empty" if mistake["input"] is None else shown(mistake["input"])
            yield ".".join(keys), f"is {given}; give {allowed(_find(schema, keys), schema)}."


def schema_of(model: type[BaseModel], key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The JSON schema of a key, and that of the whole section, as :func:`allowed` takes them."""
    root = model.model_json_schema()
    return root["properties"][key], root


def suggestion(name: str, names: Iterable[str]) -> str:
    """The end of a sentence about a name that is none: which one may have been meant; empty where none is near."""
    near = get_close_matches(name, list(names), 1)
    return f'; did you mean "{near[0]}"?' if near else ""


def shown(value: Any) -> str:
    """A value that is wrong, cut short."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def allowed(schema: dict[str, Any], root: dict[str, Any]) -> str:
    """What a key may hold, in words, from its JSON schema; ``root`` is that of the whole config."""
    schema = _resolve(schema, root)
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    kind = schema.get("type")
    if kind == "array":
        return f"a list of {_MANY[schema['items']['type']]}, such as [a, b]"
    if kind == "object" and "properties" in schema:
        return f"a section with keys among {', '.join(schema['properties'])}"
    if kind == "object":
        each = schema.get("additionalProperties", True)
        return f"for each name {'a value' if each is True else allowed(each, root)}, such as {{name: …}}"
    bounds = [f"{words} {schema[bound]}" for bound, words in _BOUNDS.items() if bound in schema]
    return f"{_KINDS.get(kind or '', 'another value')} {' and '.join(bounds)}".rstrip()


def _elsewhere(name: str, root: dict[str, Any], names: list[str]) -> str:
    """Where else a key of that name is, else which keys there are."""
    for section, schema in root["properties"].items():
        if name in _resolve(schema, root).get("properties", {}):
            return f'; did you mean "{section}.{name}"?'
    return f"; the keys here are {', '.join(names)}."


def _find(root: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    """The schema of the key that the keys lead to."""
    schema = root
    for key in keys:
        schema = _resolve(schema, root)
        schema = schema.get("properties", {}).get(key) or schema.get("items") or schema.get("additionalProperties", {})
    return _resolve(schema, root)


def _resolve(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, where it is a reference or may be null too."""
    for option in schema.get("anyOf", []):
        if option.get("type") != "null":
            return _resolve(option, root)
    if "$ref" in schema:
        return root["$defs"][schema["$ref"].rpartition("/")[2]]  # type: ignore[no-any-return]
    return schema
