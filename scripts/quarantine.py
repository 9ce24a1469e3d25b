"""Where refused files and records are written down and counted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, TypeVar

from framelens.data.documents import Refusal
from framelens.errors import FramelensError
from framelens.scripts.exits import say

# A file in which every line is wrong must not drown what else is said.
SHOWN = 10
Item = TypeVar("Item")


class Quarantine:
    """Takes the refusals out of a stream of what was read: says the first few, writes all to a JSONL file, counts them.

    :param kept: how many refusals stand in the file already, and their length in bytes; what follows them is dropped.
    :raises FramelensError: if the file exists and neither ``overwrite`` nor ``kept`` is given, or is shorter than kept.
    """

    def __init__(self, path: Path | None, overwrite: bool, quiet: bool, kept: tuple[int, int] | None = None) -> None:
        if path is not None and path.exists() and not overwrite and kept is None:
            raise FramelensError(f"{path} exists; name another file with --quarantine, or --overwrite to replace it.")
        if path is not None and not path.parent.is_dir():
            raise FramelensError(f"{path} cannot be written, as its folder does not exist; make it first.")
        self.path = path
        self.count, length = kept or (0, 0)
        self.first: Refusal | None = None
        self._quiet = quiet
        self._stream: IO[str] | None = None
        if path is not None and length:
            if not path.is_file() or path.stat().st_size < length:
                raise FramelensError(
                    f"{path} has lost what was quarantined; put it back, or begin anew with --overwrite."
                )
            self._stream = open(path, "r+", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115, see close()
            self._stream.truncate(length)
            self._stream.seek(0, os.SEEK_END)
        self._said = 0

    def accepted(self, items: Iterable[Item | Refusal]) -> Iterator[Item]:
        """What was read, such as documents; what was refused stays here."""
        for item in items:
            if isinstance(item, Refusal):
                self.keep(item)
            else:
                yield item

    def keep(self, refusal: Refusal) -> None:
        """Say, write down and count one."""
        self.count += 1
        self.first = self.first or refusal
        self._said += 1
        if not self._quiet and self._said <= SHOWN:
            say(str(refusal))
        if self.path is not None:
            if self._stream is None:
                self._stream = open(self.path, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115, see close()
            self._stream.write(json.dumps(asdict(refusal), ensure_ascii=False) + "\n")

    def sync(self) -> int:
        """Force what is written down to the disk; returns the length of the file, in bytes."""
        if self._stream is None:
            return 0
        self._stream.flush()
        os.fsync(self._stream.fileno())
        return os.fstat(self._stream.fileno()).st_size

    def close(self, done: int) -> None:
        """Finish the file, and say how much was refused beside what was done, such as so many passages.

        Where nothing was done, the refusals that were said are the reason and need no count.
        """
        if self._stream is not None:
            self._stream.close()
        elif self.path is not None:
            # Left by an earlier run that this one was asked to overwrite.
            self.path.unlink(missing_ok=True)
        if self._quiet or not self.count or (not done and self.count <= SHOWN):
            return
        if self._said > SHOWN:
            say(f"… and {self._said - SHOWN:,} more like these.")
        where = f"; see {self.path}" if self.path is not None else "; --quarantine FILE writes them down"
        say(f"{self.count:,} quarantined{where}.")
