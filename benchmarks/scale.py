"""A run over many short passages: whether memory stays flat, and whether cost grows linearly.

``make bench-scale`` writes a million synthetic records of one passage, no two alike, as JSONL, scores them into a
folder of shards, and says the peak memory of the process (its largest resident set, by the kernel; of workers that of
the largest) and the milliseconds a passage, beside runs over 1,000, 10,000 and 100,000. It takes about half an hour;
``COUNT=20000`` makes it short, ``WORKERS=2`` shares the work out.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

COUNT = 1_000_000
SMALL = 10_000
LINEAR = (1_000, 10_000, 100_000)
# What more memory a run of COUNT may take than one of SMALL, in MiB.
BOUND = 100
WHO = ("the ministry", "a spokesman", "the valley council", "our army", "the rebels", "a nurse", "the bank")
DID = ("said", "ignored", "guarded", "destroyed", "opened", "warned of", "is to blame for", "will soon bring")
WHAT = ("the dam", "the harvest", "a flood", "the bridge", "our towns", "a new school", "the end of the river")
HOW = ("in spring", "without a word", "for the third year", "at the last moment", "as reports had it")

# The run, in a process of its own.
RUN = """
import json, sys
from pathlib import Path
from framelens.data.language import is_english
from framelens.scripts.corpus import Corpus, score_corpus
if __name__ == "__main__":
    # Loads the model that tells languages, which is loading too.
    is_english("The committee meets on Tuesday at ten in the old town hall.")
    outcome = score_corpus(Corpus([sys.argv[1]], Path(sys.argv[2]), workers=int(sys.argv[3])))
    print(json.dumps([outcome.tally.documents, outcome.tally.passages, outcome.watch.seconds]))
"""


class Measured(NamedTuple):
    """``seconds`` of scoring, loading left out; ``peak``: the largest resident set, in MiB."""

    passages: int
    seconds: float
    peak: float


def main(count: str = "", workers: str = "") -> None:
    """Run the benchmark, and exit with 1 where memory is out of bounds or something is lost."""
    whole, processes = int(count or COUNT), int(workers or 1)
    counts = sorted({number for number in (*LINEAR, SMALL) if number < whole} | {whole})
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        for number in counts:
            measured.append(run(Path(folder), number, processes))
            print(f"{number:,} done", file=sys.stderr)
    setting = f"{processes} {'process' if processes == 1 else 'workers'} on {os.cpu_count()} cores, text of 12 words"
    table = Table(title=setting, title_justify="left")
    for column in ("passages", "ms a passage", "passages/s", "peak memory, MiB"):
        table.add_column(column, justify="right")
    for one in measured:
        each = 1000 * one.seconds / one.passages
        table.add_row(f"{one.passages:,}", f"{each:.2f}", f"{1000 / each:,.0f}", f"{one.peak:,.0f}")
    Console(width=100).print(table)
    small = next((one for one in measured if one.passages == SMALL), measured[0])
    grown = measured[-1].peak - small.peak
    print(f"memory at {measured[-1].passages:,} is {grown:+.0f} MiB of that at {small.passages:,} (bound {BOUND})")
    if grown > BOUND:
        raise SystemExit(1)


def run(folder: Path, count: int, workers: int) -> Measured:
    """Score so many records.

    :raises SystemExit: if the run fails, or its manifest tells of other than these records.
    """
    source, output = folder / "records.jsonl", folder / "scored"
    with open(source, "w", encoding="utf-8") as stream:
        stream.writelines(f"{json.dumps(record)}\n" for record in records(count))
    command = [sys.executable, "-c", RUN, str(source), str(output), str(workers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    shutil.rmtree(output, ignore_errors=True)
    if status:
        raise SystemExit(f"the run over {count:,} failed")
    documents, passages, seconds = json.loads(said)
    if (documents, passages) != (count, count):
        raise SystemExit(f"of {count:,} records {documents:,} came out, as {passages:,} passages")
    # Linux counts KiB, macOS bytes.
    return Measured(count, seconds, used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024))


def records(count: int) -> Iterator[dict[str, object]]:
    """Records that differ from each other, the same each time."""
    rng = random.Random(0)
    for number in range(count):
        text = f"On day {number} {rng.choice(WHO)} {rng.choice(DID)} {rng.choice(WHAT)} {rng.choice(HOW)}."
        yield {"id": str(number), "text": text, "source": rng.choice(("wire", "column", "post"))}


if __name__ == "__main__":
    main(*sys.argv[1:])
