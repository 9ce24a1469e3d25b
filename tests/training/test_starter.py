"""The config that ``framelens train --init`` writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from pydantic import BaseModel

from framelens.data.taxonomy import load_taxonomy
from framelens.training.config import Config, Lora, load_config
from framelens.training.starter import starter, write_starter

Command = Callable[..., CompletedProcess[str]]
EXAMPLES = Path(__file__).parents[2] / "examples"


def keys(model: type[BaseModel]) -> list[str]:
    """The names of all keys of a section and of those in it."""
    found = []
    for name, field in model.model_fields.items():
        found.append(name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found += keys(field.annotation)
    return found


def test_it_loads_with_the_defaults_and_the_taxonomy_beside_it(tmp_path: Path) -> None:
    write_starter(tmp_path / "mine")
    loaded = load_config(tmp_path / "mine" / "config.yaml")
    least = Config.model_validate(
        {
            "name": "my-frames",
            "output": f"{tmp_path}/mine/model",
            "data": {
                "annotations": [f"{tmp_path}/mine/annotated.jsonl"],
                "taxonomy": f"{tmp_path}/mine/taxonomy.json",
            },
            "encoder": {"name": "default"},
        }
    )
    assert loaded == least
    assert load_taxonomy(loaded.data.taxonomy) == load_taxonomy()


def test_every_key_has_its_meaning_what_it_may_hold_and_its_default() -> None:
    lines = starter(Path("mine")).splitlines()
    written = {re.match(r" *#?(\w+):", line)[1]: place for place, line in enumerate(lines) if re.match(r" *#?\w", line)}  # type: ignore[index]
    assert set(written) == set(keys(Config))
    for name, place in written.items():
        said = []
        while lines[place - 1].lstrip().startswith("# "):
            place -= 1
            said.insert(0, lines[place].lstrip(" #"))
        comment = " ".join(said)
        assert comment, name
        if name not in ("data", "encoder", "schedule"):
            assert re.search(r"; (default .+|must be set)\.$", comment), name


def test_the_keys_that_are_commented_out_hold_when_they_are_set(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(re.sub(r"^( *)#(\w)", r"\1\2", starter(tmp_path), flags=re.MULTILINE))
    loaded = load_config(path)
    assert loaded.data.prevalence == {"threat_inflation": 0.05}
    assert loaded.encoder.layers == 4
    assert loaded.encoder.lora == Lora(rank=8, alpha=16, dropout=0.05)


def test_the_keys_of_a_section_that_is_commented_out_have_their_meanings() -> None:
    for name in Lora.model_fields:
        assert re.search(rf"^  # - {name}: .*default", starter(Path("mine")), flags=re.MULTILINE)


def test_it_runs(framelens: Command, tiny_encoder: Path, tmp_path: Path) -> None:
    done = framelens("train", "--init", "mine")
    assert done.returncode == 0, done.stderr
    (tmp_path / "mine" / "annotated.jsonl").write_bytes((EXAMPLES / "annotated.jsonl").read_bytes())
    settings = [f"encoder.name={tiny_encoder}", "encoder.window=32", "schedule.epochs=1", "data.dev=0.25"]
    done = framelens("train", "mine/config.yaml", "--set", *settings)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mine" / "model" / "framelens.json").is_file()


def test_it_replaces_nothing_unasked(framelens: Command, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "taxonomy.json").write_text("{}")
    done = framelens("train", "--init", "mine")
    assert done.returncode == 1
    assert "taxonomy.json exists" in done.stderr
    assert not (tmp_path / "mine" / "config.yaml").exists()
    assert framelens("train", "--init", "mine", "--overwrite").returncode == 0
    assert load_taxonomy(tmp_path / "mine" / "taxonomy.json") == load_taxonomy()


@pytest.mark.parametrize("arguments", [(), ("config.yaml", "--init", "mine")])
def test_a_config_or_init_is_needed_and_not_both(framelens: Command, arguments: tuple[str, ...]) -> None:
    done = framelens("train", *arguments)
    assert done.returncode == 2
    assert "--init" in done.stderr
