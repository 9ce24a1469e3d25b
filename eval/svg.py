"""Figures of matplotlib as SVG that stands inside a page: its colours, its fonts, and words for who cannot see it."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from matplotlib import rc_context
from matplotlib.figure import Figure

# Drawn in these, and turned into the page's own colours, which follow light and dark.
INK, MUTED, GRID = "#010101", "#010102", "#010103"
SERIES = tuple(f"#01020{number}" for number in range(1, 6))
_VARIABLES = {INK: "--ink", MUTED: "--muted", GRID: "--grid"} | {
    color: f"--series-{number}" for number, color in enumerate(SERIES)
}
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
# Text stays text, and a dollar sign in a name is a dollar sign.
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 10,
    "font.family": "sans-serif",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": GRID,
    "legend.frameon": False,
}


def to_svg(figure: Figure, name: str, alt: str) -> str:
    """An SVG element to put into HTML as it is.

    :param name: a word that no other figure of the page has, before each id.
    :param alt: what the figure shows, for a screen reader.
    """
    buffer = BytesIO()
    with rc_context({**STYLE, "svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    root = ElementTree.fromstring(buffer.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.rpartition("}")[2] in ("metadata", "style"):
                parent.remove(child)
    _own_ids(root, name)
    width = float(root.attrib["viewBox"].split()[2])
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    _styles_as_attributes(root)
    root.attrib |= {"role": "img", "aria-label": alt, "width": f"{width * 4 / 3:.0f}"}
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    text = ElementTree.tostring(root, encoding="unicode")
    # HTML knows what svg and href are, and needs no address for it.
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text).replace("xlink:href=", "href=")
    for color, variable in _VARIABLES.items():
        text = text.replace(color, f"var({variable})")
    return text


def _styles_as_attributes(root: ElementTree.Element) -> None:
    """Presentation attributes in place of style attributes, which a page's security policy may forbid.

    Of a font only its size stays: the family is the page's.
    """
    for element in root.iter():
        for declaration in element.attrib.pop("style", "").split(";"):
            name, _, value = (part.strip() for part in declaration.partition(":"))
            if name == "font":
                size = re.search(r"[\d.]+px", value)
                name, value = "font-size", size[0] if size else ""
            if value and name != "font-family":
                element.set(name, value)


def _own_ids(root: ElementTree.Element, name: str) -> None:
    """Keep the ids that something refers to, and make them the figure's own."""
    everything = list(root.iter())
    values = [value for element in everything for value in element.attrib.values()]
    used = {id for value in values for id in re.findall(r"^#([\w-]+)$|url\(#([\w-]+)\)", value) for id in id}
    for element in everything:
        for attribute, value in list(element.attrib.items()):
            if attribute == "id" and value not in used:
                del element.attrib["id"]
            elif attribute == "id":
                element.attrib["id"] = f"{name}-{value}"
            elif attribute.endswith("href") and value.startswith("#"):
                element.attrib[attribute] = f"#{name}-{value[1:]}"
            elif "url(#" in value:
                element.attrib[attribute] = value.replace("url(#", f"url(#{name}-")
