from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from framelens.data import Judgement, load_taxonomy
from framelens.data.annotations import Annotation
from framelens.data.formats import FORMATS, Labelling, save
from framelens.errors import FramelensError

datasets = pytest.importorskip("datasets", reason="Hugging Face datasets belong to the train extra")
TAXONOMY = load_taxonomy()
BLAME, PROTECTOR, THREAT = TAXONOMY.frame_ids


def read(path: Path, labelling: Labelling | None = None) -> list[Any]:
    return list(FORMATS["datasets"].read(path, labelling or Labelling(TAXONOMY)))


def test_folders_parquet_and_arrow_files_hold_the_same(tmp_path: Path) -> None:
    annotation = Annotation("p1", "Marlo 😀 blames.", "s", "d", "a", {BLAME: Judgement(3, "author", ("Marlo",), ())})
    for name in ("folder", "a.parquet"):
        save([annotation], tmp_path / name, FORMATS["datasets"], TAXONOMY)
        assert read(tmp_path / name) == [annotation]
    (arrow,) = (tmp_path / "folder").glob("*.arrow")
    assert read(arrow) == [annotation]


def test_all_splits_are_read_and_named(tmp_path: Path) -> None:
    splits = {
        split: datasets.Dataset.from_dict({"text": [f"Words of {split}."], BLAME: [score]})
        for split, score in (("train", 3), ("test", None))
    }
    datasets.DatasetDict(splits).save_to_disk(tmp_path / "d")
    train, test = read(tmp_path / "d")
    assert (train.labels, train.meta, test.labels, test.meta) == (
        {BLAME: Judgement(3)},
        {"split": "train"},
        {},
        {"split": "test"},
    )


def test_class_labels_are_read_by_name_through_the_map(tmp_path: Path) -> None:
    names = datasets.ClassLabel(names=["calm", "fear"])
    texts = ["They come.", "All is well.", "Who knows?"]
    one = datasets.Dataset.from_dict(
        {"text": texts, "label": [1, 0, -1]},
        features=datasets.Features({"text": datasets.Value("string"), "label": names}),
    )
    several = datasets.Dataset.from_dict(
        {"text": texts, "labels": [[1, 0], [0], []]},
        features=datasets.Features({"text": datasets.Value("string"), "labels": [names]}),
    )
    for name, dataset in (("one", one), ("several", several)):
        dataset.save_to_disk(tmp_path / name)
        labelling = Labelling(TAXONOMY, {"fear": THREAT})
        assert [each.labels for each in read(tmp_path / name, labelling)] == [{THREAT: Judgement(3)}, {}, {}]
        assert set(labelling.left_out) == {"calm"}


def test_another_layout_is_refused_by_what_was_expected_and_found(tmp_path: Path) -> None:
    datasets.Dataset.from_dict({"body": ["Words."], "score": [3]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(FramelensError, match=r"a\.parquet: expected a folder that .* found the columns body, score\."):
        read(tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_text("no table")
    (tmp_path / "folder").mkdir()
    for name in ("b.parquet", "folder"):
        with pytest.raises(
            FramelensError, match=f"{name}: expected a folder that .* found what cannot be read as such"
        ):
            read(tmp_path / name)
    with pytest.raises(FramelensError, match="no such file or folder"):
        read(tmp_path / "none")


def test_a_folder_of_something_else_is_never_replaced(tmp_path: Path) -> None:
    annotation = Annotation("p1", "Words here.", "s", "d", "a", {BLAME: Judgement(3)})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("dear")
    with pytest.raises(FramelensError, match="mine is a folder, and none that datasets wrote"):
        save([annotation], tmp_path / "mine", FORMATS["datasets"], TAXONOMY)
    save([annotation], tmp_path / "d", FORMATS["datasets"], TAXONOMY)
    save([annotation, annotation], tmp_path / "d", FORMATS["datasets"], TAXONOMY)
    assert read(tmp_path / "d") == [annotation, annotation]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["d", "mine"]
