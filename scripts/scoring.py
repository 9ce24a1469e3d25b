"""Passages of one shard in, its file out: what a worker does, on this machine or another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from framelens.data.documents import Refusal
from framelens.data.layout import Layout, encode
from framelens.data.passages import Passage
from framelens.data.readers import PREFIX
from framelens.data.records import Record
from framelens.data.tally import Tally, tally
from framelens.errors import FramelensError
from framelens.model.classifier import FrameClassifier

EVERY = 64
Told = Callable[[int], None]


class Scored(NamedTuple):
    """A shard's bytes, what was counted in it, and passages that the model could not score."""

    content: bytes
    tally: Tally
    refusals: list[Refusal]


def score_shard(
    classifier: FrameClassifier, passages: Sequence[Passage], layout: Layout, told: Told | None = None
) -> Scored:
    """Score a shard. The outcome depends on its passages and the model alone, not on what was scored before.

    :param told: gets the number of passages that are scored, now and then.
    :raises FramelensError: if none of several passages can be scored.
    """
    records, refusals = score_passages(classifier, passages, told)
    if refusals and not records and len(passages) > 1:
        raise FramelensError(f"the model scored no passage of a whole shard; the first: {refusals[0]}")
    return Scored(encode(records, layout) if records else b"", tally(records), refusals)


def score_passages(
    classifier: FrameClassifier, passages: Sequence[Passage], told: Told | None = None
) -> tuple[list[Record], list[Refusal]]:
    """Score passages in order; one that makes the engine fail is found by halving, and refused."""
    records: list[Record] = []
    try:
        for record in classifier.score_passages(passages):
            records.append(record)
            if told is not None and len(records) % EVERY == 0:
                told(len(records))
        return records, []
    except (FramelensError, MemoryError):
        raise
    except Exception as error:
        if len(passages) > 1:
            middle = len(passages) // 2
            first, second = (score_passages(classifier, part) for part in (passages[:middle], passages[middle:]))
            return first[0] + second[0], first[1] + second[1]
        (passage,) = passages
        reason = f"the passage cannot be scored ({' '.join(str(error).split()) or type(error).__name__})."
        return [], [Refusal(passage.doc_id, f"passage {passage.number}", reason, passage.text[:PREFIX])]
