"""A scored corpus and the hand labels of a sample of it, as arrays."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framelens.data.annotations import GoldPassage, presence
from framelens.data.scored import ScoredPassage
from framelens.errors import FramelensError
from framelens.eval.groups import check_groups, group_of

# How a label finds its passage, for messages.
MATCHING = (
    "a label is matched to the record that has its text and whose doc_id, or doc_id#passage, is the label's id, or "
    "else whose doc_id is the label's doc_id"
)


@dataclass(frozen=True)
class Corpus:
    """N scored passages, n of them labelled.

    ``p``: (N, frames), probabilities. ``said``: (N, frames), whether the model calls a frame present. ``documents``:
    (N,), a number for each passage's document. ``groups``: (N,), indices of ``group_names``; both empty without groups.
    ``rows``: (n,), the labelled passages, none twice. ``truth``: (n, frames), 1 present, 0 absent, -1 not judged.
    ``weights``: (n,), or None for a simple random sample. ``unmatched``: ids of labelled passages that are not in the
    corpus; ``other_text``: ids of those of them whose id is there with another text.
    """

    frames: tuple[str, ...]
    p: NDArray[np.float32]
    said: NDArray[np.bool_]
    documents: NDArray[np.int64]
    groups: NDArray[np.int64]
    group_names: tuple[str, ...]
    rows: NDArray[np.intp]
    truth: NDArray[np.int64]
    weights: NDArray[np.float64] | None
    unmatched: tuple[str, ...]
    other_text: tuple[str, ...]


class Labels:
    """Labelled passages, to be found by a record; each is found once.

    :raises FramelensError: if some have weights and others none.
    """

    def __init__(self, passages: Sequence[GoldPassage]) -> None:
        without = [passage.id for passage in passages if passage.weight is None]
        if 0 < len(without) < len(passages):
            raise FramelensError(
                f"{len(without):,} of {len(passages):,} labelled passages lack meta.weight, which the others have (the "
                f"first is {without[0]!r}); give it to all or to none."
            )
        self.passages = passages
        self._by_id = {passage.id: number for number, passage in enumerate(passages)}
        self._by_text = {(p.doc_id, _words(p.text)): number for number, p in enumerate(passages)}
        self._doc_ids = {passage.doc_id for passage in passages}
        self._texts = [_words(passage.text) for passage in passages]
        self._found: set[int] = set()
        self.other_text: set[int] = set()

    def find(self, record: ScoredPassage) -> int | None:
        """The number of the record's label, if it has one that no earlier record had."""
        named = [self._by_id.get(id) for id in (f"{record.doc_id}#{record.passage}", record.doc_id)]
        candidates = [number for number in named if number is not None]
        if not candidates and record.doc_id not in self._doc_ids:
            return None
        text = _words(record.text)
        self.other_text.update(number for number in candidates if self._texts[number] != text)
        candidates.append(self._by_text.get((record.doc_id, text), -1))
        for number in candidates:
            if number >= 0 and self._texts[number] == text and number not in self._found:
                self._found.add(number)
                return number
        return None


def _words(text: str) -> str:
    """The text with its white space made even, as files of other kinds may have changed it."""
    return " ".join(text.split())


def join(records: Iterable[ScoredPassage], labels: Labels, by: str | None = None) -> Corpus:
    """Lay out a corpus beside the labels of some of its passages; texts are not kept.

    :param by: what to group by, see :func:`framelens.eval.groups.group_of`; None for no groups.
    :raises FramelensError: if there is no record, or none has what it is to be grouped by.
    """
    frames: tuple[str, ...] = ()
    p, said, documents, groups = array("f"), array("b"), array("q"), array("q")
    document_numbers: dict[str, int] = {}
    group_numbers: dict[str, int] = {}
    fields: dict[str, None] = {}
    rows: dict[int, int] = {}
    for row, record in enumerate(records):
        frames = frames or tuple(record.p)
        p.extend(record.p.values())
        said.extend(record.present.values())
        documents.append(document_numbers.setdefault(record.document, len(document_numbers)))
        fields.update(dict.fromkeys(record.meta))
        if by is not None:
            groups.append(group_numbers.setdefault(group_of(record.meta, by), len(group_numbers)))
        number = labels.find(record)
        if number is not None:
            rows[number] = row
    if not frames:
        raise FramelensError("there is no scored passage to count; give what framelens score -o wrote.")
    if by is not None:
        check_groups(group_numbers, by, fields)
    missing = [number for number in range(len(labels.passages)) if number not in rows]
    labelled = [labels.passages[number] for number in rows]
    return Corpus(
        frames=frames,
        p=np.frombuffer(p, dtype=np.float32).reshape(-1, len(frames)),
        said=np.frombuffer(said, dtype=np.int8).reshape(-1, len(frames)).astype(bool),
        documents=np.array(documents, dtype=np.int64),
        groups=np.array(groups, dtype=np.int64),
        group_names=tuple(group_numbers),
        rows=np.array(list(rows.values()), dtype=np.intp),
        truth=presence(labelled, frames),
        weights=_weights(labelled),
        unmatched=tuple(labels.passages[number].id for number in missing),
        other_text=tuple(labels.passages[number].id for number in missing if number in labels.other_text),
    )


def _weights(labelled: Sequence[GoldPassage]) -> NDArray[np.float64] | None:
    weights = [passage.weight for passage in labelled if passage.weight is not None]
    # Equal weights say what none say: every passage had the same chance.
    return np.array(weights) if len(set(weights)) > 1 else None
