from __future__ import annotations

import re
from xml.etree import ElementTree

from matplotlib import rc_context
from matplotlib.figure import Figure

from framelens.eval.svg import INK, SERIES, STYLE, to_svg


def drawn(name: str = "one", title: str = "a title", alt: str = "what it shows") -> str:
    with rc_context(STYLE):
        figure = Figure(figsize=(3, 2))
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], "o-", color=SERIES[1])
        axes.set_title(title)
    return to_svg(figure, name, alt)


def test_it_asks_nothing_of_the_network_and_has_no_style_sheet_of_its_own() -> None:
    svg = drawn()
    assert svg.startswith("<svg")
    assert "http" not in svg
    assert "<style" not in svg
    assert "<script" not in svg


def test_its_colours_are_those_of_the_page() -> None:
    svg = drawn()
    assert "var(--ink)" in svg
    assert "var(--series-1)" in svg
    assert INK not in svg
    assert SERIES[1] not in svg
    # Nothing stays black that should be ink, and nothing hides the ground.
    assert "#000000" not in svg
    assert "#ffffff" not in svg


def test_two_figures_share_no_id_and_all_references_are_kept() -> None:
    first, second = drawn("one"), drawn("two")
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (first, second)]
    assert not ids[0] & ids[1]
    used = set(re.findall(r'href="#([^"]+)"', first)) | set(re.findall(r"url\(#([^)]+)\)", first))
    assert used
    assert used == ids[0]


def test_what_it_shows_is_said_and_text_is_text() -> None:
    svg = drawn(title="$x$ <b>&", alt='5 > 3 "and" <more>')
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == '5 > 3 "and" <more>'
    assert "$x$ <b>&" in [element.text for element in root.iter("text")]


def test_the_same_figure_is_the_same_text() -> None:
    assert drawn() == drawn()
