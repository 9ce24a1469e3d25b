"""What the page says, its numbers against those counted here from the records, and that it asks nothing of anybody."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from framelens.data.records import FrameResult, Record, Span
from framelens.eval.report import sampling
from framelens.eval.report.writing import write_report

MakeCorpus = Callable[..., list[Record]]
MakePage = Callable[..., Path]
FRAMES = {"blame_attribution": "blame", "benevolent_protector": "protector", "threat_inflation": "threat"}
VOICES = ["author", "reported", "rebutted"]


def read(page: Path) -> html.HtmlElement:
    return html.fromstring(page.read_text(encoding="utf-8"))


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def table(tree: html.HtmlElement, label: str) -> dict[str, list[str]]:
    """The rows of the table in the region of that name: by the first cell, the bare numbers of the others."""
    (region,) = tree.xpath(f"//*[@aria-label={label!r}]")
    rows = {}
    for row in region.xpath(".//tbody/tr"):
        cells = []
        for cell in row.xpath("./td[not(@class='bar')]"):
            value = cell.xpath("./span[@class='value']")
            cells.append((value[0].text if value else cell.text or "").strip())
        rows[words(row.xpath("./th")[0])] = cells
    return rows


def raw_records(page: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (page.parent / "scored.jsonl").read_text().splitlines()]


def percent(part: int, whole: int) -> str:
    share = part / whole
    return f"{share:.1%}" if 0 < share < 0.0995 else f"{share:.0%}"


def test_shares_by_frame_and_voice_are_those_of_the_records(corpus_page: Path) -> None:
    records = raw_records(corpus_page)
    rows = table(read(corpus_page), "Frames by voice")
    assert list(rows) == list(FRAMES.values())
    for frame, title in FRAMES.items():
        present = [record["frames"][frame]["voice"] for record in records if record["frames"][frame]["present"]]
        expected = [str(len(present)), percent(len(present), len(records))]
        for voice in VOICES:
            expected += [str(present.count(voice)), percent(present.count(voice), len(records))]
        assert rows[title] == expected


@pytest.mark.parametrize(("label", "field", "length"), [("source", "source", 99), ("month", "date", 7)])
def test_shares_by_source_and_month_are_those_of_the_records(
    corpus_page: Path, label: str, field: str, length: int
) -> None:
    records = raw_records(corpus_page)
    rows = table(read(corpus_page), f"Frames by {label}")
    groups = {record["meta"][field][:length] for record in records}
    assert set(rows) == groups
    for group in groups:
        members = [record for record in records if record["meta"][field][:length] == group]
        expected = [str(len(members)), str(len({record["doc_id"] for record in members}))]
        for frame in FRAMES:
            count = sum(record["frames"][frame]["present"] for record in members)
            expected += [str(count), percent(count, len(members))]
        assert rows[group] == expected


def test_actors_are_counted_as_one_whatever_the_case_article_and_possessive(corpus_page: Path) -> None:
    records = raw_records(corpus_page)
    merged = {"the ministry": "m", "the ministry's": "m", "ministry": "m", "halden": "h", "the rebels": "r"}
    for frame, title in FRAMES.items():
        counts: Counter[tuple[str, str]] = Counter()
        for record in records:
            result = record["frames"][frame]
            for actor in {merged.get(span["text"].lower(), "pronoun") for span in result["actors"]}:
                counts[actor, result["voice"]] += 1
        shown = table(read(corpus_page), f"Actors of {title}")
        for name, cells in shown.items():
            key = {"ministry": "m", "halden": "h", "rebels": "r"}.get(name.lower(), "pronoun")
            by_voice = [counts[key, voice] for voice in VOICES]
            assert cells == [str(sum(by_voice)), *(str(count) if count else "–" for count in by_voice)]
        assert len(shown) == len({actor for actor, _ in counts})


def test_the_summary_names_who_leads_and_in_whose_voice(make_page: MakePage) -> None:
    text = "The Ministry failed the valley."
    blame = [
        FrameResult(
            0.5 + n / 10, True, voice, 0.9, (Span(0, 12, "The Ministry", 0.9),), (Span(13, 30, text[13:30], 0.9),)
        )
        for n, voice in enumerate(["author", "reported", "reported"])
    ]
    page = make_page(
        [Record("d", n, 0, 31, text, {"blame_attribution": each}, {}, "m", ()) for n, each in enumerate(blame)]
    )
    card = words(read(page).xpath("//div[contains(@class, 'card')]")[0])
    assert "Who is blamed? Most often Ministry: 3 passages (1 author’s voice, 2 reported)." in card
    assert "100% of passages" in card
    assert "“failed the valley”Surest passage: reported, 70%, d" in card


def test_every_passage_stands_in_the_text_with_its_marks_in_reading_order(corpus_page: Path) -> None:
    records = raw_records(corpus_page)
    shown = read(corpus_page).xpath("//div[@class='passage']")
    assert len(shown) == len(records)
    for element, record in zip(shown, records, strict=True):
        text = element.xpath("./p[@class='text']")[0]
        assert text.text_content() == record["text"]
        for number, frame in enumerate(FRAMES):
            for role, kind in (("evidence", "e"), ("actors", "a")):
                marked = "".join(part.text_content() for part in text.xpath(f".//*[@class='{kind} {kind}{number}']"))
                assert marked == "".join(span["text"] for span in record["frames"][frame][role])
        noted = [words(note) for note in element.xpath(".//p[starts-with(@class, 'frame')]")]
        present = [frame for frame in FRAMES if record["frames"][frame]["present"]]
        assert len(noted) == len(present)
        for note, frame in zip(noted, present, strict=True):
            result = record["frames"][frame]
            assert note.startswith(
                f"{FRAMES[frame]} {result['voice'].replace('author', 'author’s voice')} probability "
            )
            assert f"{100 * result['p']:.0f}%" in note


def test_anchors_are_unique_and_every_link_leads_somewhere(corpus_page: Path, hostile_page: Path) -> None:
    for page in (corpus_page, hostile_page):
        tree = read(page)
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids))
        assert {link[1:] for link in tree.xpath("//a/@href")} <= set(ids)


def test_anchors_stay_when_other_passages_are_reported_with_them(make_corpus: MakeCorpus, make_page: MakePage) -> None:
    records = make_corpus(6)
    few, all_of_them = (
        set(read(make_page(part)).xpath("//div[@class='passage']/@id")) for part in (records[10:], records)
    )
    assert few < all_of_them


def test_it_asks_nothing_of_the_network_and_its_policy_allows_only_its_own_script(hostile_page: Path) -> None:
    page = hostile_page.read_text(encoding="utf-8")
    tree = html.fromstring(page)
    assert "http:" not in page
    assert "https:" not in page
    assert not re.search(r"url\((?!#)|@import", page)
    assert not tree.xpath("//link | //img | //iframe | //object | //embed | //base | //form")
    assert not tree.xpath("//@src | //@style | //@srcset | //@action | //@background")
    assert not tree.xpath("//*/@*[starts-with(name(), 'on')]")
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(scripts) == len(styles) == 1
    for content in scripts + styles:
        assert base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() in policy


def test_hostile_text_is_text(hostile_page: Path, hostile: list[Record]) -> None:
    page = hostile_page.read_text(encoding="utf-8")
    assert len(html.fromstring(page).xpath("//script")) == 2
    for character in "\u202e\u202b\u200f\x07\x1b\u2028":
        assert character not in page
    for element, record in zip(html.fromstring(page).xpath("//p[@class='text']"), hostile, strict=True):
        for box in element.xpath(".//span[@class='code']"):
            box.text = chr(int(box.get("data-c"), 16)) if int(box.get("data-c"), 16) > 31 else f"<{box.get('data-c')}>"
        expected = re.sub("[\x07\x1b]", lambda found: f"<{ord(found[0]):04X}>", record.text)
        assert element.text_content() == expected
    data = html.fromstring(page).get_element_by_id("data").text
    assert not re.search("[<>&]", data)
    json.loads(data)


def test_it_says_what_labels_mean_and_how_often_the_model_errs(corpus_page: Path, make_page: MakePage) -> None:
    text = words(read(corpus_page))
    for said in ("not whether it is true", "Framing is not falsehood.", "Reported is not endorsed."):
        assert said in text
    figures = json.loads((Path(__file__).parents[3] / "model" / "weights" / "minilm" / "eval.json").read_text())
    precision = figures["test"]["figures"]["blame_attribution/precision"]["value"]
    assert f"of 100 passages that it marks, about {100 - 100 * precision:.0f} (blame), " in text
    assert table(read(corpus_page), "How often the model errs")["blame"][0] == f"{100 * precision:.0f}"
    unknown = Record("d", 0, 0, 4, "Text", {"blame_attribution": FrameResult(0.1, False)}, {}, "other", ())
    text = words(read(make_page([unknown])))
    assert "how often it errs is not known here" in text
    assert "No evaluation of other was found here" in text


def test_of_a_large_corpus_all_is_counted_and_whole_articles_are_shown(
    make_corpus: MakeCorpus, make_page: MakePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "MAX_PASSAGES", 60)
    page = make_page(make_corpus(50))
    tree, records = read(page), raw_records(page)
    assert len(tree.xpath("//div[@class='passage']")) == 60
    assert len(tree.xpath("//article")) == 12
    assert "below stand 60 passages of 12 whole articles, drawn at random (seed 0)" in words(tree)
    blame = sum(record["frames"]["blame_attribution"]["present"] for record in records)
    assert table(tree, "Frames by voice")["blame"][0] == str(blame)
    here = sum(int(found) for found in re.findall(r"(\d+) on this page", words(tree)))
    marked = len(tree.xpath("//div[@class='passage']//p[starts-with(@class, 'frame')]"))
    assert here == marked


def test_2000_passages_take_less_than_five_megabytes(make_corpus: MakeCorpus, make_page: MakePage) -> None:
    page = make_page(make_corpus(200, 10, words=120))
    assert len(read(page).xpath("//div[@class='passage']")) == 2000
    assert page.stat().st_size < 5_000_000


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_csv_and_parquet_give_the_same_page(make_corpus: MakeCorpus, make_page: MakePage, suffix: str) -> None:
    def body(page: Path) -> str:
        return re.sub(r"scored\.\w+|Scored [^,]*, page made [\d: -]*", "", page.read_text(encoding="utf-8"))

    records = make_corpus(4)
    assert body(make_page(records, suffix)) == body(make_page(records))


def test_other_frames_and_a_model_without_voices_have_a_page(make_page: MakePage) -> None:
    text = "The hero came."
    frames = {f"hero_{n}": FrameResult(0.9, True, None, None, (), (Span(0, 8, "The hero", 0.5),)) for n in range(7)}
    tree = read(make_page([Record("d", 0, 0, 14, text, frames, {}, "mine", ())]))
    assert words(tree.xpath("//h3")[0]) == "hero 0"
    assert "hero 6 voice unknown" in words(tree.xpath("//div[@class='notes']")[0])
    assert "Who is named?" in words(tree)


def test_two_pages_of_the_same_records_are_the_same_but_for_the_time(corpus_page: Path) -> None:
    again = corpus_page.with_name("again.html")
    write_report(corpus_page.parent / "scored.jsonl", again, "0.0")
    one, other = (re.sub(r"page made [\d: -]*", "", p.read_text(encoding="utf-8")) for p in (corpus_page, again))
    assert one == other
