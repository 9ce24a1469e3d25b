"""The text of the page: articles in reading order, and what the page's script has to know of each passage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from framelens.data.records import FrameResult, Record
from framelens.eval.groups import MONTH, NONE, group_of
from framelens.eval.report.measured import Known
from framelens.eval.report.names import NOBODY, PRONOUN, key_of
from framelens.eval.report.quotes import Surest
from framelens.eval.report.sampling import Sample
from framelens.eval.report.segments import segments
from framelens.eval.report.survey import NO_VOICE, Survey, document_key
from framelens.eval.report.visible import plain, visible
from framelens.eval.report.wording import voice_title

_TITLES = ("title", "headline")


@dataclass(frozen=True)
class Note:
    """What stands beside a passage of a frame that is present in it; frame and voice by number."""

    frame: int
    voice: int
    p: float
    actors: tuple[Markup, ...]


@dataclass(frozen=True)
class Shown:
    """A passage on the page. ``number``: its place among all of them; ``anchor``: its id, for links to it."""

    number: int
    anchor: str
    passage: int
    text: Markup
    notes: tuple[Note, ...]
    flags: tuple[str, ...]


@dataclass
class Article:
    """A document on the page."""

    number: int
    title: str
    name: str
    source: str
    month: str
    passages: list[Shown] = field(default_factory=list)

    @property
    def framed(self) -> int:
        return sum(bool(passage.notes) for passage in self.passages)


@dataclass(frozen=True)
class Text:
    """All articles of the page, and ``rows``: what its script needs, a row a passage.

    ``actors``: the number of each actor that has a passage on the page. ``per_frame``: by frame and actor, how many.
    ``surest``: passages to quote.
    """

    articles: list[Article]
    rows: list[list[Any]]
    actors: dict[str, int]
    per_frame: dict[tuple[str, str], int]
    surest: Surest


def text_of(records: Iterable[Record], survey: Survey, sample: Sample, voices: Sequence[str], known: Known) -> Text:
    """Lay out the records of the sampled documents, documents in the order of their first passages."""
    text = Text([], [], {}, {}, Surest())
    articles: dict[int, Article] = {}
    anchors: set[str] = set()
    models = list(survey.models)
    for record in records:
        document = survey.documents[document_key(record)]
        if document not in sample.documents or len(text.rows) >= sample.passages:
            continue
        article = articles.get(document)
        if article is None:
            article = articles[document] = _article(record, len(articles))
            text.articles.append(article)
        number = len(text.rows)
        notes = tuple(
            Note(place, voices.index(result.voice or NO_VOICE), result.p, _names(result))
            for place, frame in enumerate(survey.frames)
            if (result := record.frames[frame]).present
        )
        marked = _marked(record, survey.frames, known)
        anchor = _anchor(record, anchors)
        article.passages.append(Shown(number, anchor, record.passage, marked, notes, record.flags))
        text.surest.add(record, anchor, article.title, [note.voice for note in notes])
        text.rows.append(_row(record, article.number, models.index(record.model), survey, voices, text))
    return text


def _article(record: Record, number: int) -> Article:
    source, name = document_key(record)
    titles = (record.meta.get(field) for field in _TITLES)
    title = next((title for title in titles if isinstance(title, str) and title.strip()), name)
    month = group_of(record.meta, MONTH)
    return Article(number, title, name, "" if source == NONE else source, "" if month == NONE else month)


def _anchor(record: Record, taken: set[str]) -> str:
    """An id that stays the same in another report of the same passages."""
    source, _ = document_key(record)
    digest = hashlib.sha256(f"{source}/{record.doc_id}".encode("utf-8", "replace")).hexdigest()[:8]
    anchor = first = f"p-{digest}-{record.passage}"
    again = 1
    while anchor in taken:
        again += 1
        anchor = f"{first}-{again}"
    taken.add(anchor)
    return anchor


def _names(result: FrameResult) -> tuple[Markup, ...]:
    return tuple(visible(plain(words, 60)) for words in dict.fromkeys(span.text for span in result.actors))


def _marked(record: Record, frames: Sequence[str], known: Known) -> Markup:
    """The passage as markup: evidence underlined, actors outlined, one element inside another where they overlap."""
    parts = []
    for segment in segments(record, frames):
        part = visible(segment.text)
        for mark in reversed(segment.marks):
            tag, kind = ("mark", "e") if mark.role == "evidence" else ("b", "a")
            voice = record.frames[frames[mark.frame]].voice
            said = f"{mark.role} of {known.frame(frames[mark.frame]).title}, {voice_title(voice or NO_VOICE)}"
            part = Markup('<{0} class="{1} {1}{2}" title="{3}, p {4:.2f}">{5}</{0}>').format(
                Markup(tag), Markup(kind), mark.frame % 5, said, mark.p, part
            )
        parts.append(part)
    return Markup("").join(parts)


def _row(record: Record, article: int, model: int, survey: Survey, voices: Sequence[str], text: Text) -> list[Any]:
    """What report.js reads as a row: article, doc_id, passage, start, end, flags, model, p of each frame, frames."""
    found = []
    for place, frame in enumerate(survey.frames):
        result = record.frames[frame]
        if not result.present:
            continue
        keys = list(dict.fromkeys(key_of(span.text) for span in result.actors)) or [NOBODY]
        for key in keys:
            text.per_frame[frame, key] = text.per_frame.get((frame, key), 0) + 1
        spans = [
            [[span.start - record.start, span.end - record.start, round(span.p, 4)] for span in part]
            for part in (result.actors, result.evidence)
        ]
        actors = [text.actors.setdefault(key, len(text.actors)) for key in keys]
        found.append([place, voices.index(result.voice or NO_VOICE), actors, *spans])
    p = [record.frames[frame].p for frame in survey.frames]
    head = [article, record.doc_id, record.passage, record.start, record.end, " ".join(record.flags), model]
    return [*head, p, found]


def actor_title(key: str, survey: Survey) -> str:
    """What an actor is called on the page."""
    if key == PRONOUN:
        return "only a pronoun (he, they, who …)"
    return "no actor marked" if key == NOBODY else plain(survey.name(key))
