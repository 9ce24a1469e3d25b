"""Scored corpora of made-up words, and pages of them; nothing here runs a model."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from framelens.data.records import FrameResult, Record, Span
from framelens.data.writers import FileWriter
from framelens.eval.report.writing import write_report

FRAMES = ("blame_attribution", "benevolent_protector", "threat_inflation")
VOICES = ("author", "reported", "rebutted")
ACTORS = ("The ministry", "the Ministry's", "MINISTRY", "Halden", "the rebels", "they")
SENTENCE = "river bridge council said winter nobody market train station evening bread light road"
WORDS = SENTENCE.split()
# What would like to be code, to turn the text around, or to burst the page.
HOSTILE = (
    "<script>window.stolen = 1</script> <img src=x onerror='window.stolen = 1'> </style> </script> <!-- ]]> "
    'a" onclick="window.stolen = 1 {{ 7 * 7 }} \u202eesrever\u202c \x07 \x1b[2J \u2028 &lt; $x^$'
)
LONG_WORD = "a" * 10_000
MakeCorpus = Callable[..., list[Record]]
MakePage = Callable[..., Path]


def record_of(
    text: str,
    frames: dict[str, FrameResult],
    doc_id: str = "d",
    passage: int = 0,
    start: int = 0,
    meta: dict[str, Any] | None = None,
    flags: Sequence[str] = (),
) -> Record:
    """A record with all three frames, those not given being absent."""
    absent = {frame: FrameResult(0.0625, False) for frame in FRAMES}
    return Record(
        doc_id, passage, start, start + len(text), text, absent | frames, meta or {}, "framelens-minilm-2", tuple(flags)
    )


def found(text: str, voice: str | None = "author", p: float = 0.75, actor: str = "", evidence: str = "") -> FrameResult:
    """A frame that is present, its spans the given words of the text."""
    spans = [
        (Span(text.index(words), text.index(words) + len(words), words, 0.5),) if words else ()
        for words in (actor, evidence)
    ]
    return FrameResult(p, True, voice, 0.9, *spans)


@pytest.fixture(scope="session")
def make_corpus() -> MakeCorpus:
    """Documents of a few passages each, of three sources and several months."""

    def make(documents: int = 40, passages: int = 5, seed: int = 0, words: int = 25) -> list[Record]:
        rng = random.Random(seed)
        records = []
        for document in range(documents):
            meta = {"source": rng.choice(["wire", "column", "blog"]), "date": f"2024-{1 + document % 6:02d}-03"}
            start = 0
            for passage in range(passages):
                actor = rng.choice(ACTORS)
                text = f"{actor} {' '.join(rng.choices(WORDS, k=words))}."
                frames = {
                    frame: found(text, rng.choice(VOICES), 0.5 + rng.randrange(50) / 100, actor, text[-30:-1]).shifted(
                        start
                    )
                    for frame in FRAMES
                    if rng.random() < 0.25
                }
                records.append(record_of(text, frames, f"d{document}", passage, start, meta))
                start += len(text) + 2
        return records

    return make


@pytest.fixture(scope="session")
def hostile() -> list[Record]:
    """Passages, names and fields that would like to be code."""
    first = f"{HOSTILE} {LONG_WORD} is to blame."
    second = "\u202bThe ministry failed.\u200f"
    return [
        record_of(
            first,
            {"blame_attribution": found(first, "author", 0.9, HOSTILE, LONG_WORD)},
            HOSTILE,
            0,
            meta={"source": HOSTILE, "title": HOSTILE},
            flags=[HOSTILE],
        ),
        record_of(
            second,
            {"threat_inflation": found(second, "reported", 0.8, "The ministry", "failed")},
            "plain",
            0,
            meta={"source": "wire"},
        ),
    ]


@pytest.fixture(scope="session")
def make_page(tmp_path_factory: pytest.TempPathFactory) -> MakePage:
    """Writes records and the page of them, and gives the page."""

    def make(records: Iterable[Record], suffix: str = ".jsonl") -> Path:
        folder = tmp_path_factory.mktemp("page")
        with FileWriter(folder / f"scored{suffix}") as writer:
            for record in records:
                writer.write(record)
        write_report(folder / f"scored{suffix}", folder / "page.html", "0.0")
        return folder / "page.html"

    return make


@pytest.fixture(scope="session")
def corpus_page(make_corpus: MakeCorpus, make_page: MakePage) -> Path:
    return make_page(make_corpus())


@pytest.fixture(scope="session")
def hostile_page(hostile: list[Record], make_page: MakePage) -> Path:
    return make_page(hostile)
