"""Documents out of files: one reader for each kind, all of them streams of documents and refusals."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa

from framelens.data.decoding import SAMPLE, Utf8Stream, decode, encoding_of
from framelens.data.documents import Document, Refusal, clean
from framelens.data.markup import html_text, markdown_text
from framelens.data.sources import Source, find_sources

# No article has a line or a record this long; one that has is a dump, and would not fit in memory for long.
MAX_LINE = 10_000_000
PREFIX = 80
# Rows of a table that are Python objects at once.
BATCH = 1024
# Bytes of a column of Parquet, or of a CSV, that are read at once. Arrow reads up to 32 blocks of a CSV ahead.
BUFFER = 1 << 20
Read = Iterator[Document | Refusal]


@dataclass(frozen=True)
class Fields:
    """Which fields of a record hold the text and the id; without an id field, ``id``, then ``doc_id``."""

    text: str = "text"
    id: str | None = None


def read_documents(inputs: str | Sequence[str], fields: Fields | None = None, leave_out: Collection[Path] = ()) -> Read:
    """Read documents from files, folders, globs and ``-`` (standard input).

    A text, Markdown or HTML file is one document; a line of JSONL and a row of CSV or Parquet is one.
    What cannot be read comes as a :class:`Refusal` in its place, and reading goes on.

    :param leave_out: files in the inputs that are not to be read, such as the output.
    """
    for source in find_sources([inputs] if isinstance(inputs, str) else inputs, leave_out):
        if isinstance(source, Refusal):
            yield source
        else:
            yield from read_source(source, fields or Fields())


def read_source(source: Source, fields: Fields) -> Read:
    """Read one file; one without any record is refused, so that no file goes by unmentioned."""
    empty = True
    try:
        for item in _READERS[source.kind](source, fields):
            empty = False
            yield item
    # Arrow turns values that Python cannot hold (a year 30000, text that is not UTF-8) into the last two.
    except (OSError, EOFError, pa.ArrowException, ValueError, OverflowError) as error:
        reason = " ".join(str(getattr(error, "strerror", None) or error).split()).rstrip(".")
        yield Refusal(source.path, "", f"cannot be read to its end ({reason}); mend or replace the file.")
    else:
        if empty:
            yield Refusal(source.path, "", "the file is empty, or has no records.")


def _read_whole(extract: Callable[[str], str]) -> Callable[[Source, Fields], Read]:
    def read(source: Source, fields: Fields) -> Read:
        with source.open() as stream:
            raw = stream.read()
        yield from _whole(source, raw, extract)

    return read


def _whole(source: Source, raw: bytes, extract: Callable[[str], str]) -> Read:
    if not raw.strip():
        yield Refusal(source.path, "", "the file is empty.")
        return
    for number, length in _long_lines(raw):
        reason = f"the line is {length:,} bytes long and a line may have {MAX_LINE:,}; break it into paragraphs."
        yield Refusal(source.path, f"line {number}", reason, _prefix(raw))
        return
    decoded = decode(raw)
    if decoded is None:
        yield Refusal(source.path, "", "the file is not text; convert it to UTF-8 text first.", _prefix(raw))
        return
    text, flags = decoded
    text = extract(text)
    if not text.strip():
        yield Refusal(source.path, "", "no text was found in the file.", _prefix(raw))
        return
    yield Document(source.name, text, {}, flags)


def _long_lines(raw: bytes) -> Iterator[tuple[int, int]]:
    if len(raw) > MAX_LINE:
        for number, line in enumerate(io.BytesIO(raw), 1):
            if len(line) > MAX_LINE:
                yield number, len(line)


def _read_stdin(source: Source, fields: Fields) -> Read:
    """Standard input is JSONL where one of its first lines is a JSON object, else one text."""
    stream = source.open()
    first = list(itertools.islice(iter(lambda: stream.readline(MAX_LINE + 1), b""), 8))
    if any(map(_is_object, first)):
        yield from _lines(source, fields, itertools.chain(first, iter(lambda: _readline(stream), b"")))
    else:
        yield from _whole(source, b"".join(first) + stream.read(), str)


def _is_object(line: bytes) -> bool:
    decoded = decode(line)
    try:
        return decoded is not None and isinstance(json.loads(decoded[0], strict=False), dict)
    except (ValueError, RecursionError):
        return False


def _read_jsonl(source: Source, fields: Fields) -> Read:
    with source.open() as stream:
        sample = stream.read(SAMPLE)
    encoding = encoding_of(sample)
    if encoding is None:
        yield Refusal(source.path, "", "the file is not text; convert it to UTF-8 JSONL first.", _prefix(sample))
        return
    with source.open() as stream:
        # A byte 0A ends a line in every encoding but these.
        wide = encoding.startswith(("utf-16", "utf-32"))
        lines = cast(BinaryIO, io.BufferedReader(Utf8Stream(stream, encoding))) if wide else stream
        yield from _lines(source, fields, iter(lambda: _readline(lines), b""))


def _readline(stream: BinaryIO) -> bytes:
    """A line, or the first ``MAX_LINE + 1`` bytes of one that is longer, the rest of it skipped."""
    line = stream.readline(MAX_LINE + 1)
    rest = line
    while rest and len(line) > MAX_LINE and not rest.endswith(b"\n"):
        rest = stream.readline(MAX_LINE)
    return line


def _lines(source: Source, fields: Fields, lines: Iterator[bytes]) -> Read:
    for number, line in enumerate(lines, 1):
        place = f"line {number}"
        if len(line) > MAX_LINE:
            reason = f"the line is longer than {MAX_LINE:,} bytes; split the record."
            yield Refusal(source.path, place, reason, _prefix(line))
            continue
        decoded = decode(line)
        if decoded is None:
            yield Refusal(source.path, place, "the line is not text.", _prefix(line))
            continue
        text, flags = decoded
        if not text.strip():
            continue
        try:
            row = json.loads(text, strict=False)
        except (ValueError, RecursionError) as error:
            reason = _json_fault(error)
            yield Refusal(source.path, place, f"not valid JSON ({reason}); mend or remove the line.", text[:PREFIX])
            continue
        if isinstance(row, dict):
            yield _document(row, source, place, str(number), fields, flags, text)
        else:
            yield Refusal(source.path, place, "the line is JSON but not an object with fields.", text[:PREFIX])


def _json_fault(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number has too many digits"


def _read_csv(source: Source, fields: Fields) -> Read:
    with source.open() as stream:
        sample = stream.read(SAMPLE)
    if not sample.strip():
        yield Refusal(source.path, "", "the file is empty.")
        return
    encoding = encoding_of(sample)
    if encoding is None:
        yield Refusal(source.path, "", "the file is not text; convert it to UTF-8 CSV first.", _prefix(sample))
        return
    header = sample.decode(encoding, errors="replace")
    delimiter = _delimiter(header, fields.text)
    names = next(csv_rows(header, delimiter), [])
    flags = () if encoding.startswith("utf") else ("bad_encoding",)
    if missing := _missing(names, fields):
        yield Refusal(source.path, "", missing)
        return
    done = 0
    # Arrow holds many blocks at once, and a row may not be longer than one: the size that most files do with is small.
    for block in (min(BUFFER, MAX_LINE), MAX_LINE):
        try:
            for numbers, batch, odd in _csv_batches(source, encoding, delimiter, names, block):
                # Of the second round, what is new.
                known = sum(number <= done for number in numbers)
                yield from _rows(source, fields, batch.slice(known), numbers[known:], flags)
                yield from (_odd_row(source, number, row) for number, row in odd.items() if number > done)
                done = max([done, *numbers[-1:], *odd])
            return
        except pa.ArrowInvalid as error:
            if "straddling" not in str(error):
                raise
    reason = f"a row is longer than {MAX_LINE:,} bytes and reading stopped there; split it, or close its quotes."
    yield Refusal(source.path, "", reason)


def _csv_batches(
    source: Source, encoding: str, delimiter: str, names: list[str], block: int
) -> Iterator[tuple[list[int], pa.RecordBatch, dict[int, Any]]]:
    """Batches of rows with their numbers, and with the rows before the last of them that have too many or few values.

    :param block: bytes that are parsed at once; no row may be longer.
    """
    from pyarrow import csv

    odd: dict[int, Any] = {}

    def skip(row: Any) -> str:
        # Arrow counts the header as row 1; here row 1 is the first of the data.
        odd[row.number - 1] = row
        return "skip"

    with source.open() as stream:
        reader = csv.open_csv(
            pa.PythonFile(io.BufferedReader(Utf8Stream(stream, encoding)), mode="r"),
            read_options=csv.ReadOptions(use_threads=False, block_size=block),
            parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
            # Every value stays as it is written: "007" is no number, "NA" is no null.
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
        last = 0
        for batch in reader:
            numbers = list(itertools.islice((n for n in itertools.count(last + 1) if n not in odd), len(batch)))
            last = numbers[-1] if numbers else last
            yield numbers, batch, {number: odd.pop(number) for number in sorted(odd) if number < last}
        yield [], pa.RecordBatch.from_pylist([], schema=reader.schema), odd


def _odd_row(source: Source, number: int, row: Any) -> Refusal:
    reason = f"{row.actual_columns} values where the header has {row.expected_columns}; mend the row."
    return Refusal(source.path, f"row {number}", reason, str(row.text)[:PREFIX])


def csv_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """The fields of each line of a small CSV text, such as a header; blank lines are passed over."""
    import csv

    return filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _delimiter(header: str, text_field: str) -> str:
    for delimiter in ",;\t|":
        if text_field in next(csv_rows(header, delimiter), []):
            return delimiter
    return max(",;\t|", key=header.count)


def _read_parquet(source: Source, fields: Fields) -> Read:
    from pyarrow import parquet

    with parquet.ParquetFile(source.path, buffer_size=BUFFER, pre_buffer=False) as file:
        if missing := _missing(file.schema_arrow.names, fields):
            yield Refusal(source.path, "", missing)
            return
        numbers = itertools.count(1)
        for batch in file.iter_batches(batch_size=BATCH):
            yield from _rows(source, fields, batch, numbers)


def _missing(names: Sequence[str], fields: Fields) -> str | None:
    for field, option in ((fields.text, "--text-field"), (fields.id, "--id-field")):
        if field is not None and field not in names:
            return f"there is no column {field!r}, only {', '.join(names)}; name the right one with {option}."
        if field is not None and names.count(field) > 1:
            return f"there are several columns {field!r}; rename all but one."
    return None


def _rows(
    source: Source, fields: Fields, batch: pa.RecordBatch, numbers: Iterable[int], flags: tuple[str, ...] = ()
) -> Read:
    """Documents of table rows, which have these numbers in the file."""
    named, row_numbers = batch.rename_columns(_distinct(batch.schema.names)), iter(numbers)
    # Rows take several times more memory as Python objects.
    for start in range(0, len(named), BATCH):
        for row in named.slice(start, BATCH).to_pylist():
            number = next(row_numbers)
            broken = ("bad_encoding",) if not flags and "\ufffd" in str(row[fields.text]) else flags
            yield _document(row, source, f"row {number}", str(number), fields, broken)


def _distinct(names: Sequence[str]) -> list[str]:
    """Column names, a repeated one with its place in the table behind it."""
    return [f"{name}_{place}" if name in names[: place - 1] else name for place, name in enumerate(names, 1)]


def _document(
    row: dict[str, Any], source: Source, place: str, number: str, fields: Fields, flags: tuple[str, ...], line: str = ""
) -> Document | Refusal:
    text = row.get(fields.text)
    if not isinstance(text, str) or not text.strip():
        reason = f"the field {fields.text!r} holds no text."
        if fields.text not in row:
            names = f"only {', '.join(row)}" if row else "nor any other"
            reason = f"there is no field {fields.text!r}, {names}; name the right one with --text-field."
        return Refusal(source.path, place, reason, (line or json.dumps(row, ensure_ascii=False, default=str))[:PREFIX])
    if fields.id and fields.id not in row:
        reason = f"there is no field {fields.id!r}, only {', '.join(row)}; name the right one with --id-field."
        return Refusal(source.path, place, reason, line[:PREFIX])
    id_field = fields.id or next((name for name in ("id", "doc_id") if row.get(name) not in (None, "")), None)
    id = row.get(id_field) if id_field else None
    meta = {key: value for key, value in row.items() if key not in (fields.text, id_field)}
    text, flags = clean(text, flags)
    return Document(f"{source.name}:{number}" if id is None else clean(str(id))[0], text, meta, flags)


def _prefix(raw: bytes) -> str:
    return raw[:PREFIX].decode("utf-8", errors="replace")


_READERS: dict[str, Callable[[Source, Fields], Read]] = {
    "text": _read_whole(str),
    "markdown": _read_whole(markdown_text),
    "html": _read_whole(html_text),
    "jsonl": _read_jsonl,
    "csv": _read_csv,
    "parquet": _read_parquet,
    "stdin": _read_stdin,
}
