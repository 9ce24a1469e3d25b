"""``semeval2023``: SemEval-2023 task 3, subtask 3 (Piskorski et al. 2023): persuasion techniques by paragraph.

A folder that holds, itself or in folders in it,

- ``article111111111.txt``: the article
- ``…-labels-subtask-3.txt``, such as ``train-labels-subtask-3.txt``: a row a paragraph, without header: article id,
  number of the line in the article (from 1 on, blank lines counted), and the techniques divided by commas, none or
  several; the columns are divided by tabs

      111111111	13	Appeal_to_Fear-Prejudice,Doubt

A passage is a paragraph with a row, source and annotator ``semeval2023``. The techniques are near labels, none is a
frame: which are to count as which is the user's map. The tables of spans (``article…-labels-subtask-3.txt``, a file an
article) are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from framelens.data.formats.articles import article_texts, find, lines, numbers, strongest, table
from framelens.data.formats.labelling import Labelling
from framelens.data.formats.reading import Annotations, Entry, Format, passage_id, read_entries
from framelens.errors import FramelensError

ARTICLE = r"article(\d+)\.txt"
LABELS = r"(?!article).*labels-subtask-3\.txt"
LAYOUT = "a folder of article….txt and of …-labels-subtask-3.txt with article id, line and techniques divided by tabs"
NAME = "semeval2023"


def read(path: Path, labelling: Labelling) -> Annotations:
    texts = article_texts(path, ARTICLE, LAYOUT)
    paragraphs = {
        (article, number): text[start:end] for article, text in texts.items() for number, start, end in lines(text)
    }
    for _, file in find(path, LABELS, LAYOUT):
        entries = _passages(file, paragraphs, labelling)
        yield from read_entries(file, LAYOUT, entries, lambda content: content, labelling.taxonomy)


def _passages(file: Path, paragraphs: dict[tuple[str, int], str], labelling: Labelling) -> Iterator[Entry]:
    for position, columns in table(file, 2, LAYOUT):
        article, line, techniques = (*columns, "", "")[:3]
        try:
            (number,) = numbers(line)
            if (article, number) not in paragraphs:
                raise FramelensError(f"article{article}.txt is missing, or holds no paragraph in line {number}")
        except FramelensError as error:
            yield position, error
            continue
        text = paragraphs[article, number]
        marks = [labelling.mark(name.strip()) for name in techniques.split(",") if name.strip()]
        yield (
            position,
            {
                "id": passage_id(text, NAME, article),
                "text": text,
                "source": NAME,
                "doc_id": article,
                "annotator": NAME,
                "labels": labelling.labels(text, strongest(mark for mark in marks if mark)),
            },
        )


FORMAT = Format(NAME, LAYOUT, read, foreign="Appeal_to_Fear-Prejudice")
