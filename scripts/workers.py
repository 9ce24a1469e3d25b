"""Processes that share out a stream of work: answers in order, few items held at once, a death noticed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Generic, TypeVar

from framelens.errors import FramelensError

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Function = Callable[[Item], Answer]
# Items that are made ready while all workers are busy.
AHEAD = 1


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class WorkerError(FramelensError):
    """A worker died, or failed in a way that nobody foresaw."""


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    number: int | None = None


class Workers(Generic[Item, Answer]):
    """``count`` processes that apply a function to items.

    Each is started afresh (spawn), so that no lock or thread of this process is copied into it. It leaves signals to
    this process, and ends when this process does, however that dies.

    :param start: called in each process once; gives the function. Both it and the items are pickled.
    """

    def __init__(self, count: int, start: Callable[[], Function[Item, Answer]]) -> None:
        self._start = start
        self._workers = [self._hire() for _ in range(count)]

    def map(self, items: Iterable[Item], halted: Callable[[], bool]) -> Iterator[Answer]:
        """Answers, in the order of the items.

        Besides the items that the workers have, at most as many wait for an earlier answer, and one is made ready.

        :param halted: once it says so, what no worker has yet is dropped.
        :raises FramelensError: that the function raises.
        :raises WorkerError: if it fails otherwise, or a worker dies on an item on which another died before.
        """
        source = enumerate(items)
        ready: deque[tuple[int, Item]] = deque()
        held: dict[int, Item] = {}
        answers: dict[int, Answer] = {}
        died: set[int] = set()
        due, more = 0, True
        while True:
            while due in answers:
                yield answers.pop(due)
                due += 1
            if halted():
                ready.clear()
                more = False
            for worker in self._workers:
                if worker.number is None and ready:
                    worker.number, held[ready[0][0]] = ready[0]
                    self._give(worker, ready.popleft()[1])
            if more and len(ready) < AHEAD and len(held) + len(answers) < 2 * len(self._workers):
                following = next(source, None)
                more = following is not None
                ready.extend([following] if following is not None else [])
                continue
            if not held:
                return
            for worker, number in self._reported():
                try:
                    answer = worker.connection.recv()
                except (EOFError, OSError):
                    self._replace(worker)
                    if number in died:
                        raise WorkerError(
                            "two workers died on the same passages, perhaps for want of memory; give fewer --workers."
                        ) from None
                    died.add(number)
                    ready.appendleft((number, held.pop(number)))
                    continue
                if isinstance(answer, FramelensError):
                    raise answer
                worker.number = None
                del held[number]
                answers[number] = answer

    def __enter__(self) -> Workers[Item, Answer]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.connection.close()
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()

    def _hire(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self._start), daemon=True)
        with _without_signals():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _give(self, worker: _Worker, item: Item) -> None:
        # Of a worker that has died, reading will say so.
        try:
            worker.connection.send(item)
        except OSError:
            return

    def _reported(self) -> list[tuple[_Worker, int]]:
        """The workers that have answered, or died, each with the number of its item."""
        busy = {id(worker.connection): (worker, worker.number) for worker in self._workers if worker.number is not None}
        return [busy[id(connection)] for connection in wait([worker.connection for worker, _ in busy.values()])]

    def _replace(self, worker: _Worker) -> None:
        worker.process.kill()
        worker.process.join()
        worker.connection.close()
        self._workers[self._workers.index(worker)] = self._hire()


def _work(connection: Connection, start: Callable[[], Function[Any, Any]]) -> None:
    """What a worker does: an answer, or an error, for each item."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    function: Function[Any, Any] | None = None
    while True:
        try:
            item = connection.recv()
        except (EOFError, OSError):
            return
        try:
            function = function or start()
            answer = function(item)
        except FramelensError as error:
            answer = error
        except Exception as error:
            answer = WorkerError(f"a worker failed: {type(error).__name__}: {error}")
        try:
            connection.send(answer)
        except OSError:
            return


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _without_signals() -> Iterator[None]:
    """A process that is started within gets neither Ctrl-C nor SIGTERM, which go to whole groups of processes."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Otherwise the first process to be started starts it, which lets these signals in again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
