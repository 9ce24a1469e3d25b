"""How a command ends: the one place where errors become exit statuses."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import typer

from framelens.errors import FramelensError

FAILED, QUARANTINED, INTERRUPTED = 1, 3, 130


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Turn what can go wrong for a user into one sentence and an exit status."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        _open_streams()
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except FramelensError as error:
            for sentence in error.args:
                say(str(sentence))
            raise typer.Exit(FAILED) from None
        except ModuleNotFoundError as error:
            say(f"this command needs {error.name}; install it with: pip install 'framelens[train]'.")
            raise typer.Exit(FAILED) from None
        except BrokenPipeError:
            # The reader has seen enough. Nothing may be flushed to the closed pipe at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None
        except OSError as error:
            say(f"{error.filename or 'output'}: {error.strerror}; nothing more was done.")
            raise typer.Exit(FAILED) from None
        except KeyboardInterrupt:
            say("interrupted.")
            raise typer.Exit(INTERRUPTED) from None

    return run


def _open_streams() -> None:
    """Text goes out as UTF-8 whatever the locale is, and streams that the caller closed lead nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, open to the end
        elif mode == "w" and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def overwriting(path: Path, overwrite: bool) -> None:
    """Refuse to replace a file unasked.

    :raises FramelensError: if the file exists and ``overwrite`` is false.
    """
    if path.exists() and not overwrite:
        raise FramelensError(f"{path} exists; write somewhere else, or give --overwrite to replace it.")


def apart(output: Path, inputs: Iterable[str | Path]) -> None:
    """Refuse to write over an input.

    :raises FramelensError: if the output is one of the inputs.
    """
    if any(os.path.realpath(name) == os.path.realpath(output) for name in inputs):
        raise FramelensError(f"{output} is an input too; write somewhere else.")


def quieten() -> None:
    """Keep the libraries' progress bars and notes off the terminal; what matters is said by the command."""
    import logging
    import warnings

    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore")


def say(sentence: str) -> None:
    """A message to the user, on standard error."""
    print(f"framelens: {printable(sentence)}", file=sys.stderr)


def show(table: str) -> None:
    """A result of several lines, on standard output."""
    typer.echo("\n".join(map(printable, table.split("\n"))) + "\n")


def printable(text: str) -> str:
    """Text that cannot steer a terminal: control and direction characters become U+FFFD, line ends spaces."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\t\n\r\f\v\x85\u2028\u2029":
        return " "
    steers = (
        character < " "
        or "\x7f" <= character < "\xa0"
        or character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    return "\ufffd" if steers or "\ud800" <= character <= "\udfff" else character
