"""States of a run on disk to go on from: whole or not there at all, and read without pickled code."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from framelens.errors import FramelensError

FOLDER = "checkpoints"
# What a run is that a checkpoint belongs to: its config, and what else must be the same to go on.
RUN = "run.json"
_SEAL = "whole.json"
# So many are kept: should the last be damaged, there is the one before it.
_KEPT = 2


@contextmanager
def writing(folder: Path, step: int) -> Iterator[Path]:
    """A folder to write the state after a step to, which takes its name among the checkpoints once it is whole.

    Whatever breaks in between, the checkpoints before it stay as they are. What a loss of power tears, since the
    system writes to the disk when it likes, :func:`last_whole` passes over.

    :raises FramelensError: if it cannot be written.
    """
    unfinished, whole = partial(folder, step), folder / f"checkpoint-{step}"
    try:
        with saving(whole):
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            yield unfinished
            _seal(unfinished)
            shutil.rmtree(whole, ignore_errors=True)
            unfinished.rename(whole)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    for old in _checkpoints(folder)[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def partial(folder: Path, step: int) -> Path:
    """Where the checkpoint after a step is while it is not whole."""
    return folder / f".partial-{step}"


@contextmanager
def saving(path: Path) -> Iterator[None]:
    """Turn what the libraries raise that write models into one sentence.

    :raises FramelensError: if writing fails.
    """
    try:
        yield
    except (OSError, RuntimeError, SafetensorError) as error:
        # torch and safetensors do not always say that the disk is full.
        place = next(place for place in (path, *path.absolute().parents) if place.exists())
        full = shutil.disk_usage(place).free < 2**20
        reason = "the disk is full" if full else getattr(error, "strerror", None) or " ".join(str(error).split())[:200]
        raise FramelensError(
            f"{path}: cannot be saved ({reason}); make room there and run again, "
            "with --resume where there is a checkpoint."
        ) from None


def last_whole(folder: Path) -> Path | None:
    """The last checkpoint that is as it was written, or None."""
    return next((checkpoint for checkpoint in reversed(_checkpoints(folder)) if _is_whole(checkpoint)), None)


def clear(folder: Path) -> None:
    """Remove all checkpoints."""
    shutil.rmtree(folder, ignore_errors=True)


def refuse_changes(checkpoint: Path, run: Mapping[str, Any]) -> None:
    """See that a checkpoint is of this run.

    :raises FramelensError: naming the keys that differ.
    """
    before = _flat(json.loads((checkpoint / RUN).read_text(encoding="utf-8")))
    now = _flat(json.loads(json.dumps(run)))
    differ = [key for key in sorted(before | now) if before.get(key) != now.get(key)]
    if differ:
        raise FramelensError(
            f"{checkpoint}: made by a run that differs in {', '.join(differ)}; "
            "make that as it was, or start over with --overwrite instead of --resume."
        )


def digest(*parts: object) -> str:
    """SHA-256 of what a run learns from."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _checkpoints(folder: Path) -> list[Path]:
    return sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))


def _seal(checkpoint: Path) -> None:
    """Write down what is in a checkpoint."""
    found = {file.name: _sha256(file) for file in sorted(checkpoint.iterdir())}
    (checkpoint / _SEAL).write_text(json.dumps(found, indent=1), encoding="utf-8")


def _is_whole(checkpoint: Path) -> bool:
    try:
        found = json.loads((checkpoint / _SEAL).read_text(encoding="utf-8"))
        return all(_sha256(checkpoint / name) == known for name, known in found.items())
    except (OSError, ValueError, AttributeError):
        return False


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _flat(content: Any, key: str = "") -> dict[str, Any]:
    """Nested mappings as one, by keys joined with dots."""
    if not isinstance(content, dict):
        return {key: content}
    return {k: v for name, part in content.items() for k, v in _flat(part, f"{key}.{name}".strip(".")).items()}
