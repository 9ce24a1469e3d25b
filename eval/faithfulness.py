"""Whether the evidence is what the model decides by: the ERASER measures (DeYoung et al. 2020).

*Comprehensiveness* is how far p falls when the evidence is taken out of the passage, *sufficiency* how far
it falls when only the evidence is left. Evidence that carries the decision has a large comprehensiveness
and a sufficiency about 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from framelens.model.classifier import FrameClassifier

Ranges = Sequence[tuple[int, int]]


def erased_probabilities(
    classifier: FrameClassifier, texts: Sequence[str], p: NDArray[np.float64], evidence: NDArray[np.object_]
) -> NDArray[np.float64]:
    """p without the predicted evidence, and with nothing but it, where a frame is predicted present.

    :param p: (n, frames), of the whole texts.
    :param evidence: (n, frames), tuples of (start, end) code-point offsets.
    :returns: (n, frames, 2), NaN where a frame is not predicted present or has no evidence.
    """
    found = np.full((*p.shape, 2), np.nan)
    present = p >= np.asarray(classifier.manifest.thresholds)
    places = [(row, column) for row, column in np.argwhere(present) if evidence[row, column]]
    edited = [
        edit(texts[row], evidence[row, column]) for row, column in places for edit in (without_evidence, only_evidence)
    ]
    # Two frames often rest on the same words.
    distinct = {text: place for place, text in enumerate(dict.fromkeys(edited))}
    probabilities = classifier.predict_proba(list(distinct))
    for number, (row, column) in enumerate(places):
        for part in (0, 1):
            found[row, column, part] = probabilities[distinct[edited[2 * number + part]], column]
    return found


def without_evidence(text: str, evidence: Ranges) -> str:
    """The text without the ranges' characters."""
    edges = [0, *(edge for span in _merged(evidence) for edge in span), len(text)]
    return _joined(text, list(zip(edges[::2], edges[1::2], strict=True)))


def only_evidence(text: str, evidence: Ranges) -> str:
    """The ranges' characters alone, in order."""
    return _joined(text, _merged(evidence))


def _joined(text: str, ranges: Ranges) -> str:
    return " ".join(" ".join(text[start:end] for start, end in ranges).split())


def _merged(ranges: Ranges) -> list[tuple[int, int]]:
    """The ranges in order, those that overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
