from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from framelens.data import load_annotations, load_taxonomy
from framelens.data.standoff import load_standoff, strip_text
from framelens.errors import FramelensError

EXAMPLES = Path(__file__).parents[2] / "examples" / "annotated.jsonl"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        for line in EXAMPLES.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            stream.write(json.dumps({key: row[key] for key in ("id", "text", "source", "doc_id")}) + "\n")
    return path


def write(folder: Path, *rows: dict[str, Any]) -> str:
    path = folder / "labels.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return str(path)


def test_labels_without_text_join_to_what_they_were(texts: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    labels = write(tmp_path, *strip_text(rows))
    assert load_standoff([labels], str(texts), load_taxonomy()) == load_annotations(EXAMPLES, load_taxonomy())


def test_stripped_labels_hold_no_word_of_the_text() -> None:
    for line in EXAMPLES.read_text(encoding="utf-8").splitlines()[:50]:
        row = json.loads(line)
        (stripped,) = strip_text([row])
        assert set(stripped) == {"id", "annotator", "labels"}
        strings = [part for judged in stripped["labels"].values() for key in judged for part in [judged[key]]]
        assert all(isinstance(part, int | list) or part in ("author", "reported", "rebutted") for part in strings)


def test_a_label_whose_text_is_missing_is_refused(texts: Path, tmp_path: Path) -> None:
    labels = write(tmp_path, {"id": "nowhere", "annotator": "a", "labels": {}})
    with pytest.raises(FramelensError, match=r"labels\.jsonl, line 1: .*has no passage 'nowhere'"):
        load_standoff([labels], str(texts), load_taxonomy())


def test_offsets_outside_the_text_are_refused(texts: Path, tmp_path: Path) -> None:
    judged = {"score": 3, "voice": "author", "evidence": [[5000, 5010]]}
    labels = write(tmp_path, {"id": "ex-001", "annotator": "a", "labels": {"blame_attribution": judged}})
    with pytest.raises(FramelensError, match=r"labels\.jsonl, line 1: evidence"):
        load_standoff([labels], str(texts), load_taxonomy())
