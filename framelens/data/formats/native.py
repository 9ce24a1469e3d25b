"""``framelens``: our own annotated JSONL, an object a line, from a file, a folder of .jsonl files or a glob.

    {"id": "603c23ebd0", "text": "…", "source": "ptc", "doc_id": "787085939", "annotator": "a1",
     "labels": {"blame_attribution": {"score": 3, "voice": "author", "actor": ["Washington"], "evidence": ["…"]}}}

What a line holds beside these is kept, in ``meta``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from framelens.data.annotations import Annotation, annotation_files
from framelens.data.formats.labelling import Labelling
from framelens.data.formats.reading import Annotations, Format, json_lines, read_entries
from framelens.data.taxonomy import Taxonomy

LAYOUT = "JSONL with an object of id, text and labels in each line"


def read(path: Path, labelling: Labelling) -> Annotations:
    for file in annotation_files([path]):
        yield from read_entries(file, LAYOUT, json_lines(file), lambda row: row, labelling.taxonomy)


def write(annotations: Sequence[Annotation], path: Path, taxonomy: Taxonomy) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for annotation in annotations:
            stream.write(json.dumps(annotation.to_dict(), ensure_ascii=False, default=str) + "\n")


FORMAT = Format("framelens", LAYOUT, read, write)
