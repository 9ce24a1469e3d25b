"""Records as a table on a terminal."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.table import Table
from rich.text import Text

from framelens.data.records import FrameResult, Record
from framelens.data.taxonomy import Taxonomy
from framelens.scripts.exits import printable

# Colours that differ in lightness too; the underline stays where there is no colour.
STYLES = (
    "bold red underline",
    "bold green underline",
    "bold yellow underline",
    "bold cyan underline",
    "bold magenta underline",
)
ACTOR = "reverse"
ROWS = 40


class TableWriter:
    """Passages with their evidence highlighted, and their frames with probability and voice.

    A document of several passages has a table of its own; documents of one passage, such as records,
    share tables.
    """

    def __init__(self, console: Console, taxonomy: Taxonomy) -> None:
        self._console = console
        self._titles = {frame.id: frame.title for frame in taxonomy.frames}
        self._styles = {frame: STYLES[i % len(STYLES)] for i, frame in enumerate(taxonomy.frame_ids)}
        self._rows: list[Record] = []

    def write(self, record: Record) -> None:
        documents = {row.doc_id for row in self._rows}
        ended = documents and record.doc_id not in documents and len(self._rows) > len(documents)
        begun = record.passage == 1 and len(documents) > 1
        if begun:
            # The last row turns out to be the first of a longer document.
            first = self._rows.pop()
            self._print()
            self._rows.append(first)
        elif ended or len(self._rows) >= ROWS:
            self._print()
        self._rows.append(record)

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._print()

    def _print(self) -> None:
        if not self._rows:
            return
        documents = dict.fromkeys(row.doc_id for row in self._rows)
        shared = len(documents) > 1
        title = None if shared else Text(printable(next(iter(documents))))
        table = Table(title=title, title_justify="left", show_lines=True, expand=True)
        table.add_column("record" if shared else "#", justify="right", max_width=20, overflow="fold")
        table.add_column("passage", ratio=1, overflow="fold")
        table.add_column("frames", no_wrap=True)
        for record in self._rows:
            label = Text(printable(record.doc_id)) if shared else Text(str(record.passage))
            table.add_row(label, self._passage(record), self._frames(record))
        self._console.print(table)
        self._rows = []

    def _passage(self, record: Record) -> Text:
        text = Text(printable(record.text))
        for frame, result in record.frames.items():
            for span in result.evidence:
                text.stylize(self._styles[frame], span.start - record.start, span.end - record.start)
            for span in result.actors:
                text.stylize(ACTOR, span.start - record.start, span.end - record.start)
        return text

    def _frames(self, record: Record) -> Text:
        lines = [self._line(frame, result) for frame, result in record.frames.items() if result.present]
        lines += [Text(flag, style="dim italic") for flag in record.flags]
        return Text("\n").join(lines)

    def _line(self, frame: str, result: FrameResult) -> Text:
        said = f" {result.voice}" if result.voice else ""
        return Text.assemble((self._titles[frame], self._styles[frame]), f" {result.p:.2f}{said}")
