"""The folder that a run writes its shards to, so that any death leaves what can be gone on from."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from framelens.data.layout import Layout
from framelens.data.shards import MANIFEST, Manifest, Position, Shard, read_manifest
from framelens.data.tally import Tally
from framelens.errors import FramelensError

_SHARD = re.compile(r"\.?part-\d{5,}\.(parquet|jsonl)(\.tmp)?")


class ShardFolder:
    """Shards and their manifest, each written whole or not at all.

    A shard goes to a temporary name, is forced to the disk and renamed, and only then entered in the manifest. The
    manifest is locked while it is open, so that no two runs write to one folder.

    :param resumable: whether the run can be gone on with, if it does not come to its end.
    :raises FramelensError: if another run is at work, if there is a run already (without ``resume`` and ``overwrite``),
        or if the folder cannot be written to.
    """

    def __init__(self, path: Path, resume: bool, overwrite: bool, resumable: bool = True) -> None:
        self.path = path
        self.resumable = resumable
        try:
            path.mkdir(parents=True, exist_ok=True)
            begun = (path / MANIFEST).exists() or any(map(self._is_shard, path.iterdir()))
            if begun and not resume and not overwrite:
                raise FramelensError(
                    f"{path}: a run is there; give --resume to go on with it, or --overwrite to begin anew."
                )
            self._stream: BinaryIO = open(path / MANIFEST, "a+b")  # noqa: SIM115, see __exit__()
            _lock(self._stream, path)
        except OSError as error:
            raise FramelensError(f"{path}: cannot be written ({error.strerror}); choose another folder.") from None
        if overwrite and not resume:
            self._clear()
        found = read_manifest(path)
        self.run: dict[str, Any] | None = found.run if found else None
        self.layout: Layout | None = found.layout if found else None
        self.shards: list[Shard] = list(found.shards) if found else []
        self.ended: tuple[int, int] | None = found.end if found else None
        self._cut_back(found)

    def __enter__(self) -> ShardFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    @property
    def end(self) -> Position:
        """Where in the inputs the shards end."""
        return self.shards[-1].end if self.shards else Position()

    @property
    def kept(self) -> tuple[int, int]:
        """How much was refused up to that place, and the length of the quarantine file then, in bytes."""
        last = self.shards[-1:]
        return self.ended or (last[0].refused if last else 0, last[0].quarantine if last else 0)

    @property
    def tally(self) -> Tally:
        return sum((shard.tally for shard in self.shards), Tally())

    def begin(self, run: dict[str, Any]) -> None:
        """Enter what the run was asked for."""
        self.run = run
        self._enter({"run": run})

    def lay_out(self, layout: Layout) -> None:
        """Enter how shards are laid out."""
        self.layout = layout
        self._enter({"layout": vars(layout)})

    def damaged(self) -> list[int]:
        """Numbers of shards that are missing, or not as they were written."""
        return [number for number, shard in enumerate(self.shards) if not self._is_whole(shard)]

    def add(self, content: bytes, end: Position, refused: int, quarantine: int, tally: Tally) -> None:
        """Write the next shard, and enter it; arguments as in :class:`framelens.data.shards.Shard`.

        :raises OSError: if it cannot be written; what was whole before, is.
        """
        assert self.layout is not None
        name = f"part-{len(self.shards):05d}.{self.layout.format}"
        shard = Shard(name, len(content), hashlib.sha256(content).hexdigest(), end, refused, quarantine, tally)
        self._write(name, content)
        self._enter({"shard": shard.to_dict()})
        self.shards.append(shard)

    def mend(self, number: int, content: bytes) -> None:
        """Write a damaged shard again.

        :raises FramelensError: if it has not become what it was.
        """
        shard = self.shards[number]
        if hashlib.sha256(content).hexdigest() != shard.sha256:
            raise FramelensError(
                f"{self.path / shard.file} is damaged, and scoring it again gave something else; begin anew with "
                f"--overwrite."
            )
        self._write(shard.file, content)

    def finish(self, refused: int, quarantine: int) -> None:
        """Enter that all is scored; where nothing was, leave no manifest."""
        if self.shards:
            self._enter({"end": {"refused": refused, "quarantine": quarantine}})
            self.ended = refused, quarantine
        else:
            (self.path / MANIFEST).unlink()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Within, what the disk refuses is said in one sentence, with what is kept."""
        try:
            yield
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            why = "no space is left on the disk" if full else f"writing failed ({error.strerror})"
            raise FramelensError(f"{self.path}: {why}; {self.standing(', once that is mended')}") from None

    def standing(self, when: str = "") -> str:
        """What is kept of a run that did not end, and how to go on with it."""
        passages = self.tally.passages
        kept = f"{passages:,} passages are kept in {len(self.shards):,} shards" if passages else "nothing is scored yet"
        if not self.resumable:
            return f"{kept}; a run that reads standard input cannot be gone on with."
        return f"{kept}; to go on{when}, give the same command with --resume."

    def _write(self, name: str, content: bytes) -> None:
        growing = self.path / f".{name}.tmp"
        try:
            with open(growing, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            growing.replace(self.path / name)
        except BaseException:
            growing.unlink(missing_ok=True)
            raise
        _sync_folder(self.path)

    def _enter(self, entry: dict[str, Any]) -> None:
        before = self._stream.seek(0, os.SEEK_END)
        try:
            self._stream.write(json.dumps(entry, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except OSError:
            # What is written of the line would be passed over when it is read; the next one must not follow it.
            with suppress(OSError):
                self._stream.truncate(before)
            raise
        if not before:
            _sync_folder(self.path)

    def _cut_back(self, found: Manifest | None) -> None:
        """Remove what a death left: a line that is not whole, shards that were not entered."""
        self._stream.truncate(found.length if found else 0)
        entered = {shard.file for shard in self.shards}
        for file in self.path.iterdir():
            if self._is_shard(file) and file.name not in entered:
                file.unlink()

    def _clear(self) -> None:
        """Remove a run, its manifest last, so that a death on the way leaves it known."""
        for file in self.path.iterdir():
            if self._is_shard(file):
                file.unlink()
        self._stream.truncate(0)

    def _is_shard(self, file: Path) -> bool:
        return _SHARD.fullmatch(file.name) is not None

    def _is_whole(self, shard: Shard) -> bool:
        try:
            with open(self.path / shard.file, "rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest() == shard.sha256
        except OSError:
            return False


def _sync_folder(path: Path) -> None:
    """Force names to the disk; a system that cannot open folders has no need to."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(stream: BinaryIO, path: Path) -> None:
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FramelensError(f"{path}: another run is writing there; wait for its end, or stop it.") from None
    except OSError:
        # A file system without locks, as some shared ones are.
        return
