"""Candidates for annotation: scored passages, each under the id that its label will be joined by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from framelens.data.scored import ScoredPassage, read_scored
from framelens.errors import FramelensError


@dataclass(frozen=True)
class Candidate:
    """A scored passage: the calibrated probability of each frame, 0 to 1, and whether it reaches the threshold.

    ``source`` and ``doc_id`` name the document. Where the record itself was a passage of a document, which its ``meta``
    names, ``id`` is the record's; else it is the document's, with the passage's number where it has several.
    """

    id: str
    text: str
    source: str
    doc_id: str
    passage: int
    p: dict[str, float]
    present: dict[str, bool]


def read_candidates(path: Path) -> list[Candidate]:
    """The passages of a scored file, in their order.

    :raises FramelensError: as :func:`framelens.data.scored.read_scored`; if there is none, or one passage stands twice.
    """
    found = [_candidate(passage) for passage in read_scored(str(path))]
    if not found:
        raise FramelensError(f"{path}: holds no scored record.")
    several = Counter(candidate.id for candidate in found)
    found = [replace(one, id=f"{one.id}#{one.passage}") if several[one.id] > 1 else one for one in found]
    twice = next((id for id, count in Counter(candidate.id for candidate in found).items() if count > 1), None)
    if twice is not None:
        raise FramelensError(
            f"{path}: passage {twice!r} stands twice; give each record an id of its own and score again."
        )
    return found


def _candidate(passage: ScoredPassage) -> Candidate:
    source = str(passage.meta.get("source") or "")
    return Candidate(
        passage.doc_id, passage.text, source, passage.document_id, passage.passage, passage.p, passage.present
    )
