"""How fast the report of 2,000 passages is in a browser: until it can be used, and how long a filter takes.

Headless Chromium opens the page anew each round. The time until it can be used runs from the start of the navigation to
the end of the page's script; that of a filter from the change of a control to the next frame laid out.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from framelens import FrameClassifier, __version__
from framelens.data import Document, Record, gold_passages, load_annotations, load_taxonomy
from framelens.data.writers import FileWriter
from framelens.eval.report.writing import write_report

ROOT = Path(__file__).parents[1]
COUNT, IN_ARTICLE = 2_000, 20
ROUNDS = 5
ALL = "all again"
# What is done, each on a page where nothing is filtered but for the last.
FILTERS = {
    "frame": "document.querySelector('input[name=frame]').click()",
    "voice": "document.querySelectorAll('input[name=voice]')[1].click()",
    "actor": "document.querySelector('button.actor').click()",
    "search": "set('q', 'the')",
    "probability": "set('p', '60')",
    ALL: "document.getElementById('clear').click()",
}
_TIMED = """async () => {
  const set = (id, value) => {
    const field = document.getElementById(id);
    field.value = value;
    field.dispatchEvent(new Event('input'));
  };
  const started = performance.now();
  %s;
  document.body.offsetHeight;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - started;
}"""


def main() -> None:
    """Run the benchmark, or say why not."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        print("The report is not measured: playwright is not installed.", file=sys.stderr)
        return
    chromium = shutil.which("chromium")
    if chromium is None:
        print("The report is not measured: no chromium is installed.", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "page.html"
        with FileWriter(Path(folder) / "scored.jsonl") as writer:
            for record in records():
                writer.write(record)
        write_report(Path(folder) / "scored.jsonl", page, __version__)
        times: dict[str, list[float]] = {name: [] for name in ("until it can be used", *FILTERS)}
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(ROUNDS):
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(page.as_uri())
            ready = tab.evaluate("performance.getEntriesByName('ready')[0].startTime")
            times["until it can be used"].append(ready)
            for name, action in FILTERS.items():
                # From all passages to some, or back.
                tab.evaluate(_TIMED % FILTERS["frame" if name == ALL else ALL])
                times[name].append(tab.evaluate(_TIMED % action))
            tab.close()
        browser.close()
        size = page.stat().st_size / 1e6
    print_times(times, f"Report of {COUNT:,} passages, {size:.1f} MB, {os.cpu_count()} cores, {ROUNDS} rounds")


def records() -> list[Record]:
    """Passages of the examples, scored and repeated, in articles of a few."""
    annotations = load_annotations(ROOT / "examples" / "annotated.jsonl", load_taxonomy())
    documents = [Document(passage.id, passage.text) for passage in gold_passages(annotations)]
    scored = list(FrameClassifier.load(device="cpu").score_documents(iter(documents), "record"))
    return [
        replace(record, doc_id=f"article {number // IN_ARTICLE}", passage=number % IN_ARTICLE)
        for number, record in enumerate(islice(cycle(scored), COUNT))
    ]


def print_times(times: dict[str, list[float]], title: str) -> None:
    """A row for each thing measured: median and spread in milliseconds."""
    table = Table(title=title, title_justify="left")
    for column in ("", "ms, median", "spread"):
        table.add_column(column, justify="left" if not column else "right")
    for name, values in times.items():
        table.add_row(name, f"{median(values):.0f}", f"{min(values):.0f}–{max(values):.0f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
