"""Who scores: this process, or workers that share the model's memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from framelens.data.documents import Refusal
from framelens.data.layout import Layout
from framelens.data.passages import Passage
from framelens.data.records import Record
from framelens.model.classifier import FrameClassifier
from framelens.model.engines import Device, OnnxEngine
from framelens.model.sharing import load_shared, write_shared
from framelens.model.tiers import model_folder
from framelens.scripts.scoring import Scored, score_passages, score_shard
from framelens.scripts.workers import Workers, cores

Answer = TypeVar("Answer")
Function = Callable[[Sequence[Passage]], Answer]


@dataclass(frozen=True)
class Choice:
    """The model as the user named it, and where to compute."""

    model: str | None = None
    device: Device = "auto"

    def load(self, threads: int | None = None, shared: Path | None = None) -> FrameClassifier:
        """Load it, with the weights that processes share where there are such."""
        if shared is not None and threads is not None:
            return FrameClassifier(load_shared(Path(model_folder(self.model)), shared, threads))
        return FrameClassifier.load(self.model, self.device, threads)


@contextmanager
def workers(
    count: int, choice: Choice, classifier: FrameClassifier, task: Callable[[FrameClassifier], Function[Answer]]
) -> Iterator[Workers[Sequence[Passage], Answer]]:
    """So many processes that do a task, each with its share of the cores.

    :param classifier: of the choice, loaded here.
    :param task: makes the function of a process out of its classifier; pickled.
    """
    threads = max(1, cores() // count)
    with ExitStack() as stack:
        shared = None
        if isinstance(classifier.model.engine, OnnxEngine):
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="framelens-")))
            shared = write_shared(Path(model_folder(choice.model)), scratch)
        yield stack.enter_context(Workers(count, partial(_start, choice, threads, shared, task)))


def into_shards(layout: Layout, classifier: FrameClassifier) -> Function[Scored]:
    """The task of scoring shards."""
    return partial(score_shard, classifier, layout=layout)


def into_records(classifier: FrameClassifier) -> Function[tuple[list[Record], list[Refusal]]]:
    """The task of scoring passages."""
    return partial(score_passages, classifier)


def _start(
    choice: Choice, threads: int, shared: Path | None, task: Callable[[FrameClassifier], Function[Answer]]
) -> Function[Answer]:
    # The tokenizer's threads, too.
    os.environ.setdefault("RAYON_NUM_THREADS", str(threads))
    return task(choice.load(threads, shared))
