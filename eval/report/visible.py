"""Text of others inside a page: what steers or hides is shown as what it is."""

from __future__ import annotations

import json
import re
from typing import Any

from markupsafe import Markup, escape

# Control characters but tab and line feed; what ends lines elsewhere; what turns the direction of writing; what has no
# width and no use in prose (joiners, which emoji and Indic scripts need, and soft hyphens stay).
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


def visible(text: str) -> Markup:
    """Text as markup, escaped; a character that would steer what stands around it becomes its code point in a box."""
    return Markup(_STEERING.sub(_boxed, str(escape(text))))


def _boxed(match: re.Match[str]) -> str:
    code = f"{ord(match[0]):04X}"
    return f'<span class="code" data-c="{code}">U+{code}</span>'


def plain(text: str, length: int = 80) -> str:
    """Text where no markup can stand, such as an option or a chart: white space even, what steers U+FFFD, cut off."""
    even = _STEERING.sub("\ufffd", " ".join(text.split()))
    return even if len(even) <= length else even[: length - 1] + "…"


def embedded(data: Any) -> Markup:
    """JSON that can stand inside a script element: no character of markup in it, and none that steers."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(re.sub(f"[<>&]|{_STEERING.pattern}", _as_json, text))


def _as_json(match: re.Match[str]) -> str:
    # Python's JSON leaves markup alone.
    return f"\\u{ord(match[0]):04x}" if match[0] in "<>&" else json.dumps(match[0])[1:-1]
