"""A run into one file, or onto the screen: records as they come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rich.console import Console

from framelens.data.documents import Document
from framelens.data.passages import Passage, Unit, passages
from framelens.data.readers import Fields
from framelens.data.records import Record
from framelens.data.tally import Tally, tally
from framelens.data.taxonomy import Taxonomy
from framelens.data.writers import FileWriter, StreamWriter, Writer
from framelens.model.classifier import FrameClassifier
from framelens.scripts.inputs import Inputs
from framelens.scripts.outcome import Outcome
from framelens.scripts.progress import Watch
from framelens.scripts.quarantine import Quarantine
from framelens.scripts.scorers import Choice, into_records, workers
from framelens.scripts.stopping import Stopping

# Passages that a worker gets at once.
PORTION = 2_048
# Records that are counted at once.
COUNTED = 64


@dataclass(frozen=True)
class Stream:
    """What a run is asked for; without ``output``, records go to standard output.

    ``replace``: whether a quarantine that exists may be overwritten. ``leave_out``: files that are no inputs, though
    they may lie in an input's folder.
    """

    inputs: list[str]
    output: Path | None
    fields: Fields
    unit: Unit
    choice: Choice
    workers: int
    overwrite: bool
    quarantine: Path | None
    replace: bool
    quiet: bool
    leave_out: tuple[Path, ...] = ()


def score_stream(stream: Stream, keep: Callable[[Record], None]) -> Outcome:
    """Score the inputs into the file, or onto the screen.

    :param keep: gets each record too, once it is written.
    """
    writer = FileWriter(stream.output, stream.overwrite) if stream.output is not None else None
    refused = Quarantine(stream.quarantine, stream.replace, stream.quiet)
    written = [path for path in (stream.output, refused.path, writer and writer.partial) if path]
    inputs = Inputs(stream.inputs, stream.fields, leave_out=[*written, *stream.leave_out])
    classifier = stream.choice.load()
    stopping = Stopping(None)
    # A table on the terminal is progress enough.
    watch = Watch(inputs.size, stream.quiet or (writer is None and sys.stdout.isatty()))
    counted = _Counted(inputs, watch)
    standing = ""
    try:
        documents = refused.accepted(inputs)
        with stopping, watch, writer or _screen(classifier.taxonomy) as out:
            for record in counted.following(_records(stream, classifier, documents, refused)):
                out.write(record)
                keep(record)
    except KeyboardInterrupt:
        kept = writer is not None and counted.tally.passages
        standing = f"they are in {writer.partial}." if writer is not None and kept else "nothing is kept."
    finally:
        refused.close(counted.tally.passages)
    stopped = stopping.status if standing else None
    return Outcome(counted.tally, classifier.taxonomy, watch, refused, stopped, standing)


def _records(
    stream: Stream, classifier: FrameClassifier, documents: Iterable[Document], refused: Quarantine
) -> Iterator[Record]:
    if stream.workers == 1:
        yield from classifier.score_documents(documents, stream.unit)
        return
    window = classifier.window
    source = (passage for document in documents for passage in passages(document, stream.unit, window))
    with workers(stream.workers, stream.choice, classifier, into_records) as pool:
        for records, refusals in pool.map(_portions(source), halted=bool):
            for refusal in refusals:
                refused.keep(refusal)
            yield from records


def _portions(source: Iterator[Passage]) -> Iterator[Sequence[Passage]]:
    while portion := list(islice(source, PORTION)):
        yield portion


class _Counted:
    """Counts records as they go by, a few at a time."""

    def __init__(self, inputs: Inputs, watch: Watch) -> None:
        self._inputs = inputs
        self._watch = watch
        self._total = Tally()
        self._fresh: list[Record] = []

    @property
    def tally(self) -> Tally:
        return self._total + tally(self._fresh)

    def following(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            yield record
            # Only now it is written.
            self._fresh.append(record)
            if len(self._fresh) == COUNTED:
                self._count()
        self._count()

    def _count(self) -> None:
        self._total += tally(self._fresh)
        self._watch.add(len(self._fresh), self._inputs.read)
        self._fresh = []


def _screen(taxonomy: Taxonomy) -> Writer:
    if not sys.stdout.isatty():
        return StreamWriter(sys.stdout)
    from framelens.scripts.table import TableWriter

    return TableWriter(Console(), taxonomy)
