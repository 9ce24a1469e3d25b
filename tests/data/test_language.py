"""Foreign text is recognised; short and mixed text passes."""

from __future__ import annotations

import pytest

from framelens.data.language import is_english


@pytest.mark.parametrize(
    "text",
    [
        "The ministry let the dam crack for years, and in the end the valley drowned.",
        "President Wołodymyr Zełenskyj and Recep Tayyip Erdoğan met in Zürich on Monday to talk about grain.",
        'The envoy said "c\'est la vie" and left; nobody in the hall asked him what he had meant by it.',
        "Hola.",
        "12 345 678 — 42 % (!)",
        "",
    ],
)
def test_english_short_and_wordless_texts_pass(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Le ministère a laissé le barrage se fissurer, et la vallée a été inondée.",
        "Das Ministerium ließ den Damm reißen, und das ganze Tal ertrank in einer Nacht.",
        "Министерство позволило плотине треснуть.",
        "大坝裂开了，山谷被淹没了。",
        "انهار السد وغرق الوادي.",
    ],
)
def test_a_text_in_another_language_is_told(text: str) -> None:
    assert not is_english(text)
