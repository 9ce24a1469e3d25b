from __future__ import annotations

from pathlib import Path

import pytest

from framelens.errors import FramelensError
from framelens.training.config import load_config

GOOD = "name: a\ndata: {annotations: [x.jsonl]}\nencoder: {name: e}\noutput: runs/a\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(GOOD)
    return path


def test_a_config_has_defaults_for_what_it_does_not_say(config: Path) -> None:
    loaded = load_config(config)
    assert loaded.schedule.batch_size == 32
    assert loaded.encoder.window == 256


def test_set_overrides_a_key_with_its_type(config: Path) -> None:
    loaded = load_config(config, ["schedule.epochs=2", "schedule.positive_weights={blame: 2}", "name=b"])
    assert loaded.schedule.epochs == 2
    assert loaded.schedule.positive_weights == {"blame": 2.0}
    assert loaded.name == "b"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("schedule.epoch=2", "schedule.epoch"),
        ("schedule.epochs=-1", "schedule.epochs.*greater than 0"),
        ("schedule.epochs=many", "schedule.epochs"),
        ("nonsense", "write it as"),
        ("name.inner=1", "not a section"),
    ],
)
def test_a_wrong_key_or_value_is_named(config: Path, override: str, message: str) -> None:
    with pytest.raises(FramelensError, match=message):
        load_config(config, [override])


@pytest.mark.parametrize("content", ["", "a: [", "- a", "name: a\n"])
def test_a_broken_config_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(content)
    with pytest.raises(FramelensError, match=r"broken\.yaml"):
        load_config(path)


def test_a_missing_config_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match="cannot read the config"):
        load_config(tmp_path / "missing.yaml")
