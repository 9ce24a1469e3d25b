"""The space that a search goes through: what may be tried, and what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from framelens.errors import FramelensError
from framelens.training.config import Config, Data, Encoder
from framelens.training.mistakes import mistakes, shown

# Where a search lies in the folder of the model.
FOLDER = "search"
# Keys that are the same in all trials, and why.
_SAME = "all trials learn from and are measured on the same passages"
_NO_PART = "it has no part in the score on dev"
_NOT_TRIED = {
    f"data.{name}": _SAME for name in Data.model_fields if name not in ("swap", "soft", "gold_repeats", "prevalence")
} | {
    "data.prevalence": _NO_PART,
    "seed": "the best of several seeds is luck, and it deals out dev and test",
    "name": _NO_PART,
    "about": _NO_PART,
    "output": _NO_PART,
    "schedule.checkpoint_steps": _NO_PART,
    "search": "it says itself what is tried",
}
# The least that a config must have, to see a single key by itself.
_BARE = Config(name="-", output="-", data=Data(annotations=["-"]), encoder=Encoder(name="-"))


class Range(BaseModel):
    """Numbers from low to high, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    low: float = Field(description="The lowest.")
    high: float = Field(description="The highest.")
    log: bool = Field(False, description="Whether small numbers are tried as often as numbers ten times as high.")


Space = dict[str, Range | list[Any]]


def load_space(space: Mapping[str, Any]) -> Space:
    """What a search is to try, by key: a range of numbers or a list of values.

    :raises FramelensError: with a sentence for each thing that cannot be tried.
    """
    wrong = list(space_mistakes(space))
    if wrong:
        raise FramelensError(*(f"{key} {what}" for key, what in wrong))
    return {key: tried if isinstance(tried, list) else Range.model_validate(tried) for key, tried in space.items()}


def configured(config: Config, values: Mapping[str, Any]) -> Config:
    """A config with other values.

    :param values: by ``section.key``.
    :raises pydantic.ValidationError: if there is no such key, or it cannot have this value.
    """
    content = config.model_dump()
    for key, value in values.items():
        *sections, last = key.split(".")
        section = content
        for name in sections:
            # A section may be none, as encoder.lora.
            section[name] = section[name] if isinstance(section.get(name), dict) else {}
            section = section[name]
        section[last] = value
    return Config.model_validate(content)


def whole(key: str, tried: Range) -> bool:
    """Whether a key takes whole numbers only: what is just above the lowest number is then refused."""
    return bool(_wrong(key, math.nextafter(tried.low, tried.high)))


def space_mistakes(space: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with ``search.space``: keys of the config, each with the rest of a sentence about it."""
    for key, tried in space.items():
        outer = next((other for other in space if str(key).startswith(f"{other}.")), None)
        if reason := next((why for name, why in _NOT_TRIED.items() if f"{key}.".startswith(f"{name}.")), ""):
            found = [("", f"cannot be tried: {reason}.")]
        elif key in Config.model_fields:
            inside = next(iter(tried), "KEY") if isinstance(tried, Mapping) else "KEY"
            found = [("", f"is a section; name each key in it by itself, as {key}.{inside}.")]
        elif outer is not None:
            found = [("", f"is part of {outer}, which is tried too; name only one of the two.")]
        else:
            found = _wrong_values(str(key), tried)
        # Each end of a range, and each value of a list, may have the same mistake.
        for inner, what in dict.fromkeys(found):
            yield f"search.space.{inner or key}", what


def _wrong_values(key: str, tried: Any) -> list[tuple[str, str]]:
    if isinstance(tried, list) and tried:
        return [found for value in tried for found in _wrong(key, value)]
    if not isinstance(tried, Mapping):
        return [("", f"is {shown(tried)}; give a list of values, or a range such as {{low: 0.1, high: 0.5}}.")]
    try:
        numbers = Range.model_validate(tried)
    except ValidationError as error:
        return [(f"{key}.{inner}", what) for inner, what in mistakes(error, Range)]
    found = [found for end in (numbers.low, numbers.high) for found in _wrong(key, _shortest(end))]
    if numbers.low >= numbers.high:
        found.append(("", "has a low that is not below its high; swap or mend them."))
    if numbers.log and numbers.low <= 0:
        found.append(("", "has a logarithmic scale, on which low must be above 0."))
    return found


def _wrong(key: str, value: Any) -> list[tuple[str, str]]:
    """What is wrong with a value of a key of the config."""
    try:
        config = configured(_BARE, {key: value})
    except ValidationError as error:
        return list(mistakes(error, Config))
    if not config.trainer:
        return []
    # TrainingArguments are loaded, which takes a while, only where they are named.
    from framelens.training.arguments import argument_mistakes

    return list(argument_mistakes(config.trainer))


def _shortest(number: float) -> float:
    """A number as a person writes it."""
    return int(number) if number.is_integer() else number
