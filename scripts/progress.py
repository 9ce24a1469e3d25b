"""How far a run is, on standard error: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from framelens.scripts.exits import say

# Seconds between lines in a log.
EVERY = 30.0


class Watch:
    """Counts passages against the clock, and says how far a run is.

    :param size: bytes of the inputs, None where that is not known; ``read``: how many were read before the run began.
    :param quiet: say nothing.
    """

    def __init__(self, size: int | None, quiet: bool, read: int = 0) -> None:
        self.passages = 0
        self._size = size
        self._before = self._read = read
        self._shown = 0, read
        self._started = time.monotonic()
        self._ended = threading.Event()
        self._bar: Progress | None = None
        self._task = TaskID(0)
        self._thread: threading.Thread | None = None
        if quiet:
            return
        if sys.stderr.isatty():
            columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("", total=size or None, completed=read)
        else:
            self._thread = threading.Thread(target=self._log, daemon=True)

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self._started

    def add(self, passages: int, read: int) -> None:
        """So many more passages are scored, and so many bytes of the inputs are read in all."""
        self.passages += passages
        self._read = max(self._read, read)
        self._show(self.passages, self._read)

    def within(self, passages: int, of: int, read: int) -> None:
        """So many of the passages are scored that will be added next, with so many bytes."""
        self._show(self.passages + passages, self._read + max(0, read - self._read) * passages // of)

    def line(self) -> str:
        """Passages, rate, share done, time left."""
        passages, read = self._shown
        parts = [f"{passages:,} passages", f"{rate(passages, self.seconds)} a second"]
        if self._size:
            parts.append(f"{min(1, read / self._size):.0%} of the input")
            fresh = read - self._before
            if passages and fresh:
                left = self.seconds / fresh * max(0, self._size - read)
                parts.append(f"{duration(left)} left")
        return ", ".join(parts)

    def _show(self, passages: int, read: int) -> None:
        self._shown = passages, read
        if self._bar is not None:
            self._bar.update(self._task, completed=read, description=self.line())

    def __enter__(self) -> Watch:
        self._started = time.monotonic()
        if self._bar is not None:
            self._bar.start()
        if self._thread is not None:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._bar is not None:
            self._bar.stop()

    def _log(self) -> None:
        while not self._ended.wait(EVERY):
            say(f"{self.line()}.")


def rate(passages: int, seconds: float) -> str:
    """Passages a second."""
    each = passages / seconds if seconds else 0.0
    return f"{each:,.0f}" if each >= 10 else f"{each:.1f}"


def duration(seconds: float) -> str:
    """Seconds as a reader takes them in: ``40 s``, ``12 min``, ``3.5 h``, ``12 days``."""
    for unit, size, upto in (("s", 1, 90), ("min", 60, 90), ("h", 3600, 48)):
        if seconds / size < upto:
            count = seconds / size
            return f"{count:.1f} {unit}" if unit == "h" and count < 10 else f"{count:.0f} {unit}"
    return f"{seconds / 86_400:.0f} days"
