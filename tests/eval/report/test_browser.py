"""The page in a real browser: what a reader does with it, and what it must never do."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from framelens.data.records import Record

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright, which is not installed")
CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("needs chromium, which is not installed", allow_module_level=True)

Page = sync_api.Page
MakeCorpus = Callable[..., list[Record]]
MakePage = Callable[..., Path]
Open = Callable[..., Page]
SHOWN = "() => [...document.querySelectorAll('.passage')].filter(p => p.checkVisibility()).length"
# Everything open and laid out, as it is when it has been scrolled to.
UNFOLD = """
    for (const details of document.querySelectorAll('details')) details.open = true;
    for (const article of document.querySelectorAll('article')) article.style.contentVisibility = 'visible';
"""
FRAMES = ("blame_attribution", "benevolent_protector", "threat_inflation")


@pytest.fixture(scope="session")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: sync_api.Browser) -> Iterator[Open]:
    """Opens a page; afterwards, none may have said anything on the console or asked anything of the network."""
    said: list[str] = []
    contexts = []

    def open_it(path: Path, hash: str = "", width: int = 1280, scheme: str = "light", script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: request.url.startswith(("file:", "blob:")) or said.append(request.url))
        page.goto(f"{path.as_uri()}{hash}")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert said == []


def count(records: list[Record], fits: Callable[[Record], bool]) -> int:
    return sum(map(fits, records))


def names(record: Record, frame: str) -> set[str]:
    return {span.text.lower().removeprefix("the ").removesuffix("'s") for span in record.frames[frame].actors}


def test_it_filters_by_frame_voice_source_and_probability(
    open_page: Open, corpus_page: Path, make_corpus: MakeCorpus
) -> None:
    records = make_corpus()
    page = open_page(corpus_page)
    assert page.evaluate(SHOWN) == len(records)

    page.check("input[name=frame][value='0']")
    expected = count(records, lambda r: r.frames[FRAMES[0]].present)
    assert page.evaluate(SHOWN) == expected
    assert page.inner_text("#count") == f"{expected} of {len(records)} passages"

    page.check("input[name=voice][value='1']")
    expected = count(records, lambda r: r.frames[FRAMES[0]].voice == "reported")
    assert page.evaluate(SHOWN) == expected

    page.select_option("#group", label="wire")
    expected = count(records, lambda r: r.frames[FRAMES[0]].voice == "reported" and r.meta["source"] == "wire")
    assert page.evaluate(SHOWN) == expected

    page.click("#clear")
    page.fill("#p", "80")
    assert page.inner_text("#p-said") == "80%"
    expected = count(records, lambda r: any(f.present and f.p >= 0.8 for f in r.frames.values()))
    assert page.evaluate(SHOWN) == expected


def test_a_name_and_a_voice_show_their_passages(open_page: Open, corpus_page: Path, make_corpus: MakeCorpus) -> None:
    records = make_corpus()
    page = open_page(corpus_page)
    page.click(".who button[data-frame='0']:has-text('ministry')")
    assert page.evaluate(SHOWN) == count(records, lambda r: "ministry" in names(r, FRAMES[0]))
    assert page.evaluate("document.activeElement.matches('.passage')")
    page.click(".card button[data-frame='2'][data-voice='2']")
    assert page.evaluate(SHOWN) == count(records, lambda r: r.frames[FRAMES[2]].voice == "rebutted")


def test_it_searches_and_says_when_nothing_fits(open_page: Open, corpus_page: Path, make_corpus: MakeCorpus) -> None:
    records = make_corpus()
    page = open_page(corpus_page)
    page.fill("#q", "RIVER  bridge")
    assert page.evaluate(SHOWN) == count(records, lambda r: "river bridge" in r.text)
    page.fill("#q", "no such words")
    assert page.evaluate(SHOWN) == 0
    assert page.is_visible("#nothing")
    page.click("#clear-too")
    assert page.evaluate(SHOWN) == len(records)
    assert page.input_value("#q") == ""


def test_the_keyboard_searches_steps_and_helps(open_page: Open, corpus_page: Path, make_corpus: MakeCorpus) -> None:
    framed = [n for n, record in enumerate(make_corpus()) if any(f.present for f in record.frames.values())]
    page = open_page(corpus_page)
    place = "[...document.querySelectorAll('.passage')].indexOf(document.activeElement)"
    for key, number in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert page.evaluate(place) == framed[number]
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") > 0
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("jc?")
    assert page.input_value("#q") == "jc?"
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    assert page.input_value("#q") == ""
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.uncheck("#single")
    page.keyboard.press("Escape")
    assert not page.is_visible("#keys")
    page.keyboard.press("?")
    assert not page.is_visible("#keys")


def test_a_link_leads_to_its_passage_also_through_filters(open_page: Open, corpus_page: Path) -> None:
    first = open_page(corpus_page)
    address = first.locator(".passage .link").nth(120).get_attribute("href")
    page = open_page(corpus_page, address)
    assert f"#{page.evaluate('document.activeElement.id')}" == address
    page.fill("#q", "no such words")
    page.evaluate(f"location.hash = '{address}'")
    page.wait_for_function(f"document.querySelector('{address}').checkVisibility()")
    assert page.evaluate("location.hash") == address


def test_filters_stand_in_the_address(open_page: Open, corpus_page: Path) -> None:
    page = open_page(corpus_page)
    page.click(".who button[data-frame='1']:has-text('Halden')")
    page.check("input[name=voice][value='0']")
    page.fill("#q", "e")
    shown = page.evaluate(SHOWN)
    hash = page.evaluate("location.hash")
    assert "frame=benevolent_protector" in hash
    again = open_page(corpus_page, hash)
    assert again.evaluate(SHOWN) == shown
    assert again.is_checked("input[name=voice][value='0']")


def test_what_is_shown_can_be_saved_as_csv(
    open_page: Open, make_page: MakePage, hostile: list[Record], tmp_path: Path
) -> None:
    formula = Record("=1+1", 0, 0, 9, "-5 lost 😡", dict(hostile[0].frames), {"source": "@x"}, "m", ())
    absent = {frame: type(result)(0.1, False) for frame, result in formula.frames.items()}
    formula = Record("=1+1", 0, 0, 9, "-5 lost 😡", absent, {"source": "@x"}, "m", ())
    page = open_page(make_page([*hostile, formula]))
    with page.expect_download() as download:
        page.click("#csv")
    download.value.save_as(tmp_path / "passages.csv")
    text = (tmp_path / "passages.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["text"] for row in rows] == [hostile[0].text, hostile[1].text, "'-5 lost 😡"]
    assert [rows[2][name] for name in ("doc_id", "source")] == ["'=1+1", "'@x"]
    assert rows[0]["doc_id"] == hostile[0].doc_id
    assert float(rows[0]["blame_attribution_p"]) == 0.9
    assert rows[0]["blame_attribution_evidence"] == (
        f'[{{"start":{hostile[0].text.index("a" * 10_000)},"end":{hostile[0].text.index("a" * 10_000) + 10_000},'
        f'"text":"{"a" * 10_000}","p":0.5}}]'
    )
    page.fill("#q", "ministry")
    with page.expect_download() as download:
        page.click("#csv")
    download.value.save_as(tmp_path / "fewer.csv")
    assert len(list(csv.DictReader((tmp_path / "fewer.csv").open(encoding="utf-8-sig", newline="")))) == 1


def test_hostile_text_is_shown_and_does_nothing(open_page: Open, hostile_page: Path, hostile: list[Record]) -> None:
    page = open_page(hostile_page)
    assert page.evaluate("window.stolen") is None
    page.evaluate(UNFOLD)
    shown = page.inner_text(".passage .text")
    for words in (
        "<script>window.stolen = 1</script>",
        "</style> </script> <!-- ]]>",
        "U+202E",
        "U+0007",
        "{{ 7 * 7 }}",
    ):
        assert words in shown
    assert "a" * 10_000 in shown
    assert page.evaluate("document.querySelectorAll('script').length") == 2
    for select in ("#actor", "#group"):
        assert any("<script>" in text for text in page.locator(f"{select} option").all_inner_texts())


@pytest.mark.parametrize("name", ["corpus_page", "hostile_page"])
@pytest.mark.parametrize("width", [320, 390, 800, 1280, 1600])
def test_nothing_sticks_out_at_any_width(
    open_page: Open, request: pytest.FixtureRequest, name: str, width: int
) -> None:
    page = open_page(request.getfixturevalue(name), width=width)
    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for place in page.evaluate(
        "[...document.querySelectorAll('.passage')].map(p => p.getBoundingClientRect()).map(r => [r.left, r.right])"
    ):
        assert 0 <= place[0] <= place[1] <= width


def test_it_is_dark_where_the_reader_has_it_dark_and_can_be_turned(open_page: Open, corpus_page: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).reduce((a, b) => a + b)"
    light, dark = open_page(corpus_page), open_page(corpus_page, scheme="dark")
    assert light.evaluate(ground) > 700
    assert dark.evaluate(ground) < 100
    light.click("#theme")
    assert light.evaluate(ground) < 100
    light.reload()
    assert light.evaluate(ground) < 100
    light.click("#theme")
    assert light.evaluate(ground) > 700


def test_on_paper_there_is_all_but_the_controls(open_page: Open, corpus_page: Path) -> None:
    page = open_page(corpus_page, scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for control in (".filters", ".tools", "nav"):
        assert not page.locator(control).first.is_visible()
    assert page.locator("details:not([open])").count() == 0
    assert page.locator(".passage").last.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('article')).contentVisibility") == "visible"
    assert len(page.pdf()) > 50_000
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["corpus_page", "hostile_page"])
def test_axe_finds_nothing_serious(
    open_page: Open, request: pytest.FixtureRequest, name: str, width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    page = open_page(request.getfixturevalue(name), width=width, scheme=scheme)
    page.evaluate(UNFOLD)
    found = axe.Axe().run(page).response["violations"]
    serious = [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")]
    assert serious == []


def test_the_help_has_nothing_serious_either(open_page: Open, corpus_page: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    page = open_page(corpus_page)
    page.click("#help")
    found = axe.Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []


def test_voice_and_frame_are_told_by_more_than_colour(open_page: Open, corpus_page: Path) -> None:
    page = open_page(corpus_page)
    styles = page.evaluate(
        "[0, 1, 2].map(n => getComputedStyle(document.querySelector(`.text .e${n}`)).textDecorationStyle)"
    )
    assert len(set(styles)) == 3
    shapes = page.evaluate("[0, 1, 2].map(n => document.querySelector(`#s-0-${n}`).innerHTML)")
    assert len(set(shapes)) == 3


def test_without_scripts_everything_can_be_read(open_page: Open, corpus_page: Path, make_corpus: MakeCorpus) -> None:
    page = open_page(corpus_page, script=False)
    assert page.locator(".passage").count() == len(make_corpus())
    assert page.locator(".passage").last.is_visible()
    assert page.locator("figure svg").first.is_visible()
    assert not page.locator(".filters").is_visible()
    assert not page.locator("#theme").is_visible()
