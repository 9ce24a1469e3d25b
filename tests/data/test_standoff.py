from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framelens.data import load_annotations, load_taxonomy
from framelens.data.standoff import correct, load_standoff, strip_text
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
    bare = [replace(annotation, meta={}) for annotation in load_annotations(EXAMPLES, load_taxonomy())]
    assert load_standoff([labels], str(texts), load_taxonomy()) == bare


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


def test_an_id_of_several_is_their_paragraph(texts: Path, tmp_path: Path) -> None:
    first, second = (json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()[:2])
    labels = write(tmp_path, {"id": f"{first['id']}+{second['id']}", "annotator": "a", "labels": {}})
    (joined,) = load_standoff([labels], str(texts), load_taxonomy())
    assert joined.text == f"{first['text']} {second['text']}"
    assert joined.doc_id == first["doc_id"]


def test_a_paragraph_with_a_part_missing_is_refused(texts: Path, tmp_path: Path) -> None:
    first = json.loads(EXAMPLES.read_text(encoding="utf-8").splitlines()[0])
    labels = write(tmp_path, {"id": f"{first['id']}+nowhere", "annotator": "a", "labels": {}})
    with pytest.raises(FramelensError, match="has no passage"):
        load_standoff([labels], str(texts), load_taxonomy())


def test_a_correction_replaces_what_all_said_of_that_frame_and_no_other(tmp_path: Path) -> None:
    annotations = load_annotations(EXAMPLES, load_taxonomy())
    id = annotations[0].id
    labels = {"threat_inflation": {"score": 3, "voice": "rebutted", "evidence": [[0, 5]]}}
    path = write(tmp_path, {"id": id, "annotator": "c0", "labels": labels})
    corrected = correct(annotations, [path], load_taxonomy())
    assert len(corrected) == len(annotations)
    for before, after in zip(annotations, corrected, strict=True):
        if before.id == id:
            assert after.labels["threat_inflation"].voice == "rebutted"
            assert after.labels["threat_inflation"].evidence == (before.text[:5],)
            assert after.labels["blame_attribution"] == before.labels["blame_attribution"]
        else:
            assert after == before


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"id": "nowhere", "labels": {}}, "no annotated passage has the id 'nowhere'"),
        ({"labels": {"blame_attribution": {"score": 7}}}, "score 7"),
        ({"labels": {"hero": {"score": 1}}}, "'hero' is not in the taxonomy"),
        ({}, "labels"),
    ],
)
def test_a_correction_that_fits_nothing_is_refused(tmp_path: Path, row: dict[str, Any], why: str) -> None:
    annotations = load_annotations(EXAMPLES, load_taxonomy())
    path = write(tmp_path, {"id": annotations[0].id} | row)
    with pytest.raises(FramelensError, match=rf"labels\.jsonl, line 1: .*{why}"):
        correct(annotations, [path], load_taxonomy())
