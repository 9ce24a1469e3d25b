from __future__ import annotations

import random

from framelens.data.records import FrameResult, Record, Span
from framelens.eval.report.segments import segments


def record(text: str, *spans: tuple[str, int, int], start: int = 0) -> Record:
    frames = {}
    for frame in ("blame", "threat"):
        marked = tuple(Span(s + start, e + start, text[s:e], 0.5) for name, s, e in spans if name == frame)
        frames[frame] = FrameResult(0.9, True, "author", 0.9, (), marked)
    return Record("d", 0, start, start + len(text), text, frames, {}, "m", ())


def test_overlapping_spans_are_cut_where_one_begins_or_ends() -> None:
    found = segments(record("abcdef", ("blame", 1, 4), ("threat", 2, 6), start=50), ("blame", "threat"))
    assert [(part.text, [mark.frame for mark in part.marks]) for part in found] == [
        ("a", []),
        ("b", [0]),
        ("cd", [0, 1]),
        ("ef", [1]),
    ]


def test_a_frame_that_is_absent_marks_nothing() -> None:
    text = "abcdef"
    absent = FrameResult(0.1, False, evidence=(Span(0, 3, "abc", 0.5),))
    assert [
        part.marks for part in segments(Record("d", 0, 0, 6, text, {"blame": absent}, {}, "m", ()), ("blame",))
    ] == [()]


def test_joined_segments_are_the_text_whatever_the_spans() -> None:
    rng = random.Random(0)
    for _ in range(200):
        text = "".join(rng.choices("abc 😡\n", k=rng.randint(1, 30)))
        spans = []
        for _ in range(rng.randint(0, 5)):
            start = rng.randrange(len(text))
            spans.append((rng.choice(["blame", "threat"]), start, rng.randint(start + 1, len(text))))
        found = segments(record(text, *spans, start=7), ("blame", "threat"))
        assert "".join(part.text for part in found) == text
        place = 0
        for part in found:
            inside = {
                n for n, f in enumerate(("blame", "threat")) for name, s, e in spans if f == name and s <= place < e
            }
            assert {mark.frame for mark in part.marks} == inside
            place += len(part.text)
