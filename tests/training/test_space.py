"""What a search may try, and what a user reads who asks for something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from framelens.errors import FramelensError
from framelens.training.config import Config, Lora, load_config
from framelens.training.space import Range, configured, load_space, whole

GOOD = "name: a\ndata: {annotations: [x.jsonl]}\nencoder: {name: e}\noutput: runs/a\n"
PLACE = "search.space."


def wrong(folder: Path, search: str) -> list[str]:
    """The sentences about a section, without the file's name."""
    path = folder / "config.yaml"
    path.write_text(f"{GOOD}search: {search}\n")
    with pytest.raises(FramelensError) as caught:
        load_config(path)
    return [sentence.removeprefix(f"{path}: ") for sentence in caught.value.args]


def test_a_space_of_ranges_and_lists_loads(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        f"{GOOD}search:\n  trials: 3\n  space:\n"
        "    schedule.learning_rate: {low: 2e-5, high: 3.0e-4, log: true}\n"
        "    schedule.epochs: [2, 3, 5]\n"
        "    schedule.positive_weights.threat_inflation: {low: 1, high: 4}\n"
        "    encoder.lora: [null, {rank: 4}]\n"
        "    trainer.lr_scheduler_type: [linear, cosine]\n"
    )
    loaded = load_config(path).search
    assert loaded is not None
    assert loaded.trials == 3
    space = load_space(loaded.space)
    assert space["schedule.learning_rate"] == Range(low=2e-5, high=3e-4, log=True)
    assert space["schedule.epochs"] == [2, 3, 5]
    assert load_config(path, ["search.trials=7"]).search != loaded


@pytest.mark.parametrize(
    ("space", "sentence"),
    [
        ("schedule.learnig_rate: [1, 2]", 'schedule.learnig_rate is no key; did you mean "learning_rate"?'),
        ("learning_rate: {low: 1, high: 2}", 'learning_rate is no key; did you mean "schedule.learning_rate"?'),
        ("shedule.epochs: [1]", 'shedule is no key; did you mean "schedule"?'),
        ("schedule.epochs: [2, 0]", "schedule.epochs is 0; give a number greater than 0."),
        ("data.swap: {low: 0, high: 2}", "data.swap is 2; give a number at least 0 and at most 1."),
        ("schedule.batch_size: {low: 4.5, high: 8}", "schedule.batch_size is 4.5; give a whole number at least 1."),
        ("schedule.precision: [fp32, fp8]", "schedule.precision is 'fp8'; give one of fp32, bf16, fp16."),
        ("schedule.precision: {low: 1, high: 2}", "schedule.precision is 1; give one of fp32, bf16, fp16."),
        ("encoder.lora.rnk: [1]", 'encoder.lora.rnk is no key; did you mean "rank"?'),
        ("trainer.adam_bta1: [0.9]", 'trainer.adam_bta1 is none of TrainingArguments; did you mean "adam_beta1"?'),
        ("trainer.learning_rate: [0.9]", "trainer.learning_rate is not set here; use schedule.learning_rate instead."),
        ("data.swap: {low: 0.1, hgh: 0.2}", 'data.swap.hgh is no key; did you mean "high"?'),
        ("data.swap: {low: 0.3, high: 0.1}", "data.swap has a low that is not below its high; swap or mend them."),
        (
            "data.swap: {low: 0, high: 0.1, log: true}",
            "data.swap has a logarithmic scale, on which low must be above 0.",
        ),
        (
            "schedule.epochs: []",
            "schedule.epochs is []; give a list of values, or a range such as {low: 0.1, high: 0.5}.",
        ),
        (
            "schedule.epochs: 3",
            "schedule.epochs is 3; give a list of values, or a range such as {low: 0.1, high: 0.5}.",
        ),
        ("encoder: [1, 2]", "encoder is a section; name each key in it by itself, as encoder.KEY."),
        (
            "schedule: {epochs: [1, 2]}",
            "schedule is a section; name each key in it by itself, as schedule.epochs.",
        ),
    ],
)
def test_what_cannot_be_tried_is_said_once(tmp_path: Path, space: str, sentence: str) -> None:
    found = wrong(tmp_path, f"{{space: {{{space}}}}}")
    assert PLACE + sentence in found
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "key", ["seed", "output", "data.dev", "data.annotations", "data.prevalence.x", "search.trials"]
)
def test_what_is_the_same_in_all_trials_is_refused(tmp_path: Path, key: str) -> None:
    [sentence] = wrong(tmp_path, f"{{space: {{{key}: [1, 2]}}}}")
    assert sentence.startswith(f"{PLACE}{key} cannot be tried: ")


def test_a_key_within_another_is_refused(tmp_path: Path) -> None:
    space = "{encoder.lora: [null, {rank: 4}], encoder.lora.rank: [2, 4]}"
    assert wrong(tmp_path, f"{{space: {space}}}") == [
        f"{PLACE}encoder.lora.rank is part of encoder.lora, which is tried too; name only one of the two."
    ]


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    found = wrong(tmp_path, "{trails: 3, space: {schedule.epochs: [0, -1], data.swop: [0.1]}}\nseed: -1")
    assert found == [
        "seed is -1; give a whole number at least 0 and less than 4294967296.",
        'search.trails is no key; did you mean "trials"?',
        "search.space.schedule.epochs is 0; give a number greater than 0.",
        "search.space.schedule.epochs is -1; give a number greater than 0.",
        'search.space.data.swop is no key; did you mean "swap"?',
    ]


@pytest.mark.parametrize(("search", "key"), [("{trials: 3}", "search.space"), ("{space: {}}", "search.space")])
def test_a_search_needs_a_space(tmp_path: Path, search: str, key: str) -> None:
    [sentence] = wrong(tmp_path, search)
    assert sentence.startswith(f"{key} is ")


@pytest.mark.parametrize(
    ("key", "low", "high", "expected"),
    [
        ("schedule.batch_size", 8, 64, True),
        ("schedule.epochs", 2, 5, False),
        ("data.swap", 0, 1, False),
        ("encoder.lora.rank", 2, 16, True),
        ("trainer.gradient_accumulation_steps", 1, 4, True),
        ("trainer.max_grad_norm", 1, 4, False),
    ],
)
def test_a_key_of_whole_numbers_is_known_by_its_schema(key: str, low: float, high: float, expected: bool) -> None:
    assert whole(key, Range(low=low, high=high)) is expected


def test_values_replace_those_of_the_config() -> None:
    content: dict[str, Any] = {"name": "a", "data": {"annotations": ["x"]}, "encoder": {"name": "e"}, "output": "o"}
    values = {"schedule.epochs": 2, "encoder.lora.rank": 4, "trainer.max_grad_norm": 2.0, "data.swap": 0.5}
    config = configured(Config.model_validate(content | {"schedule": {"batch_size": 4}}), values)
    assert (config.schedule.epochs, config.schedule.batch_size, config.data.swap) == (2, 4, 0.5)
    assert config.encoder.lora == Lora(rank=4)
    assert config.trainer == {"max_grad_norm": 2.0}
