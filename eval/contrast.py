"""Contrast sets: groups of passages that differ by an edit which changes the label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from framelens.eval.outcome import Outcome

# Passages of this source are contrast sets, a document a group.
CONTRAST = "contrast/"


@dataclass(frozen=True)
class Group:
    """A contrast group: what its edits change, and what a system gets right of it throughout.

    ``rows``: the members' numbers. By frame, (frames,): ``edited``, whether the frame is there in one member and not in
    another; ``voiced``, whether its voice differs; ``found`` and ``heard``, whether the system is right on every member
    about the frame's presence, and about its voice where it is there.
    """

    rows: NDArray[np.intp]
    edited: NDArray[np.bool_]
    voiced: NDArray[np.bool_]
    found: NDArray[np.bool_]
    heard: NDArray[np.bool_]


def groups_of(outcome: Outcome, thresholds: Sequence[float]) -> Iterator[Group]:
    """The contrast groups among the passages, in the order of their names."""
    for rows in _members(outcome.documents):
        # To a system that says no voices, an edit of the voice is none.
        present = outcome.present[rows]
        voices = np.where(outcome.voices[rows] >= 0, outcome.gold_voices[rows], -1)
        said = outcome.p[rows] >= np.asarray(thresholds)
        yield Group(
            rows,
            edited=(present == 1).any(0) & (present == 0).any(0),
            voiced=np.array([len(set(column[column >= 0])) > 1 for column in voices.T]),
            found=(said == (present == 1)).all(0),
            heard=((voices < 0) | (outcome.voices[rows] == voices)).all(0),
        )


def contrast_groups(outcome: Outcome, thresholds: Sequence[float]) -> NDArray[np.bool_]:
    """Which groups there are and which of them are got right whole (Gardner et al. 2020).

    What counts is what the group's edits change: the frame that is there in one member and not in
    another, or its voice.

    :returns: (n, 2), all false but at the first passage of a group: true, and whether all of its members are right.
    """
    table = np.zeros((len(outcome.p), 2), dtype=bool)
    for group in groups_of(outcome, thresholds):
        agree = group.found & (~group.voiced | group.heard)
        changed = group.edited | group.voiced
        table[group.rows[0]] = changed.any(), changed.any() and agree[changed].all()
    return table


def contrast_pairs(outcome: Outcome, thresholds: Sequence[float]) -> NDArray[np.intp]:
    """How many pairs of a group's members differ in a label, and on how many of them both members are right.

    What counts is what differs between the two: the frame that is there in one of them, or its voice. It is what
    :func:`contrast_groups` asks of all members at once, asked of two.

    :returns: (n, 2), zero but at the first passage of a group: pairs, and pairs that are right.
    """
    table = np.zeros((len(outcome.p), 2), dtype=np.intp)
    pairs = np.array([pair for rows in _members(outcome.documents) for pair in combinations(rows, 2)], dtype=np.intp)
    if not len(pairs):
        return table
    firsts = np.array([rows[0] for rows in _members(outcome.documents) for _ in combinations(rows, 2)], dtype=np.intp)
    right = (outcome.p >= np.asarray(thresholds)) == (outcome.present == 1)
    # Each (pairs, 2, frames).
    present, gold, said, found = (each[pairs] for each in (outcome.present, outcome.gold_voices, outcome.voices, right))
    edited = (present >= 0).all(1) & (present[:, 0] != present[:, 1])
    voiced = (gold >= 0).all(1) & (said >= 0).all(1) & (gold[:, 0] != gold[:, 1])
    changed = edited | voiced
    agree = found.all(1) & (~voiced | (said == gold).all(1))
    differ = changed.any(1)
    np.add.at(table, firsts, np.stack([differ, differ & (agree | ~changed).all(1)], axis=1))
    return table


def _members(documents: NDArray[np.str_]) -> list[NDArray[np.intp]]:
    """Rows of each contrast group, in the order of the groups' names."""
    rows = np.flatnonzero(np.char.startswith(documents, CONTRAST))
    if not len(rows):
        return []
    _, groups = np.unique(documents[rows], return_inverse=True)
    order = np.argsort(groups, kind="stable")
    return np.split(rows[order], np.flatnonzero(np.diff(groups[order])) + 1)
