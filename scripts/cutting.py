"""The stream of passages, cut into the units of work that become shards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from framelens.data.documents import Refusal
from framelens.data.passages import Passage, Unit, Window, passages
from framelens.data.shards import Position
from framelens.scripts.inputs import Inputs

# Passages in a shard: a minute's work for a core, so that little is lost, and some megabytes in a file.
SHARD = 8_192
# A shard is closed before it has so many code points, however long its passages are.
CHARACTERS = 32_000_000


@dataclass(frozen=True)
class Work:
    """A shard to be: its passages, what was refused while they were read, and where in the inputs they end.

    ``read``: bytes of the inputs that are read by then. The last one may have no passages.
    """

    number: int
    passages: Sequence[Passage]
    refusals: Sequence[Refusal]
    end: Position
    read: int


def cut(
    inputs: Inputs, unit: Unit, window: Window, number: int = 0, start: Position | None = None, size: int = SHARD
) -> Iterator[Work]:
    """Cut the passages of the inputs into shards, across documents; the same inputs are cut the same each time.

    :param number: that of the first shard.
    :param start: where it begins; files before it are not opened, documents before it not divided.
    """
    start = start or Position()
    held: list[Passage] = []
    refusals: list[Refusal] = []
    characters = 0
    for index in range(start.source, len(inputs)):
        # What was done of this file before.
        done = start if index == start.source else Position(index)
        here = Position(index)
        for item in inputs.items(index):
            if isinstance(item, Refusal):
                here = replace(here, refusals=here.refusals + 1)
                if here.refusals > done.refusals:
                    refusals.append(item)
                continue
            if here.documents >= done.documents:
                skipped = done.passages if here.documents == done.documents else 0
                for count, passage in enumerate(passages(item, unit, window), 1):
                    if count <= skipped:
                        continue
                    held.append(passage)
                    characters += len(passage.text)
                    if len(held) >= size or characters >= CHARACTERS:
                        yield Work(number, held, refusals, replace(here, passages=count), inputs.read)
                        number, held, refusals, characters = number + 1, [], [], 0
            here = replace(here, documents=here.documents + 1)
    if held or refusals:
        yield Work(number, held, refusals, Position(len(inputs)), inputs.read)
