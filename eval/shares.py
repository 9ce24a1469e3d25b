"""How common each frame is in a corpus and in its groups, by every estimate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framelens.errors import FramelensError
from framelens.eval.adjusted import Rates, adjusted_count, rates
from framelens.eval.corpus import Corpus
from framelens.eval.intervals import Share
from framelens.eval.prevalence import (
    MIN_DOCUMENTS,
    MIN_LABELS,
    Powered,
    Sample,
    departure,
    labels_only,
    prediction_powered,
)

# A random sample's predictions are hardly ever this many standard errors off those of the rest.
FAR = 4.0
DIGITS = 5


@dataclass(frozen=True)
class Prevalence:
    """One frame in one group, or in the whole corpus where ``group`` is None.

    ``labels``: how many passages of it are judged; ``positives``: how many of these have the frame. ``raw``: share that
    the model calls present. What the labels do not determine is None, and ``remark`` says why.
    """

    group: str | None
    frame: str
    passages: int
    documents: int
    labels: int
    positives: int
    raw: float
    adjusted: Share | None
    labels_only: Share | None
    powered: Powered | None
    remark: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Flat, ready for JSON and CSV; ``_low`` and ``_high`` are the bounds of an interval."""
        row: dict[str, Any] = {"group": self.group}
        for name in ("frame", "passages", "documents", "labels", "positives"):
            row[name] = getattr(self, name)
        row["raw"] = round(self.raw, DIGITS)
        powered = self.powered.share if self.powered else None
        for name, share in (("adjusted", self.adjusted), ("labels_only", self.labels_only), ("powered", powered)):
            for column, part in ((name, "value"), (f"{name}_low", "low"), (f"{name}_high", "high")):
                row[column] = round(getattr(share, part), DIGITS) if share else None
        row["lambda"] = round(self.powered.tuning, DIGITS) if self.powered else None
        row["more_labels"] = self.powered.more_labels if self.powered else None
        return row | {"remark": self.remark}


def prevalences(corpus: Corpus, seed: int = 0) -> list[Prevalence]:
    """All frames of the whole corpus, then of each group in the order of the groups' names.

    Sensitivity and specificity are those of all labels together, as the adjusted count takes a classifier to be equally
    good everywhere; all else of a group rests on its own passages.

    :param seed: of the bootstrap.
    :raises FramelensError: if the labels tell of no frame.
    """
    found = list(_prevalences(corpus, seed))
    whole = [row for row in found if row.group is None]
    if all(row.powered is None for row in whole):
        reasons = "; ".join(f"{row.frame}: {row.remark}" for row in whole)
        raise FramelensError(f"too little is labelled to tell how common any frame is ({reasons}).")
    if all(row.positives in (0, row.labels) for row in whole):
        raise FramelensError(
            f"all labels of a frame say the same ({', '.join(f'{row.frame}: {row.remark}' for row in whole)}); label a "
            "random sample of the passages, those without a frame too, large enough to hold some with it."
        )
    return found


def _prevalences(corpus: Corpus, seed: int) -> Iterator[Prevalence]:
    rng = np.random.default_rng(seed)
    known = [_rates(corpus, column, rng) for column in range(len(corpus.frames))]
    parts: list[tuple[str | None, NDArray[np.intp]]] = [(None, np.arange(len(corpus.p)))]
    for name in sorted(corpus.group_names):
        parts.append((name, np.flatnonzero(corpus.groups == corpus.group_names.index(name))))
    for group, members in parts:
        for column in range(len(corpus.frames)):
            yield _prevalence(corpus, group, members, column, known[column], rng)


def departures(corpus: Corpus) -> dict[str, float]:
    """Frames by whose predictions the labelled passages are no random sample, with how many standard errors off."""
    everything = np.arange(len(corpus.p))
    found = {}
    for column, frame in enumerate(corpus.frames):
        sample = _sample(corpus, everything, column)
        if len(sample.rows) >= MIN_LABELS and abs(off := departure(sample)) > FAR:
            found[frame] = off
    return found


def _sample(corpus: Corpus, members: NDArray[np.intp], column: int) -> Sample:
    """The passages ``members`` with the judgements that they have on one frame."""
    places = np.searchsorted(members, corpus.rows)
    inside = places < len(members)
    inside[inside] = members[places[inside]] == corpus.rows[inside]
    judged = inside & (corpus.truth[:, column] >= 0)
    _, documents = np.unique(corpus.documents[members], return_inverse=True)
    # One book or one page has no documents to compare: then its passages are taken for drawn one by one from it.
    if documents.max() + 1 < MIN_DOCUMENTS:
        documents = np.arange(len(members))
    return Sample(
        p=corpus.p[members, column].astype(np.float64),
        documents=documents,
        rows=places[judged],
        truth=corpus.truth[judged, column].astype(np.float64),
        weights=None if corpus.weights is None else corpus.weights[judged],
    )


def _rates(corpus: Corpus, column: int, rng: np.random.Generator) -> Rates | None:
    judged = corpus.truth[:, column] >= 0
    truth = corpus.truth[judged, column]
    if len(truth) < MIN_LABELS or truth.min() == truth.max():
        return None
    rows = corpus.rows[judged]
    parts = np.ones(len(rows)) if corpus.weights is None else corpus.weights[judged]
    return rates(truth.astype(np.float64), corpus.said[rows, column], corpus.documents[rows], parts, rng)


def _prevalence(
    corpus: Corpus,
    group: str | None,
    members: NDArray[np.intp],
    column: int,
    known: Rates | None,
    rng: np.random.Generator,
) -> Prevalence:
    sample, said = _sample(corpus, members, column), corpus.said[members, column]
    raw = float(said.mean())
    error = sample.variance((said - raw) / len(said), 0) ** 0.5
    documents = len(np.unique(corpus.documents[members]))
    lacking = _lacking(sample)
    return Prevalence(
        group=group,
        frame=corpus.frames[column],
        passages=len(members),
        documents=documents,
        labels=len(sample.rows),
        positives=int(sample.truth.sum()),
        raw=raw,
        adjusted=adjusted_count(raw, error, known, rng) if known else None,
        labels_only=labels_only(sample) if not lacking else None,
        powered=prediction_powered(sample) if not lacking else None,
        remark=lacking or _caution(sample, documents),
    )


def _caution(sample: Sample, documents: int) -> str:
    """What to know of the intervals, or nothing."""
    if sample.truth.min() == sample.truth.max():
        return f"all labels say {'present' if sample.truth[0] else 'absent'}"
    return f"few documents ({documents}): holds of these only" if documents < MIN_DOCUMENTS else ""


def _lacking(sample: Sample) -> str:
    """Why a sample is too small for an interval, or nothing."""
    if len(sample.rows) < MIN_LABELS:
        return f"{len(sample.rows)} labels, {MIN_LABELS} needed"
    if sample.labelled_documents < MIN_DOCUMENTS:
        return f"labels of {sample.labelled_documents} documents, {MIN_DOCUMENTS} needed"
    return ""
