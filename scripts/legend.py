"""What the table's words and marks mean, for someone who sees it for the first time."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from framelens.data.records import Record
from framelens.data.taxonomy import Label, Taxonomy
from framelens.scripts.exits import printable
from framelens.scripts.marking import ACTOR_MARKS, EVIDENCE_MARKS, Marks

FLAGS = {
    "not_english": "The model has learnt English only; do not trust it here.",
    "truncated": "Longer than the model reads at once; the rest was not read.",
    "too_short": "Under five words, too few to judge.",
    "bad_encoding": "The text could only partly be decoded.",
}


class Legend:
    """Explains what was shown, and nothing else.

    :param plain: whether the terminal has no styles.
    """

    def __init__(self, taxonomy: Taxonomy, marks: dict[str, Marks], plain: bool) -> None:
        self._taxonomy, self._marks, self._plain = taxonomy, marks, plain
        self._seen: set[str] = set()
        self._actors = self._framed = False

    def add(self, record: Record) -> None:
        self._seen.update(record.flags)
        for frame, result in record.frames.items():
            if result.present:
                self._framed = True
                self._actors |= bool(result.actors)
                self._seen |= {frame, result.voice or ""}

    def render(self) -> Group | None:
        """The legend; None where nothing was shown that needs one."""
        table = Table.grid(padding=(0, 1))
        table.add_column(overflow="fold", max_width=20)
        table.add_column(overflow="fold", style="dim", ratio=1)
        for frame in self._shown(self._taxonomy.frames):
            title = Text.assemble((printable(frame.title), self._marks[frame.id].evidence))
            table.add_row(title, printable(frame.definition))
        if self._framed:
            table.add_row("0.00 to 1.00", "How likely it is that the frame is there.")
            for voice in self._shown(self._taxonomy.voices):
                table.add_row(printable(voice.title), f"Voice: {_lower(printable(voice.definition))}")
            table.add_row(self._example("evidence", EVIDENCE_MARKS, "underline"), "The words that carry the frame.")
        if self._actors:
            table.add_row(self._example("actor", ACTOR_MARKS, "reverse"), "The words that name who or what is cast so.")
        for flag in sorted(self._seen & FLAGS.keys()):
            table.add_row(Text(flag, "dim italic"), FLAGS[flag])
        if not table.row_count:
            return None
        parts: list[RenderableType] = [Text("How to read this", "bold"), table]
        if self._framed:
            parts.append(Text("A label says how a text frames, not whether it is true; read the evidence.", "dim"))
        return Group(*parts)

    def _shown(self, labels: tuple[Label, ...]) -> list[Label]:
        return [label for label in labels if label.id in self._seen]

    def _example(self, word: str, marks: tuple[str, str], style: str) -> Text:
        return Text(word.join(marks)) if self._plain else Text.assemble((word, style))


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
