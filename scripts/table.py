"""Records as a table on a terminal."""

from __future__ import annotations

from types import TracebackType

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from framelens.data.records import FrameResult, Record
from framelens.data.taxonomy import Taxonomy
from framelens.scripts.counts import FrameCounts
from framelens.scripts.exits import printable
from framelens.scripts.legend import Legend
from framelens.scripts.marking import marks_of, plain, styled

ROWS = 40
# Titles of frames may be of any length, but the width is the text's.
FRAMES_SHARE = 1 / 3
NEXT = "To keep this, add: -o scored.jsonl\nThen, for a page of it: framelens report scored.jsonl -o report.html\n"


class TableWriter:
    """Passages with their evidence highlighted, and their frames with probability and voice.

    A document of several passages has a table of its own, and where there are several documents a line that sums
    it up; documents of one passage, such as records, share tables. What the marks mean stands at the end, once.
    """

    def __init__(self, console: Console, taxonomy: Taxonomy) -> None:
        self._console = console
        self._taxonomy = taxonomy
        self._titles = {frame.id: frame.title for frame in taxonomy.frames}
        self._marks = marks_of(taxonomy.frame_ids)
        self._plain = console.color_system is None
        self._legend = Legend(taxonomy, self._marks, self._plain)
        self._rows: list[Record] = []
        self._documents = 0
        # Of the document that the last record is from.
        self._document = ""
        self._counts = FrameCounts(taxonomy)
        self._begun = False

    def write(self, record: Record) -> None:
        if not self._documents or record.doc_id != self._document:
            self._end_document()
            self._documents += 1
            self._document, self._counts, self._begun = record.doc_id, FrameCounts(self._taxonomy), False
        elif self._counts.passages == 1 and len(self._rows) > 1:
            # The last row turns out to be the first of a longer document.
            first = self._rows.pop()
            self._print()
            self._rows, self._begun = [first], False
        if len(self._rows) >= ROWS:
            self._print()
        self._rows.append(record)
        self._counts.add(record)
        self._legend.add(record)

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_document(last=True)
        legend = self._legend.render()
        if legend is not None:
            self._console.print(legend)
        if self._documents:
            self._console.print(Text(NEXT, "dim"))

    def _end_document(self, last: bool = False) -> None:
        """Print what is left of a document of several passages; shorter ones wait for others to share a table."""
        several = self._counts.passages > 1
        if several or last:
            self._print()
        # Of a single document the command itself says as much.
        if several and not (last and self._documents == 1):
            self._console.print(Text.assemble((printable(self._document), "bold"), f": {self._counts.sentence()}.\n"))

    def _print(self) -> None:
        if not self._rows:
            return
        documents = dict.fromkeys(row.doc_id for row in self._rows)
        shared = len(documents) > 1
        if not shared:
            continued = Text(", continued" if self._begun else "", "dim")
            self._console.print(Text.assemble((printable(self._rows[0].doc_id), "bold"), continued))
        table = Table(box=SIMPLE_HEAD, show_edge=False, show_lines=True, expand=True, header_style="dim")
        table.add_column("record" if shared else "#", justify="right", max_width=20, overflow="fold")
        table.add_column("passage", ratio=1, overflow="fold")
        table.add_column("frames", max_width=max(int(self._console.width * FRAMES_SHARE), 10), overflow="fold")
        for record in self._rows:
            label = printable(record.doc_id) if shared else str(record.passage)
            passage = plain(record) if self._plain else styled(record, self._marks)
            table.add_row(Text(label, "dim"), passage, self._frames(record))
        self._console.print(table)
        self._console.print()
        self._rows, self._begun = [], True

    def _frames(self, record: Record) -> Text:
        lines = [self._line(frame, result) for frame, result in record.frames.items() if result.present]
        lines = lines or [Text("–", "dim")]
        return Text("\n").join([*lines, *(Text(flag, "dim italic") for flag in record.flags)])

    def _line(self, frame: str, result: FrameResult) -> Text:
        said = f" {result.voice}" if result.voice else ""
        return Text.assemble((printable(self._titles[frame]), self._marks[frame].evidence), f" {result.p:.2f}{said}")
