"""Photographs the report of the example articles for the README: ``python docs/screenshots.py``.

Writes ``docs/report.png`` and ``docs/report-narrow.png``, a wide window and a phone; needs playwright and chromium.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

DOCS = Path(__file__).parent
ARTICLES = "examples/articles"
WIDE, NARROW = 1280, 390


def main() -> None:
    """Score the example articles, open the page of them, and photograph it twice."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        command = [
            sys.executable,
            "-m",
            "framelens",
            "score",
            ARTICLES,
            "-o",
            f"{folder}/scored.jsonl",
            "--report",
            page,
        ]
        subprocess.run(command, check=True, cwd=DOCS.parent)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            photograph(browser, page, WIDE, 1000, "body", DOCS / "report.png")
            photograph(browser, page, NARROW, 800, "#a-1 .passage:nth-of-type(5)", DOCS / "report-narrow.png")
            browser.close()


def photograph(browser: Browser, page: Path, width: int, height: int, place: str, image: Path) -> None:
    """A picture of the window when it has been scrolled to a place."""
    tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    tab.goto(page.as_uri())
    tab.evaluate("(place) => document.querySelector(place).scrollIntoView()", place)
    tab.wait_for_timeout(200)
    tab.screenshot(path=image)
    print(f"{image}: {image.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
