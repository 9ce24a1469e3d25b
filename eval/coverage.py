"""Do the intervals cover? Corpora are made whose share is known, and sampled.

``python -m framelens.eval.coverage`` prints the table of docs/prevalence.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from framelens.eval.adjusted import adjusted_count, rates
from framelens.eval.intervals import LEVEL, Share
from framelens.eval.prevalence import Powered, Sample, labels_only, prediction_powered

Drawn = Literal["passages", "documents", "likely"]
SHARES = (0.02, 0.1, 0.3)
# Passages of a document, and the intraclass correlation of the frame where they are alike.
SIZE, CORRELATION = 5, 0.2
# The model is calibrated where this share of passages has the frame, as models are that learnt from enriched data.
CALIBRATED_AT = 0.3
BOOTSTRAPS = 200


@dataclass(frozen=True)
class Setting:
    """A kind of corpus and of sample.

    ``share``: of passages with the frame, 0 to 1. ``informative``: whether the model knows anything. ``clustered``:
    whether passages of one document are alike. ``drawn``: passages one by one, documents whole, or passages with
    chances that grow with p and that are known.
    """

    share: float
    informative: bool = True
    clustered: bool = True
    drawn: Drawn = "passages"
    passages: int = 4000
    labels: int = 300


@dataclass(frozen=True)
class Figures:
    """Of an estimate in many corpora: how often its interval covers the share, the mean width, the mean estimate."""

    coverage: float
    width: float
    mean: float


def simulate(setting: Setting, corpora: int = 1000, seed: int = 0, adjusted: bool = False) -> dict[str, Figures]:
    """Estimate the share of many corpora of one kind.

    :returns: figures by estimate: ``raw`` (whose interval has no width), ``labels``, ``powered``, ``plain`` (the
        prediction-powered estimate with the normal interval of the paper), and, if asked for, as it takes longest,
        ``adjusted``.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, list[Share]] = {}
    for _ in range(corpora):
        sample, said = draw(setting, rng)
        raw = float(said.mean())
        found.setdefault("raw", []).append(Share(raw, raw, raw))
        found.setdefault("labels", []).append(labels_only(sample))
        powered = prediction_powered(sample)
        found.setdefault("powered", []).append(powered.share)
        found.setdefault("plain", []).append(_plain(sample, powered))
        if adjusted:
            rows, error = sample.rows, sample.variance((said - raw) / len(said), 0) ** 0.5
            known = rates(sample.truth, said[rows], sample.documents[rows], sample.parts, rng, BOOTSTRAPS)
            found.setdefault("adjusted", []).append(adjusted_count(raw, error, known, rng) or Share(raw, 0.0, 1.0))
    return {name: _figures(shares, setting.share) for name, shares in found.items()}


def draw(setting: Setting, rng: np.random.Generator) -> tuple[Sample, NDArray[np.bool_]]:
    """A corpus with its labelled sample, and which passages the model calls present: those from p = 0.5."""
    count, documents = setting.passages, np.arange(setting.passages) // SIZE
    chance, alike = np.full(count, setting.share), np.zeros(count)
    if setting.clustered:
        spread = (1 - CORRELATION) / CORRELATION
        chance = rng.beta(setting.share * spread, (1 - setting.share) * spread, count // SIZE)[documents]
        alike = rng.normal(0, 0.4, count // SIZE)[documents]
    truth = (rng.random(count) < chance).astype(np.float64)
    # Normal scores 2.2 apart: where documents do not differ, an area under the ROC curve of 0.94.
    score = rng.normal(0, 1, count) + alike + (2.2 * (truth - 0.5) if setting.informative else 0.0)
    p = 1 / (1 + np.exp(-2.2 * score - np.log(CALIBRATED_AT / (1 - CALIBRATED_AT))))
    rows, weights = _drawn(setting, p, rng)
    return Sample(p, documents, rows, truth[rows], weights), p >= 0.5


def _drawn(
    setting: Setting, p: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.float64] | None]:
    if setting.drawn == "documents":
        first = rng.choice(len(p) // SIZE, setting.labels // SIZE, replace=False) * SIZE
        return (first[:, None] + np.arange(SIZE)).ravel(), None
    if setting.drawn == "likely":
        chance = np.minimum(1, setting.labels * (p + 0.1) / (p + 0.1).sum())
        rows = np.flatnonzero(rng.random(len(p)) < chance)
        return rows, 1 / chance[rows]
    return rng.choice(len(p), setting.labels, replace=False), None


def _plain(sample: Sample, powered: Powered) -> Share:
    """The interval for passages that are independent and so many that errors are normal."""
    error = float(np.sum((sample.pull - powered.tuning * sample.drift_pull) ** 2)) ** 0.5
    half = NormalDist().inv_cdf((1 + LEVEL) / 2) * error
    return Share(powered.share.value, powered.share.value - half, powered.share.value + half)


def _figures(shares: list[Share], truth: float) -> Figures:
    return Figures(
        coverage=float(np.mean([share.low <= truth <= share.high for share in shares])),
        width=float(np.mean([share.width for share in shares])),
        mean=float(np.mean([share.value for share in shares])),
    )


def table() -> Iterator[str]:
    """Lines of a Markdown table over all settings, labels by labels."""
    yield "| labels | drawn | documents | share | model | raw | adjusted | labels alone | plain | prediction-powered |"
    yield "|---" * 10 + "|"
    kinds: tuple[tuple[bool, Drawn], ...] = (
        (False, "passages"),
        (True, "passages"),
        (True, "documents"),
        (True, "likely"),
    )
    for labels, (clustered, drawn), share, informative in product((50, 300), kinds, SHARES, (True, False)):
        found = simulate(Setting(share, informative, clustered, drawn, labels=labels), adjusted=True)
        columns = (found[name] for name in ("adjusted", "labels", "plain", "powered"))
        cells = [f"{figures.coverage:.1%} ({figures.width:.3f})" for figures in columns]
        alike, model = "alike" if clustered else "mixed", "informative" if informative else "useless"
        yield f"| {labels} | {drawn} | {alike} | {share} | {model} | {found['raw'].mean:.3f} | {' | '.join(cells)} |"


if __name__ == "__main__":
    for line in table():
        print(line, flush=True)
