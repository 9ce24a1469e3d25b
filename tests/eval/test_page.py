from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from framelens.data import Gold, GoldPassage
from framelens.eval.evaluation import evaluate
from framelens.eval.outcome import Outcome
from framelens.eval.page import render
from framelens.eval.paired import compare
from framelens.eval.slices import slice_figures
from framelens.eval.system import System

MakeOutcome = Callable[..., Outcome]
MakePassages = Callable[[Outcome], list[GoldPassage]]
EVIL = '<script>alert(1)</script> & "quoted" \ud800 {{ 7 * 7 }} $x^$'
VOID = ("meta", "br", "hr", "img", "input", "link")


class Reader(HTMLParser):
    """Collects what a page is made of, and checks that its elements nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.images: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if found.get("id"):
            self.ids.append(found["id"] or "")
        if tag == "a":
            self.links.append(found["href"] or "")
        if tag == "svg":
            self.images.append(found["aria-label"] or "")
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        assert not found.keys() & {"src", "onclick", "onload"}

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert not reader.open
    return reader


def suite() -> dict[str, Any]:
    """What the behavioural suite finds, with a failure of each kind."""
    figure = {"value": 0.5, "interval": [0.25, 0.75]}
    said = {"p": {"blame": 0.9}, "present": {"blame": True}, "voice": {"blame": None}}
    texts = [{"text": EVIL} | said, {"text": f"not {EVIL}"} | said]
    failed = {"id": EVIL, "frames": ["blame"], "texts": texts}
    gold = {"id": EVIL, "frames": ["blame"], "texts": [text | {"gold": {"blame": None}} for text in texts]}
    common = {"capability": "voice", "cases": 4, "failures": 2, "rate": figure}
    return {
        "tolerance": 0.05,
        "tests": [
            {"name": "typos", "kind": "INV", "change": figure, "examples": [failed]} | common,
            {"name": "negation", "kind": "DIR", "change": figure, "after": {"author": 3}, "examples": []} | common,
            {"name": EVIL, "kind": "MFT", "examples": [gold]} | common,
        ],
        "sides": [
            {"one": "Iran", "other": "Israel", "passages": 4, "flips": 2, "rate": figure, "examples": [failed]}
            | {"bias": {"blame": figure, "threat": figure}}
        ],
    }


@pytest.fixture
def page(system: System, make_outcome: MakeOutcome, make_passages: MakePassages) -> str:
    """A page with everything on it, of passages, names and fields that would like to be code."""
    made = make_outcome(160)
    passages = [
        replace(p, id=f"{p.id}{EVIL}", text=f"{EVIL} {p.text}", source=EVIL, meta={EVIL: EVIL})
        for p in make_passages(made)
    ]
    evil = replace(system, name=EVIL)
    evaluation = evaluate(evil, made)
    evaluation["slices"] = slice_figures(evil, made, passages, [EVIL])
    other = replace(made, p=np.clip(made.p + np.random.default_rng(0).normal(0, 0.3, made.p.shape), 0, 1))
    evaluation["against"] = compare(evil, made, replace(system, name=f"other {EVIL}"), other, passages)
    evaluation["behaviour"] = suite()
    evaluation["run"] = {"date": "2026-01-02", "framelens": "0.1.0", "data": [EVIL], "splits": EVIL}
    return render(evaluation, evil, made, passages)


def test_it_is_one_page_that_asks_nothing_of_the_network(page: str) -> None:
    reader = read(page)
    assert not {"script", "link", "img", "iframe", "object"} & set(reader.tags)
    assert "http:" not in page
    assert "https:" not in page
    assert not re.search(r"url\((?!#)|@import", page)
    assert "default-src 'none'" in page


def test_what_the_data_say_is_text_and_never_code(page: str) -> None:
    reader = read(page)
    shown = EVIL.replace("\ud800", "\ufffd")
    assert reader.text.count(shown) > 10
    page.encode("utf-8")


def test_headings_nest_images_are_described_and_links_lead_somewhere(page: str) -> None:
    reader = read(page)
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    assert all(later <= before + 1 for before, later in zip(reader.headings, reader.headings[1:], strict=False))
    assert len(reader.images) >= 8
    assert all(reader.images)
    assert len(set(reader.ids)) == len(reader.ids)
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)


def test_it_follows_light_and_dark_and_can_be_printed(page: str) -> None:
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert 'name="viewport"' in page


def test_it_says_model_data_date_figures_and_mistakes(page: str) -> None:
    text = read(page).text
    for words in ("2026-01-02", "160 passages of 40 documents", "Average precision", "There, not predicted", "macro"):
        assert words in text
    assert "decisions" in text
    assert "McNemar" in text


def test_it_says_what_fails_of_the_behavioural_tests(page: str) -> None:
    text = " ".join(read(page).text.split())
    assert "typos: 1 of the failures" in text
    assert "before: blame p 0.90, present" in text
    assert "blame p 0.90, present (gold: absent)" in text
    assert "After “negation” the frames asked about are: 3 author." in text
    assert "Iran → Israel" in text
    assert "about Iran: blame p 0.90" in text


def test_evidence_is_marked_in_a_mistake(
    system: System, make_outcome: MakeOutcome, make_passages: MakePassages
) -> None:
    made = make_outcome(2)
    made = replace(made, p=np.array([[0.9, 0.1], [0.1, 0.1]]), present=np.array([[0, 0], [1, 0]]))
    gold = {"blame": Gold(0.98, {"author": 1.0}, {"evidence": ((5, 8),)}), "threat": Gold(0.02, {}, {})}
    absent = {frame: Gold(0.02, {}, {}) for frame in gold}
    passages = [
        GoldPassage("a", "They let it.", "s", "d", absent),
        GoldPassage("b", "They let it.", "s", "d", gold),
    ]
    page = render(evaluate(system, made), system, made, passages)
    assert "<mark>They</mark> let it." in page
    assert "They <u>let</u> it." in page


def test_a_page_without_slices_comparison_or_voices_leaves_them_out(
    system: System, make_outcome: MakeOutcome, make_passages: MakePassages
) -> None:
    made = make_outcome(40)
    silent = replace(made, voices=np.full((40, 2), -1), words=made.words * 0, spans=made.spans * 0)
    page = render(evaluate(system, silent), system, silent, make_passages(made))
    assert not {"slices", "against", "voices", "behaviour"} & set(read(page).ids)
    assert '<th scope="row">F1' in page
    assert '<th scope="row">Voice right' not in page
