"""What a format is, and what the reader of each does alike: records one by one, each an annotation or a refusal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framelens.data.annotations import Annotation, numbered_lines, parse_annotation, parse_json, read_utf8
from framelens.data.documents import Refusal, clean
from framelens.data.formats.labelling import Labelling
from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError

PREFIX = 80
# So many fields of a record are named where it is not what was expected.
NAMED = 12
Entry = tuple[str, Any]
Annotations = Iterator[Annotation | Refusal]


@dataclass(frozen=True)
class Format:
    """A way to lay out annotated passages.

    ``layout`` says, after "expected", what a file or folder of the format holds. ``write`` is None where we only
    read. ``foreign`` is a label, for an example, where the labels are of another codebook and mean nothing here until
    the user maps them to frames.
    """

    name: str
    layout: str
    read: Callable[[Path, Labelling], Annotations]
    write: Callable[[Sequence[Annotation], Path, Taxonomy], None] | None = None
    foreign: str | None = None


def read_entries(
    path: Path, layout: str, entries: Iterable[Entry], content_of: Callable[[Any], dict[str, Any]], taxonomy: Taxonomy
) -> Annotations:
    """Turn a format's records into annotations; one that cannot be is a :class:`Refusal` in its place.

    :param entries: the position of each record, for people, and the record, or what was wrong in parsing it.
    :param content_of: a record as an object of the annotated JSONL format.
    :raises FramelensError: if the first record is not laid out as expected, since then the file is of another format.
    """
    for number, (position, entry) in enumerate(entries):
        try:
            if isinstance(entry, FramelensError):
                raise entry
            yield usable(parse_annotation(content_of(entry), taxonomy))
        except FramelensError as error:
            yield Refusal(str(path), position, f"{str(error).rstrip('.')}.", _prefix(entry))
        except (LookupError, TypeError, ValueError, AttributeError):
            reason = f"expected {layout}; found {found(entry)}."
            if number == 0:
                raise FramelensError(f"{path}, {position}: {reason}") from None
            yield Refusal(str(path), position, reason, _prefix(entry))


def usable(annotation: Annotation) -> Annotation:
    """The annotation, if its text is one and can be written.

    :raises FramelensError: if it is blank, or holds what is no character: NUL, or half of a surrogate pair.
    """
    if not annotation.text.strip():
        raise FramelensError("the text is blank")
    whole = json.dumps(annotation.to_dict(), ensure_ascii=False, default=str)
    if clean(annotation.text)[1] or clean(whole)[1]:
        raise FramelensError("the text holds NUL or half of a surrogate pair, which are no characters; replace them")
    return annotation


def found(entry: Any) -> str:
    """What was found where something else was expected."""
    if isinstance(entry, dict):
        names = [str(name) for name in entry]
        more = ", …" if len(names) > NAMED else ""
        return f"an object with {', '.join(names[:NAMED])}{more}" if names else "an empty object"
    if isinstance(entry, list):
        return f"a list of {len(entry)}" if entry else "an empty list"
    return "nothing" if entry is None else f"{str(entry)[:PREFIX]!r}"


def json_lines(path: Path) -> Iterator[Entry]:
    """The objects of a JSONL file with their positions; a line that is not JSON comes as what is wrong with it."""
    for number, line in numbered_lines(path):
        try:
            yield f"line {number}", parse_json(line)
        except FramelensError as error:
            yield f"line {number}", error


def json_content(path: Path, layout: str) -> Any:
    """The content of a JSON file.

    :raises FramelensError: if it cannot be read or is not JSON.
    """
    try:
        return json.loads(read_utf8(path))
    except (ValueError, RecursionError) as error:
        raise FramelensError(f"{path}: expected {layout}; found what is not valid JSON ({error}).") from None


def passage_id(text: str, *document: object) -> str:
    """An id for a passage that has none: ten hexadecimal digits, the same for the same text of the same document."""
    parts = "\0".join([text, *(str(part or "") for part in document)])
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _prefix(entry: Any) -> str:
    if isinstance(entry, FramelensError):
        return ""
    return clean(json.dumps(entry, ensure_ascii=False, default=str)[:PREFIX])[0]
