"""The minimum functionality tests: contrast sets, by what their edits change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framelens.eval.bootstrap import mean
from framelens.eval.cases import EXAMPLES, Tried, failure
from framelens.eval.contrast import Group, groups_of
from framelens.eval.outcome import Outcome

MINIMUM = "MFT"
# Groups, each with the frames, (frames,), of which one of its members is judged wrongly.
Marked = Sequence[tuple[Group, NDArray[np.bool_]]]


def minimum_functionality(outcome: Outcome, tried: Tried, thresholds: Sequence[float]) -> list[dict[str, Any]]:
    """A test for each frame whose presence contrast groups change, and one for its voice; none where no group does.

    A group is a case, and fails where one of its members is wrong.

    :returns: as :func:`framelens.eval.behaviour.behaviour` has its ``tests``, without a change of p; the texts of
        examples have a ``gold`` too: by frame its voice, or null where it is absent.
    """
    groups = list(groups_of(outcome, thresholds))
    found = []
    for column, frame in enumerate(tried.taxonomy.frames):
        this = np.arange(len(tried.taxonomy.frames)) == column
        marked = [(group, this & ~group.found) for group in groups if group.edited[column]]
        found.append(_test(f"{frame.title}: there or not", "presence", marked, tried))
    # A frame that is missed has no voice to be right about.
    marked = [(group, group.voiced & ~(group.found & group.heard)) for group in groups if group.voiced.any()]
    found.append(_test("in whose voice", "voice", marked, tried))
    return [test for test in found if test["cases"]]


def _test(name: str, capability: str, marked: Marked, tried: Tried) -> dict[str, Any]:
    failed = np.array([wrong.any() for _, wrong in marked], dtype=bool)
    documents = np.array([tried.documents[group.rows[0]] for group, _ in marked], dtype=np.str_)
    return {
        "name": name,
        "capability": capability,
        "kind": MINIMUM,
        "cases": len(marked),
        "failures": int(failed.sum()),
        "rate": mean(failed, documents),
        "examples": [_example(group, wrong, tried) for group, wrong in marked if wrong.any()][:EXAMPLES],
    }


def _example(group: Group, wrong: NDArray[np.bool_], tried: Tried) -> dict[str, Any]:
    members = [tried.passages[row] for row in group.rows]
    texts = [(member.text, tried.answers, int(row)) for member, row in zip(members, group.rows, strict=True)]
    found = failure(str(tried.documents[group.rows[0]]), texts, wrong, tried.taxonomy)
    for member, text in zip(members, found["texts"], strict=True):
        golds = {frame: member.frames.get(frame) for frame in found["frames"]}
        text["gold"] = {frame: gold.voice if gold and gold.present else None for frame, gold in golds.items()}
    return found
