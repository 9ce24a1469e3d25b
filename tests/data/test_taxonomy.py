"""The codebook is data: another file is another codebook, and a broken one is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from framelens.data import load_taxonomy
from framelens.errors import FramelensError

OTHER: dict[str, Any] = {
    "name": "sentiment",
    "version": 2,
    "frames": [{"id": "praise", "title": "Praise", "definition": "Well spoken of."}, {"id": "scorn"}],
    "voices": [{"id": "author"}],
}


def write(folder: Path, content: Any) -> Path:
    path = folder / "taxonomy.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_the_taxonomy_that_comes_along_has_the_three_frames_and_voices_of_the_record_format() -> None:
    taxonomy = load_taxonomy()
    assert taxonomy.frame_ids == ("blame_attribution", "benevolent_protector", "threat_inflation")
    assert taxonomy.voice_ids == ("author", "reported", "rebutted")
    assert all(label.title and label.definition for label in (*taxonomy.frames, *taxonomy.voices))


def test_another_file_is_another_taxonomy(tmp_path: Path) -> None:
    taxonomy = load_taxonomy(write(tmp_path, OTHER))
    assert (taxonomy.name, taxonomy.version, taxonomy.frame_ids) == ("sentiment", "2", ("praise", "scorn"))
    assert (taxonomy.frames[0].title, taxonomy.frames[1].title) == ("Praise", "scorn")


def test_a_taxonomy_survives_being_written_and_read(tmp_path: Path) -> None:
    assert load_taxonomy(write(tmp_path, load_taxonomy().to_dict())) == load_taxonomy()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{not json", "not valid JSON"),
        ([], "needs name, version, frames and voices"),
        ("null", "needs name, version, frames and voices"),
        ({key: value for key, value in OTHER.items() if key != "voices"}, "'voices'"),
        ({**OTHER, "frames": ["praise"]}, "each frame and voice with an id"),
        ({**OTHER, "frames": {"praise": {}}}, "each frame and voice with an id"),
        ({**OTHER, "frames": [{"title": "Praise"}]}, "'id'"),
        ({**OTHER, "frames": []}, "at least one frame"),
        ({**OTHER, "voices": [{"id": "a"}, {"id": "a"}]}, "no voice id twice"),
    ],
)
def test_a_broken_taxonomy_is_refused_by_name(tmp_path: Path, content: Any, reason: str) -> None:
    with pytest.raises(FramelensError, match=reason) as refused:
        load_taxonomy(write(tmp_path, content))
    assert str(refused.value).startswith(str(tmp_path / "taxonomy.json"))


def test_a_missing_taxonomy_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match=r"none\.json: cannot read the taxonomy \(No such file or directory\)"):
        load_taxonomy(tmp_path / "none.json")
