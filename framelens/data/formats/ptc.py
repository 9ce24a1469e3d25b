"""``ptc``: the Propaganda Techniques Corpus (Da San Martino et al. 2019), and SemEval-2020 task 11, subtask TC.

A folder that holds, itself or in folders in it,

- ``article111111111.txt``: the article, a sentence a line, the title first
- ``article111111111.labels.tsv`` (the corpus) or ``article111111111.task2-TC.labels`` (SemEval-2020): a row a span,
  without header: article id, technique, start and end in code points, divided by tabs

      111111111	Appeal_to_fear-prejudice	265	323

A passage is a line, source ``ptc``, annotator ``ptc``; a span over several lines counts in each. The techniques are
near labels, none is a frame: which are to count as which is the user's map. A mapped span is the evidence. An article
without a table of labels was not annotated.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from framelens.data.formats.articles import article_texts, find, lines, numbers, refused, strongest, table, within
from framelens.data.formats.labelling import Labelling, Stretch
from framelens.data.formats.reading import Annotations, Entry, Format, passage_id, read_entries
from framelens.errors import FramelensError

ARTICLE = r"article(\d+)\.txt"
LABELS = r"article(\d+)(?:\.labels\.tsv|\.task2-TC\.labels)"
LAYOUT = "a folder of article….txt and article….labels.tsv, whose rows are article id, technique, start, end"


def read(path: Path, labelling: Labelling) -> Annotations:
    texts = article_texts(path, ARTICLE, LAYOUT)
    spans: dict[str, list[Stretch]] = {}
    for labelled, file in find(path, LABELS, LAYOUT):
        spans.setdefault(labelled, [])
        for position, columns in table(file, 4, LAYOUT):
            try:
                article, stretch = _span(columns, texts, labelling)
            except FramelensError as error:
                yield refused(file, position, error, columns)
                continue
            spans.setdefault(article, []).extend(stretch)
    entries = _passages(texts, spans, labelling)
    yield from read_entries(path, LAYOUT, entries, lambda content: content, labelling.taxonomy)


def _span(columns: list[str], texts: dict[str, str], labelling: Labelling) -> tuple[str, list[Stretch]]:
    if len(columns) != 4:
        raise FramelensError(f"{len(columns)} columns where id, technique, start and end make 4")
    article, technique, *ends = columns
    start, end = numbers(*ends)
    if article not in texts:
        raise FramelensError(f"there is no article{article}.txt")
    if not (0 <= start < end <= len(texts[article]) and texts[article][start:end].strip()):
        raise FramelensError(
            f"the span {start} to {end} holds no words of the article, which has {len(texts[article])} characters"
        )
    mark = labelling.mark(technique)
    return article, [Stretch(mark, start, end)] if mark else []


def _passages(texts: dict[str, str], spans: dict[str, list[Stretch]], labelling: Labelling) -> Iterator[Entry]:
    for article, text in texts.items():
        for number, start, end in lines(text):
            passage = text[start:end]
            inside = within(spans.get(article, ()), text, start, end)
            content = {
                "id": passage_id(passage, "ptc", article),
                "text": passage,
                "source": "ptc",
                "doc_id": article,
                "annotator": "ptc" if article in spans else "",
                "labels": labelling.labels(
                    passage, strongest(each.mark for each in inside), inside, annotated=article in spans
                ),
            }
            yield f"article {article}, line {number}", content


FORMAT = Format("ptc", LAYOUT, read, foreign="Appeal_to_fear-prejudice")
