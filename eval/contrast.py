"""Contrast sets: groups of passages that differ by an edit which changes the label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from framelens.eval.outcome import Outcome

# Passages of this source are contrast sets, a document a group.
CONTRAST = "contrast/"


def contrast_groups(outcome: Outcome, thresholds: Sequence[float]) -> NDArray[np.bool_]:
    """Which groups there are and which of them are got right whole (Gardner et al. 2020).

    What counts is what the group's edits change: the frame that is there in one member and not in
    another, or its voice.

    :returns: (n, 2), all false but at the first passage of a group: true, and whether all of its members are right.
    """
    table = np.zeros((len(outcome.p), 2), dtype=bool)
    named = np.char.startswith(outcome.documents, CONTRAST)
    for document in np.unique(outcome.documents[named]):
        rows = np.flatnonzero(outcome.documents == document)
        # To a system that says no voices, an edit of the voice is none.
        present = outcome.present[rows]
        voices = np.where(outcome.voices[rows] >= 0, outcome.gold_voices[rows], -1)
        said = outcome.p[rows] >= np.asarray(thresholds)
        edited = (present == 1).any(0) & (present == 0).any(0)
        voiced = np.array([len(set(column[column >= 0])) > 1 for column in voices.T])
        agree = (said == (present == 1)) & (~voiced | (voices < 0) | (outcome.voices[rows] == voices))
        changed = edited | voiced
        table[rows[0]] = changed.any(), changed.any() and agree[:, changed].all()
    return table
