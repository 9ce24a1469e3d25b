"""The page itself: one file that asks nothing of anybody."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from framelens.data.documents import clean
from framelens.data.records import Record
from framelens.eval.groups import NONE
from framelens.eval.report import charts
from framelens.eval.report.articles import Text, actor_title, text_of
from framelens.eval.report.measured import Known
from framelens.eval.report.quotes import Quote
from framelens.eval.report.sampling import SEED, drawn
from framelens.eval.report.survey import Groups, Survey, by_month, by_source
from framelens.eval.report.tables import ActorRow, Row, actor_rows, frame_rows, group_rows
from framelens.eval.report.visible import embedded, plain, visible
from framelens.eval.report.wording import (
    QUESTIONS,
    VOICES,
    flag_title,
    listed,
    passages,
    percent,
    voice_title,
)

# Rows of actors that are seen at once, and in all; sources in a chart, and in its table.
_FIRST_ACTORS, _MOST_ACTORS = 8, 100
# Actors that are named in the summary, where several lead.
_FEW = 4
_CHARTED_SOURCES, _MOST_SOURCES = 8, 100


@dataclass(frozen=True)
class About:
    """What is said of the run: the file that was read, when it was written, when and by what the page was made."""

    scored: str
    written: datetime
    made: datetime
    version: str


def render(survey: Survey, records: Callable[[], Iterable[Record]], known: Known, about: About) -> str:
    """The page of a corpus.

    :param survey: of all records.
    :param records: gives the same records again, from which the text is taken.
    """
    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "visible": visible,
        "plain": plain,
        "percent": percent,
        "passages": passages,
        "flag": flag_title,
    }
    voices = survey.voices(known.taxonomy.voice_ids)
    sample = drawn(survey)
    text = text_of(records(), survey, sample, voices, known)
    labels = [known.frame(frame) for frame in survey.frames]
    titles = {label.id: label.title for label in labels}
    groups, months = by_source(survey), by_month(survey)
    rows = frame_rows(survey, voices)
    style = Markup(environment.get_template("report.css").render(frames=range(5)))
    script = Markup(_template("report.js"))
    page = environment.get_template("report.html").render(
        survey=survey,
        about=about,
        version=about.version,
        known=known,
        errors=list(_errors(known, survey.frames)),
        frames=labels,
        questions=QUESTIONS,
        voices=[VOICES.get(voice, (voice, "")) for voice in voices],
        rows=rows,
        charts=_charts(rows, titles),
        groups=groups and _grouped(survey, voices, groups, titles),
        months=months and _monthly(survey, voices, months, titles),
        dateless=sum(size for (_, month), size in zip(survey.cells, survey.passages, strict=True) if month == NONE),
        actors=[_actors(survey, voices, frame, text) for frame in survey.frames],
        quotes=list(_quotes(survey, voices, text)),
        sample=sample,
        seed=SEED,
        articles=text.articles,
        shown=len(text.rows),
        data=embedded(_data(survey, voices, groups, text, known)),
        listed=listed,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    return clean(page)[0]


def _template(name: str) -> str:
    return (files("framelens.eval.report") / "templates" / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    """The digest by which the page's security policy knows its own style and script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")


def _charts(rows: Sequence[Row], titles: Mapping[str, str]) -> Markup:
    said = "; ".join(f"{titles[row.frame]} {percent(row.share.value)}" for row in rows)
    alt = f"Share of passages with each frame, parted by voice: {said}. The table below has the numbers."
    names = [titles[row.frame] for row in rows]
    return Markup(charts.stacked(rows, names, range(len(rows)), "shares", alt))


