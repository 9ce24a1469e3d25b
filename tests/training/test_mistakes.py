"""What a user reads whose config is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from framelens.errors import FramelensError
from framelens.training.config import load_config

GOOD = "name: a\ndata: {annotations: [x.jsonl]}\nencoder: {name: e}\noutput: runs/a\n"


def wrong(folder: Path, content: str, *overrides: str) -> list[str]:
    """The sentences about a config, without the file's name."""
    path = folder / "config.yaml"
    path.write_text(content)
    with pytest.raises(FramelensError) as caught:
        load_config(path, overrides)
    return [sentence.removeprefix(f"{path}: ") for sentence in caught.value.args]


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("schedule.learnig_rate=1", 'schedule.learnig_rate is no key; did you mean "learning_rate"?'),
        ("shedule.epochs=1", 'shedule is no key; did you mean "schedule"?'),
        ("batch_size=4", 'batch_size is no key; did you mean "schedule.batch_size"?'),
        ("encoder.zzz=4", "encoder.zzz is no key; the keys here are name, window, layers, tuning, lora."),
    ],
)
def test_a_key_that_is_none_gets_the_nearest_one(tmp_path: Path, override: str, sentence: str) -> None:
    assert wrong(tmp_path, GOOD, override) == [f"--set {sentence}"]
    keys, value = override.split("=")
    *section, key = keys.split(".")
    lines = GOOD.splitlines()
    if section == ["encoder"]:
        lines[2] = f"encoder: {{name: e, {key}: {value}}}"
    else:
        lines.append(f"{section[0]}: {{{key}: {value}}}" if section else f"{key}: {value}")
    assert wrong(tmp_path, "\n".join(lines)) == [sentence]


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("schedule.epochs=many", "schedule.epochs is 'many'; give a number greater than 0."),
        ("schedule.epochs=.inf", "schedule.epochs is inf; give a number greater than 0."),
        ("data.dev=0.9", "data.dev is 0.9; give a number greater than 0 and less than 0.5."),
        ("schedule.precision=fp8", "schedule.precision is 'fp8'; give one of fp32, bf16, fp16."),
        ("encoder.window=", "encoder.window is empty; give a whole number at least 8."),
        ("data.annotations=a.jsonl", "data.annotations is 'a.jsonl'; give a list of texts, such as [a, b]."),
        ("schedule.positive_weights={blame: b}", "schedule.positive_weights.blame is 'b'; give a number."),
        ("encoder.tuning=half", "encoder.tuning is 'half'; give one of full, heads, contrastive."),
        (
            "encoder={name: e, lora: {}, tuning: heads}",
            "encoder has both lora and tuning: heads; leave one of them out.",
        ),
        ("encoder=3", "encoder is 3; give a section with keys among name, window, layers, tuning, lora."),
    ],
)
def test_a_wrong_value_is_said_with_what_is_allowed(tmp_path: Path, override: str, sentence: str) -> None:
    assert wrong(tmp_path, GOOD, override) == [f"--set {sentence}"]


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    content = GOOD.replace("output: runs/a", "seed: -1") + "schedule: {epoch: 2, batch_size: 0}"
    assert wrong(tmp_path, content, "schedule.warmup=2", "nonsense") == [
        "--set nonsense: write it as section.key=value.",
        "output is missing; give text.",
        "seed is -1; give a whole number at least 0 and less than 4294967296.",
        "schedule.batch_size is 0; give a whole number at least 1.",
        "--set schedule.warmup is 2; give a number at least 0 and less than 1.",
        'schedule.epoch is no key; did you mean "epochs"?',
    ]
