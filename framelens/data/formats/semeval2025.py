"""``semeval2025-roles`` and ``semeval2025-narratives``: SemEval-2025 task 10 (Piskorski et al. 2025), English.

A folder that holds, itself or in folders in it,

- ``raw-documents/EN_….txt``: the articles
- ``subtask-1-annotations.txt``: a row an entity, without header, divided by tabs: the article's file name, the
  entity's words, start, end, main role, and one or more fine-grained roles

      EN_UA_103861.txt	Chrystia Freeland	100	117	Antagonist	Incompetent

- ``subtask-2-annotations.txt``: a row an article: file name, narratives and, in the same order, subnarratives, each
  divided by semicolons

      EN_UA_103861.txt	URW: Discrediting Ukraine	URW: Discrediting Ukraine: Ukraine is a puppet of the West

Of roles a passage is a paragraph, and the words of an entity with a mapped role are the frame's actor. Of narratives
it is the whole article, since that is what they were given for. The user's map takes fine-grained roles or main ones,
subnarratives or narratives; the finer wins. Offsets are code points; some rows count the end's last character in, and
the entity's words decide. Rows and articles of other languages are passed over. Source and annotator are the format's
name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from framelens.data.formats.articles import article_texts, find, numbers, refused, strongest, table, within
from framelens.data.formats.labelling import Labelling, Mark, Stretch
from framelens.data.formats.reading import Annotations, Entry, Format, passage_id, read_entries
from framelens.data.passages import paragraphs
from framelens.errors import FramelensError

ENGLISH = "EN_"
ARTICLE = r"EN_.*\.txt"
ROLES = "semeval2025-roles"
NARRATIVES = "semeval2025-narratives"
ROLES_LAYOUT = (
    "a folder of raw-documents/EN_….txt and subtask-1-annotations.txt with file, entity, start, end, main role and "
    "fine-grained roles divided by tabs"
)
NARRATIVES_LAYOUT = (
    "a folder of raw-documents/EN_….txt and subtask-2-annotations.txt with file, narratives and subnarratives divided "
    "by tabs"
)


def read_roles(path: Path, labelling: Labelling) -> Annotations:
    texts = article_texts(path, ARTICLE, ROLES_LAYOUT)
    entities: defaultdict[str, list[Stretch]] = defaultdict(list)
    for _, file in find(path, r"subtask-1-annotations\.txt", ROLES_LAYOUT):
        for position, columns in table(file, 6, ROLES_LAYOUT):
            if columns[0].startswith(ENGLISH):
                try:
                    entities[columns[0]] += _entity(columns, texts, labelling)
                except FramelensError as error:
                    yield refused(file, position, error, columns)
    entries = _paragraphs(texts, entities, labelling)
    yield from read_entries(path, ROLES_LAYOUT, entries, lambda content: content, labelling.taxonomy)


def _entity(columns: list[str], texts: dict[str, str], labelling: Labelling) -> list[Stretch]:
    """The places of an entity, one for each of its roles that is mapped."""
    if len(columns) < 6:
        raise FramelensError(f"{len(columns)} columns where file, entity, start, end, main role and role make 6")
    name, words, first, last, main, *fine = columns
    start, end = numbers(first, last)
    text = _text(name, texts)
    place = next(((start, stop) for stop in (end, end + 1) if text[start:stop] == words), None)
    if place is None:
        raise FramelensError(f"the entity {words!r} does not stand in {name} from {start} to {end}")
    marks = [labelling.mark(role, main) for role in fine if role.strip()]
    actors = [Mark(mark.frame, mark.score, mark.voice, mark.role or "actor") for mark in marks if mark]
    return [Stretch(mark, *place) for mark in strongest(actors)]


def _paragraphs(texts: dict[str, str], entities: dict[str, list[Stretch]], labelling: Labelling) -> Iterator[Entry]:
    for name, text in texts.items():
        for number, (start, end) in enumerate(paragraphs(text), 1):
            inside = within(entities.get(name, ()), text, start, end)
            labels = labelling.labels(
                text[start:end], strongest(each.mark for each in inside), inside, annotated=name in entities
            )
            yield f"{name}, paragraph {number}", _passage(ROLES, name, text[start:end], labels)


def read_narratives(path: Path, labelling: Labelling) -> Annotations:
    texts = article_texts(path, ARTICLE, NARRATIVES_LAYOUT)
    for _, file in find(path, r"subtask-2-annotations\.txt", NARRATIVES_LAYOUT):
        entries = _articles(file, texts, labelling)
        yield from read_entries(file, NARRATIVES_LAYOUT, entries, lambda content: content, labelling.taxonomy)


def _articles(file: Path, texts: dict[str, str], labelling: Labelling) -> Iterator[Entry]:
    for position, columns in table(file, 3, NARRATIVES_LAYOUT):
        if not columns[0].startswith(ENGLISH):
            continue
        try:
            name, narratives, finer = (*columns, "")[:3]
            text = _text(name, texts).strip()
            pairs = zip_longest(finer.split(";"), narratives.split(";"), fillvalue="")
            marks = [labelling.mark(sub.strip() or whole.strip(), whole.strip()) for sub, whole in pairs]
            labels = labelling.labels(text, strongest(mark for mark in marks if mark))
            yield position, _passage(NARRATIVES, name, text, labels)
        except FramelensError as error:
            yield position, error


def _text(name: str, texts: dict[str, str]) -> str:
    if name not in texts:
        raise FramelensError(f"there is no {name} among the articles")
    return texts[name]


def _passage(source: str, name: str, text: str, labels: dict[str, Any]) -> dict[str, Any]:
    id = passage_id(text, source, name)
    return {"id": id, "text": text, "source": source, "doc_id": name, "annotator": source, "labels": labels}


FORMATS = (
    Format(ROLES, ROLES_LAYOUT, read_roles, foreign="Guardian"),
    Format(NARRATIVES, NARRATIVES_LAYOUT, read_narratives, foreign="URW: Amplifying war-related fears"),
)
