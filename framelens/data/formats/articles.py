"""What the published corpora have in common: articles as text files, labels of their parts in tables beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from framelens.data.annotations import read_utf8
from framelens.data.documents import Refusal
from framelens.data.formats.labelling import CLEAR, Mark, Stretch
from framelens.data.formats.reading import PREFIX
from framelens.errors import FramelensError


def find(folder: Path, name: str, layout: str) -> list[tuple[str, Path]]:
    """The files of a folder, and of folders in it, whose whole name matches a regular expression.

    :returns: of each the first group of the expression, or the whole name where it has none, and the path.
    :raises FramelensError: if there is no such folder, or nothing in it matches.
    """
    if not folder.is_dir():
        raise FramelensError(f"{folder}: expected {layout}; found {'a file' if folder.exists() else 'nothing'}.")
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    matches = [(re.fullmatch(name, file.name), file) for file in files]
    matching = [(match[min(match.re.groups, 1)], file) for match, file in matches if match]
    if not matching:
        some = ", ".join(str(file.relative_to(folder)) for file in files[:3])
        raise FramelensError(f"{folder}: expected {layout}; found {f'{some} and the like' if some else 'no file'}.")
    return matching


def article_texts(folder: Path, name: str, layout: str) -> dict[str, str]:
    """The texts of articles by what :func:`find` says of their names."""
    # A byte order mark counts in the corpora's offsets.
    return {id: read_utf8(file, "utf-8").replace("\ufeff", " ") for id, file in find(folder, name, layout)}


def lines(text: str) -> Iterator[tuple[int, int, int]]:
    """Number (from 1 on, blank ones counted), start and end of each line that is not blank, without space around it."""
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        words = line.strip()
        if words:
            first = start + line.index(words)
            yield number, first, first + len(words)
        start += len(line) + 1


def table(path: Path, least: int, layout: str) -> Iterator[tuple[str, list[str]]]:
    """Position and columns of the rows of a table divided by tabs.

    :param least: so many columns a row has at least.
    :raises FramelensError: if the first row has fewer, since then the file is another.
    """
    rows = [(number, line.rstrip("\r")) for number, line in enumerate(read_utf8(path).split("\n"), 1) if line.strip()]
    for number, line in rows:
        columns = line.split("\t")
        if len(columns) < least and (number, line) == rows[0]:
            raise FramelensError(f"{path}, line {number}: expected {layout}; found {line[:PREFIX]!r}.")
        yield f"line {number}", columns


def numbers(*columns: str) -> list[int]:
    """Columns as integers.

    :raises FramelensError: if one is none.
    """
    try:
        return [int(column) for column in columns]
    except ValueError:
        kind = "a whole number" if len(columns) == 1 else "whole numbers"
        raise FramelensError(f"{' and '.join(map(repr, columns))} should be {kind}") from None


def within(stretches: Iterable[Stretch], text: str, start: int, end: int) -> list[Stretch]:
    """What of the stretches of a text lies in its part from ``start`` to ``end``, counted from there."""
    cut = ((each.mark, max(each.start, start), min(each.end, end)) for each in stretches)
    return [Stretch(mark, first - start, last - start) for mark, first, last in cut if text[first:last].strip()]


def strongest(marks: Iterable[Mark]) -> list[Mark]:
    """One mark a frame, that of the highest score, where several labels of a corpus are mapped to it."""
    best: dict[str, Mark] = {}
    for mark in marks:
        if mark.frame not in best or _score(mark) > _score(best[mark.frame]):
            best[mark.frame] = mark
    return list(best.values())


def _score(mark: Mark) -> int:
    return CLEAR if mark.score is None else mark.score


def refused(path: Path, position: str, error: FramelensError, columns: list[str]) -> Refusal:
    """A row of a table that fits no article."""
    return Refusal(str(path), position, f"{str(error).rstrip('.')}.", "\t".join(columns)[:PREFIX])
