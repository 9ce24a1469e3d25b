"""All that the page counts, gathered in one pass over the records of a corpus; texts are not kept."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from framelens.data.records import Record
from framelens.data.scored import document_id
from framelens.errors import FramelensError
from framelens.eval.groups import MONTH, NONE, group_of
from framelens.eval.report.names import NOBODY, bare_name, display_name, key_of

# Without a source, documents are compared themselves, where there are no more than fit a chart.
MAX_ARTICLES = 20
# A model without a head for voices gives none.
NO_VOICE = ""


@dataclass(frozen=True)
class Place:
    """Where a passage belongs: its document, the source and the month of it, by number and by name."""

    document: int
    source: str
    month: str


@dataclass
class Survey:
    """Counts of a corpus.

    A cell is a document in a month, the smallest part that is counted. ``passages``: of each cell how many. ``found``:
    by frame and voice, of each cell how many passages have the frame in the voice. ``characters``: of each document how
    long its text is. ``actors``: by frame, actor and voice, how many passages of the corpus. ``forms``: how each actor
    is written. ``models`` and ``flags``: how many passages.
    """

    frames: tuple[str, ...] = ()
    documents: dict[tuple[str, str], int] = field(default_factory=dict)
    cells: dict[tuple[int, str], int] = field(default_factory=dict)
    sources: Counter[str] = field(default_factory=Counter)
    passages: array[int] = field(default_factory=lambda: array("q"))
    characters: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("q"))
    found: dict[tuple[str, str], Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    actors: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    forms: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    models: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """How many passages there are."""
        return sum(self.sizes)

    def add(self, record: Record) -> None:
        self.frames = self.frames or tuple(record.frames)
        source = group_of(record.meta, "source")
        document = self.documents.setdefault(document_key(record), len(self.documents))
        if document == len(self.sizes):
            self.sizes.append(0)
            self.characters.append(0)
        self.sizes[document] += 1
        self.characters[document] += len(record.text)
        cell = self.cells.setdefault((document, group_of(record.meta, MONTH)), len(self.cells))
        if cell == len(self.passages):
            self.passages.append(0)
        self.passages[cell] += 1
        self.sources[source] += 1
        self.models[record.model] += 1
        self.flags.update(record.flags)
        for frame, result in record.frames.items():
            if result.present:
                voice = result.voice or NO_VOICE
                self.found[frame, voice][cell] += 1
                keys = {key_of(span.text): span.text for span in result.actors} or {NOBODY: ""}
                for key, words in keys.items():
                    self.actors[frame][key, voice] += 1
                    self.forms[key][bare_name(words)] += 1

    def voices(self, known: Sequence[str]) -> tuple[str, ...]:
        """The voices that were met, those of ``known`` first and in its order, no voice last."""
        met = {voice for _, voice in self.found}
        others = sorted(met - {*known, NO_VOICE})
        return (*known, *others, *([NO_VOICE] if NO_VOICE in met else []))

    def name(self, actor: str) -> str:
        return display_name(self.forms[actor])


def survey_of(records: Iterable[Record]) -> Survey:
    """Count records.

    :raises FramelensError: if there is none.
    """
    survey = Survey()
    for record in records:
        survey.add(record)
    if not survey.frames:
        raise FramelensError("there is no scored passage in it; give what framelens score -o wrote.")
    return survey


def document_key(record: Record) -> tuple[str, str]:
    """The document that a record is of, among those of all sources."""
    return group_of(record.meta, "source"), document_id(record.doc_id, record.meta)


@dataclass(frozen=True)
class Groups:
    """A division of the corpus: ``what`` it is by, the ``names`` of its groups, the group of each cell, -1 for none."""

    what: str
    names: tuple[str, ...]
    of_cell: NDArray[np.int64]


def by_source(survey: Survey) -> Groups | None:
    """The corpus by source, largest first; where no passage has one, by article; None where there is but one group."""
    if set(survey.sources) == {NONE}:
        if not 1 < len(survey.documents) <= MAX_ARTICLES:
            return None
        names = tuple(id for _, id in survey.documents)
        return Groups("article", names, np.array([document for document, _ in survey.cells]))
    if len(survey.sources) == 1:
        return None
    names = tuple(name for name, _ in survey.sources.most_common())
    number = {name: place for place, name in enumerate(names)}
    of_document = [number[source] for source, _ in survey.documents]
    return Groups("source", names, np.array([of_document[document] for document, _ in survey.cells]))


# More points than these would not be read in a chart.
_MAX_MONTHS = 36


def by_month(survey: Survey) -> Groups | None:
    """The corpus by month, or by year where there are too many months; None where there are not two."""
    months = sorted({month for _, month in survey.cells} - {NONE})
    what, length = ("month", 7) if len(months) <= _MAX_MONTHS else ("year", 4)
    names = tuple(sorted({month[:length] for month in months}))
    if len(names) < 2:
        return None
    number = {name: place for place, name in enumerate(names)}
    return Groups(what, names, np.array([number.get(month[:length], -1) for _, month in survey.cells]))
