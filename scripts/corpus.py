"""A run over a whole corpus: passages into a folder of shards, resumable after any death.

A shard is the unit of work, and its records depend on its own passages and the model alone. So the shards are the same
bytes whether a run was interrupted or not, and however many workers shared it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path

from framelens.data.layout import Layout, ShardFormat, layout_of
from framelens.data.passages import Passage, Unit
from framelens.data.readers import Fields
from framelens.data.shards import QUARANTINE, Position
from framelens.errors import FramelensError
from framelens.model.classifier import FrameClassifier
from framelens.scripts.cutting import SHARD, Work, cut
from framelens.scripts.identity import difference, identity
from framelens.scripts.inputs import Inputs
from framelens.scripts.outcome import Outcome
from framelens.scripts.progress import Watch
from framelens.scripts.quarantine import Quarantine
from framelens.scripts.scorers import Choice, into_shards, workers
from framelens.scripts.scoring import Scored, score_shard
from framelens.scripts.shard_folder import ShardFolder
from framelens.scripts.stopping import Stopped, Stopping
from framelens.scripts.workers import WorkerError

FINISHING = "the shard in hand is finished first; once more stops at once, and loses only that shard."
Scores = Callable[[Iterable[Sequence[Passage]]], Iterator[Scored]]


@dataclass(frozen=True)
class Corpus:
    """What a run is asked for.

    ``size``: passages in a shard. ``leave_out``: files that are no inputs, though they may lie in an input's folder.
    """

    inputs: list[str]
    folder: Path
    fields: Fields = field(default_factory=Fields)
    unit: Unit = "paragraph"
    choice: Choice = field(default_factory=Choice)
    format: ShardFormat = "parquet"
    workers: int = 1
    resume: bool = False
    overwrite: bool = False
    quarantine: Path | None = None
    quiet: bool = False
    size: int = SHARD
    leave_out: tuple[Path, ...] = ()


def score_corpus(corpus: Corpus) -> Outcome:
    """Score the inputs into the folder, from where its manifest ends.

    :raises FramelensError: if the folder holds another run, or the disk is full; what is whole then stays.
    """
    if corpus.resume and "-" in corpus.inputs:
        raise FramelensError("standard input cannot be read again from where it was left; put it into a file first.")
    quarantine = corpus.quarantine or corpus.folder / QUARANTINE
    inputs = Inputs(corpus.inputs, corpus.fields, [corpus.folder, quarantine, *corpus.leave_out])
    classifier = corpus.choice.load()
    with ShardFolder(corpus.folder, corpus.resume, corpus.overwrite, "-" not in corpus.inputs) as out:
        _begin(out, corpus, inputs, classifier)
        kept = out.kept if out.shards else None
        refused = Quarantine(quarantine, corpus.overwrite or corpus.quarantine is None, corpus.quiet, kept)
        stopping = Stopping(FINISHING)
        watch = Watch(inputs.size, corpus.quiet, inputs.before(out.end.source))
        try:
            with stopping, watch:
                _run(out, corpus, inputs, classifier, refused, stopping, watch)
        except Stopped:
            pass
        except WorkerError as error:
            raise FramelensError(*error.args, out.standing()) from None
        finally:
            # What is entered in the manifest is on the disk already; a full one has been said.
            with suppress(OSError):
                refused.close(out.tally.passages)
        stopped = stopping.status if stopping.asked() and out.ended is None else None
        return Outcome(out.tally, classifier.taxonomy, watch, refused, stopped, out.standing())


def _begin(out: ShardFolder, corpus: Corpus, inputs: Inputs, classifier: FrameClassifier) -> None:
    """Enter what is asked for, or see that it is what was asked for before."""
    options = {
        "unit": corpus.unit,
        "text-field": corpus.fields.text,
        "id-field": corpus.fields.id,
        "shard-format": corpus.format,
        "shard-size": corpus.size,
    }
    run = identity(inputs, classifier, corpus.choice.model, options)
    if out.run is None:
        with out.writing():
            out.begin(run)
    elif reason := difference(out.run, run, inputs):
        raise FramelensError(
            f"{out.path}: this is not the run that was begun there, since {reason}; mend that, or begin anew with "
            f"--overwrite."
        )


def _run(
    out: ShardFolder,
    corpus: Corpus,
    inputs: Inputs,
    classifier: FrameClassifier,
    refused: Quarantine,
    stopping: Stopping,
    watch: Watch,
) -> None:
    damaged = out.damaged()
    works = stopping.reading(_works(out, damaged, corpus, inputs, classifier))
    first = next(works, None)
    if first is not None and out.layout is None:
        frames, metas = classifier.frames, (passage.meta for passage in first.passages)
        with out.writing():
            out.lay_out(layout_of(corpus.format, frames, metas))
    pending: deque[Work] = deque()
    if first is not None and out.layout is not None:
        with _scores(corpus, classifier, out.layout, pending, stopping, watch) as scores:
            for scored in scores(_passages(chain([first], works), pending)):
                work = pending.popleft()
                with out.writing():
                    _keep(out, work, scored, refused, again=work.number in damaged)
                watch.add(len(work.passages), work.read)
    if not stopping.asked() and out.ended is None:
        with out.writing():
            out.finish(refused.count, refused.sync())


def _works(
    out: ShardFolder, damaged: Sequence[int], corpus: Corpus, inputs: Inputs, classifier: FrameClassifier
) -> Iterator[Work]:
    """Shards to score: those that are damaged, then those that are not scored yet."""
    cutting_from = partial(cut, inputs, corpus.unit, classifier.window, size=corpus.size)
    for number in damaged:
        start = out.shards[number - 1].end if number else Position()
        yield from islice(cutting_from(number=number, start=start), 1)
    if out.ended is None:
        yield from cutting_from(number=len(out.shards), start=out.end)


def _passages(works: Iterable[Work], pending: deque[Work]) -> Iterator[Sequence[Passage]]:
    for work in works:
        pending.append(work)
        yield work.passages


@contextmanager
def _scores(
    corpus: Corpus,
    classifier: FrameClassifier,
    layout: Layout,
    pending: deque[Work],
    stopping: Stopping,
    watch: Watch,
) -> Iterator[Scores]:
    """What scores shards in order: workers, or this process, which tells how far it is within one."""
    if corpus.workers > 1:
        with workers(corpus.workers, corpus.choice, classifier, partial(into_shards, layout)) as pool:
            yield partial(pool.map, halted=stopping.asked)
        return

    def told(count: int) -> None:
        watch.within(count, len(pending[0].passages), pending[0].read)

    def scores(shards: Iterable[Sequence[Passage]]) -> Iterator[Scored]:
        for passages in shards:
            yield score_shard(classifier, passages, layout, told)

    yield scores


def _keep(out: ShardFolder, work: Work, scored: Scored, refused: Quarantine, again: bool) -> None:
    """Write a shard, and what was refused in it."""
    if again:
        out.mend(work.number, scored.content)
        return
    for refusal in (*work.refusals, *scored.refusals):
        refused.keep(refusal)
    quarantine = refused.sync()
    if scored.tally.passages:
        out.add(scored.content, work.end, refused.count, quarantine, scored.tally)
