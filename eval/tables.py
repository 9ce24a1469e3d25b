"""Figures as Markdown tables, for a terminal and for a model card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from framelens.errors import FramelensError

COLUMNS = (
    "average_precision",
    "f1",
    "precision",
    "recall",
    "voice_accuracy",
    "evidence_f1",
    "actor_f1",
    "calibration_error",
)
# Of slices and of differences, in one table each.
_FEW = ("average_precision", "f1", "precision", "recall", "voice_accuracy")
# Of runtime files against the trained model, as counts.
_COUNTED = ("decisions", "voices", "spans")
# Slices that are too small, by name.
_NAMED = 20


def put_between(path: Path, begin: str, end: str, content: str) -> None:
    """Replace what stands between two marks of a file.

    :raises FramelensError: if the file lacks the marks, in this order.
    """
    before, opened, rest = path.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not opened or not closed:
        raise FramelensError(f"{path}: the marks {begin} and {end} are not there; put them around the table.")
    path.write_text(f"{before}{begin}\n{content}\n{end}{after}", encoding="utf-8")


def figures_table(evaluation: dict[str, Any]) -> str:
    """Figures with 95% intervals as a Markdown table, a row a frame."""
    data, figures = evaluation["data"], evaluation["figures"]
    rows = []
    for group in (*data["present"], "macro"):
        found = [cell(figures.get(f"{group}/{name}")) for name in COLUMNS]
        rows.append([group, str(data["present"].get(group, "")), *found])
    overall = ", ".join(
        f"{name.removeprefix('all/').replace('_', ' ')} {cell(figure)}"
        for name, figure in figures.items()
        if name.startswith("all/") and figure["value"] is not None
    )
    run = f"{evaluation['model']} on {evaluation['engine']}"
    head = f"{data['passages']:,} passages of {data['documents']:,} documents, {run}"
    table = markdown(["frame", "present", *map(_words, COLUMNS)], rows)
    tail = f"\n\nOver all frames: {overall}." if overall else ""
    return f"{head}; 95% intervals by bootstrap over documents.\n\n{table}{tail}"


def slices_table(field: str, found: dict[str, Any]) -> str:
    """The slices by one field, a row each: figures of all frames' decisions pooled."""
    rows = []
    for value, part in found["slices"].items():
        figures = part["figures"]
        pooled = [figures.get(f"micro/{name}") or figures.get(f"all/{name}") for name in _FEW]
        rows.append([" ".join(value.split()).replace("|", "¦"), f"{part['passages']:,}", *map(cell, pooled)])
    left_out = [f"{value} ({passages})" for value, passages in found["left_out"].items()]
    more = f", and {len(left_out) - _NAMED} more" if len(left_out) > _NAMED else ""
    small = f"Left out as too small: {', '.join(left_out[:_NAMED])}{more}."
    table = markdown([field, "passages", *map(_words, _FEW)], rows) if rows else ""
    return "\n\n".join(part for part in (table, small if left_out else "") if part)


def differences_table(evaluation: dict[str, Any]) -> str:
    """What differs from the other model, a row a frame: the model's figure less the other's, and McNemar's test."""
    against = evaluation["against"]
    rows = []
    for frame in (*evaluation["data"]["present"], "macro"):
        row = [frame, *(cell(against["differences"].get(f"{frame}/{name}"), signed=True) for name in _FEW)]
        test = against["mcnemar"].get(frame)
        if test is not None:
            row += [f"{test['only_model_right']} : {test['only_other_right']}", f"{test['p_value']:.2g}"]
        rows.append([*row, *[""] * (len(_FEW) + 3 - len(row))])
    head = ["frame", *map(_words, _FEW), "only one right", "McNemar p"]
    changed = f"{len(against['changed']):,} decisions differ."
    return f"{evaluation['model']} less {against['model']}; {changed}\n\n{markdown(head, rows)}"


def parity_table(report: dict[str, Any]) -> str:
    """How far each runtime file is from the trained model, a row a frame."""
    rows = []
    for name, file in report["files"].items():
        for group, apart in (*file["frames"].items(), ("all", file["all"])):
            counts = [f"{apart[what]['differ']} of {apart[what]['of']:,}" for what in _COUNTED]
            rows.append([f"`{name}`", group, f"{apart['mean']:.4f}", f"{apart['largest']:.4f}", *counts])
    passages = f"{report['passages']:,} passages"
    if report["found"] > report["passages"]:
        passages = f"{report['passages']:,} of {report['found']:,} passages"
    engines = "; ".join(f"`{name}` on {file['engine']}" for name, file in report["files"].items())
    head = (
        f"Each file against the trained model ({report['engine']}), on {passages} from {report['from']}: {engines}. "
        "Voices and spans are compared where both say that the frame is present."
    )
    names = ["file", "frame", "mean difference of p", "largest", *(f"{what} differ" for what in _COUNTED)]
    return f"{head}\n\n{markdown(names, rows)}"


def behaviour_table(behaviour: dict[str, Any]) -> str:
    """The behavioural tests and the pairs of sides, a row each: the shares that fail, and how p changes."""
    rows = []
    for test in behaviour["tests"]:
        change = cell(test.get("change"), test["kind"] == "DIR", 3)
        rows.append([test["name"], test["kind"], f"{test['cases']:,}", cell(test["rate"]), change])
    tests = markdown(["behavioural test", "kind", "cases", "fail", "change of p"], rows)
    if not behaviour["sides"]:
        return tests
    rows = [
        [f"{pair['one']} → {pair['other']}", f"{pair['passages']:,}", cell(pair["rate"])]
        + [cell(bias, True, 3) for bias in pair["bias"].values()]
        for pair in behaviour["sides"]
    ]
    frames = [f"p {_words(frame)}" for frame in behaviour["sides"][0]["bias"]]
    return f"{tests}\n\n{markdown(['sides', 'passages', 'flip', *frames], rows)}"


def cell(figure: dict[str, Any] | None, signed: bool = False, places: int = 2) -> str:
    """A figure with its interval: ``0.88 (0.85–0.91)``, a dash where there is none."""
    if figure is None or figure["value"] is None:
        return "–"
    sign = "+" if signed else ""
    value, low, high = (f"{number:{sign}.{places}f}" for number in (figure["value"], *figure["interval"]))
    return f"{value} ({low} to {high})" if signed else f"{value} ({low}–{high})"


def _words(name: str) -> str:
    return name.replace("_", " ")


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"|{''.join(f' {entry} |' if entry else ' |' for entry in line)}" for line in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])
