"""How a run is stopped by the user or the system: after the shard in hand, or at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, TypeVar

from framelens.scripts.exits import say

Item = TypeVar("Item")
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(KeyboardInterrupt):
    """Raised by a signal where nothing has to be finished."""


class Stopping:
    """Takes Ctrl-C and SIGTERM while a run writes: the first asks it to end, the second ends it at once.

    :param finishing: what to say to the first, while there is something to finish; without it there never is.
    """

    def __init__(self, finishing: str | None) -> None:
        self.signal: int | None = None
        self._finishing = finishing
        self._reading = False
        self._before: dict[int, Any] = {}

    @property
    def status(self) -> int:
        """The exit status, as shells have it: 130 of Ctrl-C, 143 of SIGTERM."""
        return 128 + (self.signal or signal.SIGINT)

    def asked(self) -> bool:
        """Whether the run is to end."""
        return self.signal is not None

    def reading(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, as long as the run is not to end; reading one, which may wait, is given up at once."""
        source = iter(items)
        while not self.asked():
            self._reading = True
            try:
                item = next(source)
            except (StopIteration, Stopped):
                return
            finally:
                self._reading = False
            yield item

    def __enter__(self) -> Stopping:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                # One that is ignored, as under nohup, stays so.
                if signal.getsignal(number) != signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._take)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _take(self, number: int, frame: FrameType | None) -> None:
        again, self.signal = self.asked(), number
        if again or self._reading or self._finishing is None:
            raise Stopped
        # The signal may have come amid a print.
        with suppress(RuntimeError):
            say(self._finishing)