def _grouped(survey: Survey, voices: Sequence[str], groups: Groups, titles: Mapping[str, str]) -> dict[str, Any]:
    found = group_rows(survey, voices, groups)
    plots = []
    for number, (frame, rows) in enumerate(found.items()):
        shown = rows[:_CHARTED_SOURCES]
        alt = f"Share of passages with {titles[frame]} by {groups.what}, parted by voice; the table has the numbers."
        names = [plain(row.name, 24) for row in shown]
        plot = charts.stacked(shown, names, [number] * len(shown), f"groups-{number}", alt)
        plots.append((titles[frame], Markup(plot)))
    by_group = [list(rows) for rows in zip(*found.values(), strict=True)]
    return {
        "what": groups.what,
        "plots": plots,
        "rows": by_group[:_MOST_SOURCES],
        "charted": min(_CHARTED_SOURCES, len(by_group)),
        "all": len(by_group),
    }


def _monthly(survey: Survey, voices: Sequence[str], months: Groups, titles: Mapping[str, str]) -> dict[str, Any]:
    found = group_rows(survey, voices, months)
    alt = f"Share of passages with each frame by {months.what}; the table has the numbers."
    plot = Markup(charts.over_time(found, titles, "time", alt))
    return {"what": months.what, "plot": plot, "rows": [list(rows) for rows in zip(*found.values(), strict=True)]}


def _actors(survey: Survey, voices: Sequence[str], frame: str, text: Text) -> dict[str, Any]:
    rows = actor_rows(survey, voices, frame)
    named = [row for row in rows if row.named]

    def row(actor: ActorRow) -> dict[str, Any]:
        return {
            "title": actor_title(actor.key, survey),
            "found": actor.found,
            "by_voice": actor.by_voice,
            "number": text.actors.get(actor.key),
            "here": text.per_frame.get((frame, actor.key), 0),
            "named": actor.named,
        }

    return {
        "named": [row(actor) for actor in named[:_MOST_ACTORS]],
        "unnamed": [row(actor) for actor in rows if not actor.named],
        "first": _FIRST_ACTORS,
        "left_out": max(0, len(named) - _MOST_ACTORS),
        "largest": max((actor.found for actor in named), default=1),
        # All that lead, where several are named equally often, those of the surest passages first.
        "leaders": [row(actor) for actor in _leaders(named, frame, text)],
        "few": _FEW,
    }


def _leaders(named: Sequence[ActorRow], frame: str, text: Text) -> list[ActorRow]:
    leading = [actor for actor in named if actor.found == named[0].found]

    def sure(actor: ActorRow) -> float:
        quote = text.surest.of(frame, actor.key)
        return -quote.p if quote else 0.0

    return sorted(leading, key=sure)


def _quotes(survey: Survey, voices: Sequence[str], text: Text) -> Iterable[Quote | None]:
    """For each frame the surest passage that names its leading actor, or where several lead, the surest of all."""
    for frame in survey.frames:
        named = [actor for actor in actor_rows(survey, voices, frame) if actor.named]
        alone = len(named) == 1 or (len(named) > 1 and named[0].found > named[1].found)
        quote = text.surest.of(frame, named[0].key) if alone else None
        yield quote or text.surest.of(frame)


def _errors(known: Known, frames: Sequence[str]) -> Iterable[dict[str, Any]]:
    """The figures of each frame on test passages, where the evaluation has them."""
    for frame in frames:
        figures = {
            name: known.figure(f"{frame}/{name}")
            for name in ("precision", "recall", "voice_accuracy", "actor_f1", "evidence_f1")
        }
        if figures["precision"] and figures["recall"]:
            yield {"title": known.frame(frame).title, **figures}


def _data(survey: Survey, voices: Sequence[str], groups: Groups | None, text: Text, known: Known) -> dict[str, Any]:
    """What report.js reads."""

    def group(source: str, name: str) -> int:
        if groups is None:
            return -1
        wanted = name if groups.what == "article" else source or NONE
        return groups.names.index(wanted)

    return {
        "frames": [[frame, known.frame(frame).title] for frame in survey.frames],
        "voices": [[voice, voice_title(voice)] for voice in voices],
        "actors": [actor_title(key, survey) for key in text.actors],
        "groups": [plain(name) for name in groups.names] if groups else [],
        "models": list(survey.models),
        "articles": [[group(article.source, article.name), article.source, article.month] for article in text.articles],
        "rows": text.rows,
    }
