"""Passages a second: ``transformers.pipeline`` as its documentation shows it, and framelens, interleaved in one run.

Both read the same weights. The pipeline gives the frames alone; framelens gives voices and spans too. A tier that is
installed (framelens-accurate) runs along. ``make bench SAVE=eval/results/speed.json`` keeps the rates, from which
``make figures`` takes the README's.
"""

from __future__ import annotations

import gzip
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import torch
from rich.console import Console
from rich.table import Table
from transformers import pipeline

from framelens import FrameClassifier
from framelens.data import Document, gold_passages, load_annotations, load_taxonomy, passages, read_documents
from framelens.model.tiers import DEFAULT, TIERS, tier_folder

ROOT = Path(__file__).parents[1]
POOL = ROOT.parent / "shared" / "data" / "pool.jsonl.gz"
COUNT = 400
ROUNDS = 3


def main(save: str | None = None) -> None:
    """Run the benchmark and print medians, spreads and ratios.

    :param save: write each round's passages a second here, as JSON.
    """
    texts, origin = load_texts()
    logging.disable(logging.WARNING)
    pipe = pipeline("text-classification", model=str(DEFAULT), top_k=None, dtype=torch.float32, device="cpu")
    classifier = FrameClassifier.load(device="cpu")
    contenders: dict[str, Callable[[], object]] = {
        "transformers.pipeline, batch 1": lambda: pipe(texts, batch_size=1),
        "transformers.pipeline, batch 32": lambda: pipe(texts, batch_size=32),
        "framelens": lambda: classifier.predict(texts),
    }
    for tier in TIERS:
        if tier_folder(tier) is not None:
            contenders[f"framelens, {tier}"] = partial(FrameClassifier.load(tier, "cpu").predict, texts)
    for run in contenders.values():
        run()
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, run in contenders.items():
            started = time.perf_counter()
            run()
            rates[name].append(len(texts) / (time.perf_counter() - started))
    words = sum(len(text.split()) for text in texts) / len(texts)
    setting = f"{len(texts)} passages of {words:.0f} words from {origin}, {os.cpu_count()} cores, {ROUNDS} rounds"
    print_rates(rates, setting)
    if save is not None:
        rounded = {name: [round(rate, 1) for rate in values] for name, values in rates.items()}
        Path(save).write_text(json.dumps({"setting": setting, "rates": rounded}, indent=2) + "\n", encoding="utf-8")


def load_texts() -> tuple[list[str], str]:
    """Passages to run on: from the pool where it is at hand, else from the examples, repeated to the same count."""
    if POOL.exists():
        with gzip.open(POOL, "rt", encoding="utf-8") as lines:
            pool = [json.loads(line)["text"] for line in lines]
        return pool[:: len(pool) // COUNT][:COUNT], "the pool"
    examples = ROOT / "examples"
    texts = [passage.text for passage in gold_passages(load_annotations(examples / "annotated.jsonl", load_taxonomy()))]
    for item in read_documents(str(examples / "articles")):
        if isinstance(item, Document):
            texts += [passage.text for passage in passages(item, "sentence")]
    return [texts[i % len(texts)] for i in range(COUNT)], "examples/"


def print_rates(rates: dict[str, list[float]], title: str) -> None:
    """A row a contender: median and spread of passages a second, and how often it fits into framelens."""
    table = Table(title=title, title_justify="left")
    for column in ("", "passages/s, median", "spread", "framelens is"):
        table.add_column(column, justify="left" if not column else "right")
    for name, values in rates.items():
        ratios = [ours / theirs for ours, theirs in zip(rates["framelens"], values, strict=True)]
        times = "" if name == "framelens" else f"{median(ratios):.1f} times as fast"
        table.add_row(name, f"{median(values):.0f}", f"{min(values):.0f}–{max(values):.0f}", times)
    Console(width=110).print(table)


if __name__ == "__main__":
    main(*sys.argv[1:])
