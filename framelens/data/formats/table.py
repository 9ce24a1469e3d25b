"""``csv``: a row a judged passage, in UTF-8, the columns of :mod:`framelens.data.formats.columns`.

    id,text,source,doc_id,annotator,blame_attribution,blame_attribution_voice,blame_attribution_actor,…
    p1,"Washington is to blame.",s,d1,a1,3,author,"[""Washington""]",…

The words of actors and evidence are JSON lists, so that a comma or a quote in them does no harm. Commas, semicolons
or tabs may divide the columns.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from framelens.data.annotations import Annotation, parse_json, read_utf8
from framelens.data.formats.columns import columns, content_of, holds_labels, row_of
from framelens.data.formats.labelling import Labelling
from framelens.data.formats.reading import Annotations, Entry, Format, read_entries
from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.errors import FramelensError

# The largest cell: more than any passage, and what the csv module takes on all platforms.
MAX_CELL = 2**31 - 1
LAYOUT = "CSV with a header that has the column text, and FRAME (a score 0 to 3, or empty) for at least one frame"


def read(path: Path, labelling: Labelling) -> Annotations:
    text = read_utf8(path)
    csv.field_size_limit(MAX_CELL)
    names = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=names.count), strict=True)
    header = next(rows, [])
    if not holds_labels(header, labelling.taxonomy):
        raise FramelensError(f"{path}: expected {LAYOUT}; found the columns {', '.join(header) or 'of an empty file'}.")
    entries = _entries(rows, header, labelling.taxonomy)
    yield from read_entries(path, LAYOUT, entries, lambda row: content_of(row, labelling), labelling.taxonomy)


def _entries(rows: Iterator[list[str]], header: list[str], taxonomy: Taxonomy) -> Iterator[Entry]:
    numbered = enumerate(rows, 1)
    while True:
        try:
            number, cells = next(numbered)
        except StopIteration:
            return
        except csv.Error as error:
            yield "the rest", FramelensError(f"not valid CSV ({error}); mend the quotes")
            return
        if cells:
            yield f"row {number}", _row(cells, header, taxonomy)


def _row(cells: list[str], header: list[str], taxonomy: Taxonomy) -> dict[str, Any] | FramelensError:
    if len(cells) != len(header):
        return FramelensError(f"{len(cells)} values where the header has {len(header)}; mend the row")
    row: dict[str, Any] = {name: cell for name, cell in zip(header, cells, strict=True) if cell != ""}
    try:
        for frame in taxonomy.frame_ids:
            if frame in row:
                row[frame] = _score(row[frame])
            for column in (f"{frame}_{role}" for role in ROLES):
                if column in row:
                    row[column] = _words(column, row[column])
    except FramelensError as error:
        return error
    return row


def _score(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def _words(column: str, cell: str) -> Any:
    try:
        return parse_json(cell)
    except FramelensError:
        raise FramelensError(f'{column} {cell!r} is not a JSON list, such as ["Washington"]') from None


def write(annotations: Sequence[Annotation], path: Path, taxonomy: Taxonomy) -> None:
    header = [*columns(taxonomy), *(["meta"] if any(annotation.meta for annotation in annotations) else [])]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header)
        writer.writeheader()
        for annotation in annotations:
            writer.writerow({name: _cell(value) for name, value in row_of(annotation).items()})


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


FORMAT = Format("csv", LAYOUT, read, write)
