"""An evaluation as one page for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from framelens.data.annotations import GoldPassage
from framelens.data.documents import clean
from framelens.eval import plots
from framelens.eval.cells import frame_rows, interval, known, overall_rows, value
from framelens.eval.glossary import BEHAVIOUR, FIGURES, title
from framelens.eval.highlight import stretches
from framelens.eval.mistakes import FALSE_NEGATIVE, FALSE_POSITIVE, Mistake, worst_mistakes
from framelens.eval.outcome import Outcome
from framelens.eval.slices import SMALLEST
from framelens.eval.system import System

# How many mistakes of a kind are shown for a frame, and changed decisions in all; the other files have every one.
WORST, SHOWN = 5, 30
# Code points of a passage that are shown, with evidence and without.
_LONGEST, _SHORT = 1500, 600
_PLOTTED = ("micro/average_precision", "micro/f1")
_IN_SLICES = (*_PLOTTED, "micro/recall", "all/voice_accuracy")


def render(evaluation: Mapping[str, Any], system: System, outcome: Outcome, passages: Sequence[GoldPassage]) -> str:
    """The page, complete in itself: it asks nothing of the network and runs nothing.

    :param evaluation: what ``eval.json`` holds.
    """
    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"value": value, "interval": interval, "title_of": title}
    columns = {frame.id: frame.title for frame in system.taxonomy.frames} | {"macro": "macro", "micro": "pooled"}
    page = environment.get_template("evaluation.html").render(
        evaluation=evaluation,
        run=evaluation.get("run"),
        against=evaluation.get("against"),
        columns=columns,
        rows=frame_rows(evaluation["figures"], columns),
        differences=frame_rows(evaluation["against"]["differences"], columns) if "against" in evaluation else [],
        overall=overall_rows(evaluation["figures"]),
        glossary=FIGURES,
        plots=_plots(evaluation, system, outcome),
        slices=list(_slices(evaluation.get("slices", {}))),
        smallest=SMALLEST,
        mistakes=[
            (
                frame.title,
                [
                    _shown(mistake, column, system, outcome, passages)
                    for kind in (FALSE_NEGATIVE, FALSE_POSITIVE)
                    for mistake in worst_mistakes(system, outcome, column, kind, WORST)
                ],
            )
            for column, frame in enumerate(system.taxonomy.frames)
        ],
        changed=_changed(evaluation, passages),
        behaviour=evaluation.get("behaviour"),
        tests=BEHAVIOUR,
    )
    return clean(page)[0]


def _template(name: str) -> str:
    return (files("framelens.eval") / "templates" / name).read_text(encoding="utf-8")


def _plots(evaluation: Mapping[str, Any], system: System, outcome: Outcome) -> dict[str, list[str]]:
    frames = system.taxonomy.frames
    voices, counts = evaluation["voices"]["voices"], evaluation["voices"]["counts"]
    titled = [("all", "all frames"), *((frame.id, frame.title) for frame in frames)]
    found = {
        "curves": [plots.precision_recall(system, outcome, evaluation)],
        "reliability": [
            plots.reliability_diagram(frame.title, evaluation["reliability"][frame.id], number)
            for number, frame in enumerate(frames)
            if evaluation["reliability"][frame.id]
        ],
        "voices": [
            plots.confusion(name, voices, counts[key], number)
            for number, (key, name) in enumerate(titled)
            if any(map(any, counts[key]))
        ],
        "against": [],
        "sides": [],
    }
    if "against" in evaluation:
        differences = evaluation["against"]["differences"]
        keys = [*((frame.id, frame.title) for frame in frames), ("macro", "macro")]
        shown = ("average_precision", "f1")
        series = {title(name): [differences[f"{key}/{name}"] for key, _ in keys] for name in shown}
        alt = "Differences in average precision and F1; the table has the numbers."
        found["against"].append(plots.dots([name for _, name in keys], series, "differences", alt, zero=True))
    sides = evaluation.get("behaviour", {}).get("sides", [])
    if sides:
        names = [f"{pair['one']} → {pair['other']}" for pair in sides]
        series = {frame.title: [pair["bias"][frame.id] for pair in sides] for frame in frames}
        alt = "Mean p about the second side less p about the first, by pair; the table has the numbers."
        found["sides"].append(plots.dots(names, series, "sides", alt, zero=True))
    return found


def _slices(fields: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """For each field its name, its slices with the figures that are shown, a plot of them, and what is left out."""
    for number, (field, found) in enumerate(fields.items()):
        slices = found["slices"]
        names = [name for name in _IN_SLICES if any(known(part["figures"].get(name)) for part in slices.values())]
        rows = [
            (value, part["passages"], [part["figures"].get(name) for name in names]) for value, part in slices.items()
        ]
        series = {
            title(name.partition("/")[2]): [part["figures"].get(name) for part in slices.values()] for name in _PLOTTED
        }
        alt = f"Average precision and F1 by {field}; the table has the numbers."
        yield {
            "field": field,
            "figures": names,
            "rows": rows,
            "plot": plots.dots(list(slices), series, f"slices-{number}", alt) if slices else "",
            "left_out": list(found["left_out"].items()),
        }


def _shown(
    mistake: Mistake, column: int, system: System, outcome: Outcome, passages: Sequence[GoldPassage]
) -> dict[str, Any]:
    passage = passages[mistake.row]
    gold = passage.frames[system.taxonomy.frame_ids[column]]
    false_positive = mistake.kind == FALSE_POSITIVE
    said = outcome.evidence[mistake.row, column] if false_positive else ()
    marked = () if false_positive else gold.spans.get("evidence", ())
    voice = gold.voice if gold.present else None
    if false_positive and outcome.voices[mistake.row, column] >= 0:
        voice = system.taxonomy.voice_ids[outcome.voices[mistake.row, column]]
    return {
        "mistake": mistake,
        "passage": passage,
        "false_positive": false_positive,
        "voice": voice,
        "stretches": stretches(passage.text, marked, said, _LONGEST),
    }


def _changed(evaluation: Mapping[str, Any], passages: Sequence[GoldPassage]) -> list[tuple[dict[str, Any], str]]:
    if "against" not in evaluation:
        return []
    texts = {passage.id: passage.text for passage in passages}
    shown = evaluation["against"]["changed"][:SHOWN]
    return [(row, "".join(part.text for part in stretches(texts[row["id"]], (), (), _SHORT))) for row in shown]
