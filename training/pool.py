"""Unlabelled passages for a teacher to label: likely carriers of frames, a random share, and whole paragraphs.

    python -m framelens.training.pool scored.jsonl sample.jsonl --likely 6000 --random 6000 --paragraphs 3000

``scored.jsonl`` is what ``framelens score POOL --unit record`` wrote with any earlier model. Paragraphs
are two to five neighbouring passages of one document, since most annotated passages are single
sentences and most of what users score is not.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

MIN_WORDS, MAX_WORDS = 5, 150


def sample_pool(
    rows: list[dict[str, Any]], likely: int, at_random: int, paragraphs: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Choose passages from scored records, each at most once, and join neighbours to paragraphs.

    :param rows: records in the order in which their documents run.
    :param likely: how many of the likeliest carriers, in equal shares by frame.
    :returns: ``id``, ``text``, ``source`` and ``doc_id`` of each.
    """
    rng = random.Random(seed)
    fitting = [row for row in rows if MIN_WORDS <= len(row["text"].split()) <= MAX_WORDS]
    chosen: dict[str, dict[str, Any]] = {}
    frames = list(fitting[0]["frames"])
    for share, frame in enumerate(frames, 1):
        for row in sorted(fitting, key=partial(_probability, frame), reverse=True):
            if len(chosen) >= likely * share // len(frames):
                break
            chosen[row["doc_id"]] = row
    rest = [row for row in fitting if row["doc_id"] not in chosen]
    for row in [*chosen.values(), *rng.sample(rest, min(at_random, len(rest)))]:
        yield _passage([row])
    joined = list(_neighbours(rows, rng))
    for group in rng.sample(joined, min(paragraphs, len(joined))):
        yield _passage(group)


def _probability(frame: str, row: dict[str, Any]) -> float:
    return float(row["frames"][frame]["p"])


def _neighbours(rows: list[dict[str, Any]], rng: random.Random) -> Iterator[list[dict[str, Any]]]:
    """Runs of two to five passages of a document, without overlap, that make a paragraph of usual length."""
    for _, members in groupby(rows, key=lambda row: (row["meta"]["source"], row["meta"]["doc_id"])):
        document = list(members)
        start = 0
        while start + 1 < len(document):
            group = document[start : start + rng.randint(2, 5)]
            while sum(len(row["text"].split()) for row in group) > MAX_WORDS and len(group) > 1:
                group.pop()
            if len(group) > 1:
                yield group
            start += len(group)


def _passage(group: list[dict[str, Any]]) -> dict[str, Any]:
    meta = group[0]["meta"]
    ids, texts = [row["doc_id"] for row in group], [row["text"] for row in group]
    return {"id": "+".join(ids), "text": " ".join(texts), "source": meta["source"], "doc_id": meta["doc_id"]}


def main(
    scored: Annotated[Path, typer.Argument(help="Records of the pool, from framelens score --unit record.")],
    output: Annotated[Path, typer.Argument(help="Where the sample goes, as JSONL.")],
    likely: int = 6000,
    at_random: Annotated[int, typer.Option("--random")] = 6000,
    paragraphs: int = 3000,
    seed: int = 13,
) -> None:
    """Sample a pool for a teacher to label."""
    with scored.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    with output.open("w", encoding="utf-8") as stream:
        for passage in sample_pool(rows, likely, at_random, paragraphs, seed):
            stream.write(json.dumps(passage, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    typer.run(main)
