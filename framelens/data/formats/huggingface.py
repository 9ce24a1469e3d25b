"""``datasets``: a Hugging Face dataset, as the folder that ``save_to_disk`` writes, or a .parquet or .arrow file.

Its columns are those of :mod:`framelens.data.formats.columns`: scores as integers, words as lists of strings, nulls
where CSV has empty cells, ``meta`` as a string of JSON. Instead of columns of frames it may have ``label`` (a
ClassLabel or a string) or ``labels`` (a list), as classification sets have. Of a DatasetDict all splits are read, and
the name of the split is kept in ``meta``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framelens.data.annotations import Annotation
from framelens.data.formats.columns import NAMED, columns, content_of, holds_labels, row_of
from framelens.data.formats.labelling import Labelling
from framelens.data.formats.reading import Annotations, Entry, Format, read_entries
from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.errors import FramelensError

if TYPE_CHECKING:
    from datasets import Dataset

LAYOUT = (
    "a folder that datasets' save_to_disk wrote, or a .parquet or .arrow file, with the column text, "
    "and FRAME (a score 0 to 3, or null) for at least one frame"
)


def read(path: Path, labelling: Labelling) -> Annotations:
    for split, dataset in _splits(path).items():
        if not holds_labels(dataset.column_names, labelling.taxonomy):
            raise FramelensError(f"{path}: expected {LAYOUT}; found the columns {', '.join(dataset.column_names)}.")
        entries = _entries(split, dataset)
        yield from read_entries(path, LAYOUT, entries, lambda row: content_of(row, labelling), labelling.taxonomy)


def _splits(path: Path) -> dict[str, Dataset]:
    """The splits of a dataset by name; the name is empty where there are none."""
    from datasets import Dataset, DatasetDict, load_from_disk

    if not path.exists():
        raise FramelensError(f"{path}: no such file or folder; expected {LAYOUT}.")
    try:
        if path.suffix == ".parquet":
            from pyarrow import parquet

            return {"": Dataset(parquet.read_table(path))}
        loaded = Dataset.from_file(str(path)) if path.suffix == ".arrow" else load_from_disk(str(path))
    # Arrow's errors are ValueErrors, and so is what datasets raises for a folder that it did not write.
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise FramelensError(f"{path}: expected {LAYOUT}; found what cannot be read as such ({reason}).") from None
    return dict(loaded) if isinstance(loaded, DatasetDict) else {"": loaded}


def _entries(split: str, dataset: Dataset) -> Iterator[Entry]:
    named = {column: _namer(dataset.features[column]) for column in NAMED if column in dataset.features}
    for number, row in enumerate(dataset.with_format(None), 1):
        row |= {column: name(row[column]) for column, name in named.items()}
        yield f"{split and f'split {split}, '}row {number}", row | ({"split": split} if split else {})


def _namer(feature: Any) -> Any:
    """What turns the numbers of a ClassLabel, or of a list of them, into names; -1 stands for no label."""
    from datasets import ClassLabel

    inner = feature[0] if isinstance(feature, list) else getattr(feature, "feature", feature)
    if not isinstance(inner, ClassLabel):
        return lambda value: value

    def name(value: Any) -> Any:
        if isinstance(value, list):
            return [name(number) for number in value]
        return None if value is None or value < 0 else inner.int2str(value)

    return name


def write(annotations: Sequence[Annotation], path: Path, taxonomy: Taxonomy) -> None:
    """Write a .parquet file, or else a folder as ``save_to_disk`` does."""
    from datasets import Dataset, Features, Value

    text = Value("string")
    kinds: dict[str, Any] = dict.fromkeys((*columns(taxonomy), "meta"), text)
    kinds |= {frame: Value("int8") for frame in taxonomy.frame_ids}
    kinds |= {f"{frame}_{role}": [text] for frame in taxonomy.frame_ids for role in ROLES}
    rows = [dict.fromkeys(kinds) | row_of(annotation) for annotation in annotations]
    dataset = Dataset.from_list(rows, features=Features(kinds))
    if path.suffix == ".parquet":
        dataset.to_parquet(path)
    else:
        dataset.save_to_disk(path)


FORMAT = Format("datasets", LAYOUT, read, write)
