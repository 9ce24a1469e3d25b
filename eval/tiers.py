"""The models that have a name, beside each other: the README's table, from the evaluations in ``eval/results/``.

``python -m framelens.eval.tiers`` in the root of the repository (``make figures``) writes it into the README.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from framelens.data.taxonomy import load_taxonomy
from framelens.errors import FramelensError
from framelens.eval.tables import cell, markdown, put_between
from framelens.model.manifest import ONNX
from framelens.model.tiers import DEFAULT, TIERS

BEGIN, END = "<!-- figures, written by make figures -->", "<!-- end of figures -->"
RESULTS = Path("eval", "results")
SPEED = "speed.json"
# The shipped model in speed.json; a tier's name follows after a comma.
_SHIPPED = "framelens"
_DASH = "–"


@dataclass(frozen=True)
class Tier:
    """A row: an evaluation, the model's name in ``speed.json``, its folder, and the option that chooses it, if any."""

    evaluation: dict[str, Any]
    contender: str
    weights: Path
    how: str = ""


def figures(root: Path) -> str:
    """What stands between the two marks of the README.

    :param root: of the repository.
    :raises FramelensError: if there is no evaluation, or two are not of the same number of passages and documents.
    """
    rows = _tiers(root)
    if not rows:
        raise FramelensError(f"{root / RESULTS}: no evaluation is there; run this in the root of the repository.")
    data = {(tier.evaluation["data"]["passages"], tier.evaluation["data"]["documents"]) for tier in rows}
    if len(data) > 1:
        raise FramelensError(f"{root / RESULTS}: the models were measured on different passages; measure them anew.")
    passages, documents = data.pop()
    speed_file = root / RESULTS / SPEED
    rates = json.loads(speed_file.read_text(encoding="utf-8"))["rates"] if speed_file.exists() else {}
    titles = [frame.title for frame in load_taxonomy().frames]
    head = ["model", "macro average precision", "macro F1", *(f"F1 {title}" for title in titles), "voice accuracy"]
    head += ["evidence F1", "actor F1", "flips", "size", "speed"]
    lines = [_row(tier, rates) for tier in rows] + [_baseline(root)]
    return (
        f"On {passages:,} passages of {documents:,} documents kept from training, with int8 weights on the CPU "
        f"(95% intervals by bootstrap over documents):\n\n{markdown(head, lines)}"
    )


def write_readme(root: Path) -> None:
    """Put the table into the README, in place of the one that is there.

    :raises FramelensError: if the README lacks the marks.
    """
    put_between(root / "README.md", BEGIN, END, figures(root))


def _tiers(root: Path) -> list[Tier]:
    """The models whose evaluation is there, the shipped one first."""
    known = {DEFAULT.name: (_SHIPPED, root / "model" / "weights" / DEFAULT.name, "")}
    for name, package in TIERS.items():
        known[name] = (f"{_SHIPPED}, {name}", root / name / package / "weights", f" (`--model {name}`)")
    found = []
    for name, row in known.items():
        path = root / RESULTS / f"{name}-test.json"
        if path.exists():
            found.append(Tier(json.loads(path.read_text(encoding="utf-8")), *row))
    return found


def _row(tier: Tier, rates: dict[str, list[float]]) -> list[str]:
    weights = tier.weights / ONNX
    size = f"{weights.stat().st_size / 1e6:.0f} MB" if weights.exists() else _DASH
    speed = "1" if tier.contender == _SHIPPED else _DASH
    if tier.contender in rates and tier.contender != _SHIPPED:
        pairs = zip(rates[tier.contender], rates[_SHIPPED], strict=True)
        speed = f"{median(theirs / ours for theirs, ours in pairs):.2f}"
    return [f"{tier.evaluation['model']}{tier.how}", *_measured(tier.evaluation["figures"]), size, speed]


def _baseline(root: Path) -> list[str]:
    """TF-IDF and logistic regression, as measured when the shipped model was trained."""
    path = root / "model" / "weights" / DEFAULT.name / "eval.json"
    baseline = json.loads(path.read_text(encoding="utf-8"))["baseline"]
    return [baseline["model"], *_measured(baseline["figures"]), _DASH, _DASH]


def _measured(found: dict[str, Any]) -> list[str]:
    frames = [f"{frame}/f1" for frame in load_taxonomy().frame_ids]
    plain = [found.get(name) for name in (*frames, "all/voice_accuracy", "all/evidence_f1", "all/actor_f1")]
    flips = found["all/swap_flips"]["value"]
    return [
        cell(found["macro/average_precision"]),
        cell(found["macro/f1"]),
        *(_DASH if figure is None or figure["value"] is None else f"{figure['value']:.2f}" for figure in plain),
        _DASH if flips is None else f"{flips:.1%}",
    ]


if __name__ == "__main__":
    write_readme(Path.cwd())
