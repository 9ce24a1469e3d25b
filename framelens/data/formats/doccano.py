"""``doccano``: doccano's JSONL export, an object a line. By the kind of project it holds

    {"id": 7, "text": "…", "label": [[0, 10, "blame_attribution:actor"], [0, 27, "blame_attribution:evidence"]]}
    {"id": 7, "text": "…", "label": ["blame_attribution", "blame_attribution:reported"]}
    {"id": 7, "text": "…", "cats": ["blame_attribution"], "entities": [[0, 10, "blame_attribution:actor"]]}

for sequence labelling, text classification, and both at once ("intent detection and slot filling"), which is what we
write. Older exports say ``labels``, those with relations give entities as objects of ``label``, ``start_offset`` and
``end_offset``; both are read. Offsets are code points (export without "count grapheme clusters as one character"),
and labels are named as :mod:`framelens.data.formats.labelling` says.

doccano numbers examples itself, so we write our id as ``passage_id`` and read that first. A project that annotators do
not share is exported as a file for each, so the annotator is the field ``annotator``, else the file's name. doccano
does not say which examples nobody has looked at: export approved ones only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from framelens.data.annotations import Annotation
from framelens.data.formats.labelling import Labelling, Mark, Stretch, score_labels, span_labels, voice_labels
from framelens.data.formats.reading import Annotations, Format, json_lines, passage_id, read_entries
from framelens.data.taxonomy import Taxonomy

LAYOUT = "JSONL with an object of text and label, or of text, cats and entities, in each line (doccano's export)"
LISTS = ("label", "labels", "cats", "entities")
OWN = ("id", "passage_id", "Comments", "relations")


def read(path: Path, labelling: Labelling) -> Annotations:
    def content(row: dict[str, Any]) -> dict[str, Any]:
        return {"annotator": path.stem} | _content(row, labelling)

    yield from read_entries(path, LAYOUT, json_lines(path), content, labelling.taxonomy)


def _content(row: dict[str, Any], labelling: Labelling) -> dict[str, Any]:
    text = row["text"]
    lists = [row[name] for name in LISTS if name in row]
    if not lists or not all(isinstance(each, list) for each in lists):
        raise TypeError(LISTS)
    marks: list[Mark | None] = []
    stretches: list[Stretch] = []
    for item in chain.from_iterable(lists):
        if isinstance(item, str):
            marks.append(labelling.mark(item))
            continue
        start, end, name = (item["start_offset"], item["end_offset"], item["label"]) if isinstance(item, dict) else item
        mark = labelling.mark(name)
        stretches += [Stretch(mark, start, end)] if mark else []
    return {name: value for name, value in row.items() if name not in (*LISTS, *OWN)} | {
        "id": row.get("passage_id") or passage_id(text, row.get("source"), row.get("doc_id")),
        "labels": labelling.labels(text, marks, stretches),
    }


def write(annotations: Sequence[Annotation], path: Path, taxonomy: Taxonomy) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for annotation in annotations:
            row = annotation.to_dict()
            row = {"passage_id": row.pop("id")} | row
            del row["labels"]
            row["cats"] = [*score_labels(annotation), *voice_labels(annotation)]
            row["entities"] = list(span_labels(annotation))
            stream.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


FORMAT = Format("doccano", LAYOUT, read, write)
