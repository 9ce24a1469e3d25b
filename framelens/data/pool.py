"""The pool to sample from: scored passages that can be judged and have not been, single or joined to paragraphs."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from framelens.data.annotations import annotation_files, numbered_lines, parse_json
from framelens.data.candidates import Candidate
from framelens.data.splits import fold
from framelens.data.standoff import JOINT
from framelens.errors import FramelensError

# The codebook's shortest and longest passage.
MIN_WORDS, MAX_WORDS = 5, 150
# So many neighbours make a paragraph.
FEWEST, MOST = 2, 5


def paragraphs(passages: Sequence[Candidate], seed: int) -> Iterator[Candidate]:
    """Join neighbouring passages of a document, two to five at random, without overlap, to paragraphs of usual length.

    Most annotated passages are single sentences, and most of what users score is not. A paragraph carries a frame where
    one of its passages does, and with the highest of their probabilities; its id is theirs, joined by ``+``.

    :param passages: in the order in which their documents run.
    """
    rng = random.Random(seed)
    for _, members in groupby(passages, key=lambda passage: (passage.source, passage.doc_id)):
        document = list(members)
        start = 0
        while start + 1 < len(document):
            group = document[start : start + rng.randint(FEWEST, MOST)]
            while len(group) > 1 and sum(_words(passage) for passage in group) > MAX_WORDS:
                group.pop()
            if len(group) > 1:
                yield _joined(group)
            start += len(group)


def _joined(group: Sequence[Candidate]) -> Candidate:
    first = group[0]
    return Candidate(
        id=JOINT.join(passage.id for passage in group),
        text=" ".join(passage.text for passage in group),
        source=first.source,
        doc_id=first.doc_id,
        passage=first.passage,
        p={frame: max(passage.p[frame] for passage in group) for frame in first.p},
        present={frame: any(passage.present[frame] for passage in group) for frame in first.p},
    )


def of_usual_length(passages: Sequence[Candidate]) -> list[Candidate]:
    """Those of 5 to 150 words, which is what the codebook calls a passage."""
    return [passage for passage in passages if MIN_WORDS <= _words(passage) <= MAX_WORDS]


def without_annotated(passages: Sequence[Candidate], annotated: Sequence[str | Path]) -> list[Candidate]:
    """Those that annotated files hold neither by id, or by the id of a part, nor by text.

    :raises FramelensError: if a file cannot be read, or a line of it has no id and text.
    """
    ids, texts = set(), set()
    for file in annotation_files(annotated) if annotated else ():
        for number, line in numbered_lines(file):
            try:
                row = parse_json(line)
                ids.update(str(row["id"]).split(JOINT))
                texts.add(fold(row["text"]))
            except (FramelensError, LookupError, TypeError, AttributeError):
                raise FramelensError(f"{file}, line {number}: an annotated passage needs id and text.") from None
    return [
        passage for passage in passages if fold(passage.text) not in texts and ids.isdisjoint(passage.id.split(JOINT))
    ]


def _words(passage: Candidate) -> int:
    return len(passage.text.split())
