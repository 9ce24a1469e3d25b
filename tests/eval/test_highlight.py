from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framelens.eval.highlight import Stretch, stretches

RANGES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair))), max_size=4
)


def test_a_passage_is_parted_where_evidence_begins_and_ends() -> None:
    assert stretches("abcdef", [(1, 4)], [(2, 6)], 100) == [
        Stretch("a"),
        Stretch("b", gold=True),
        Stretch("cd", gold=True, said=True),
        Stretch("ef", said=True),
    ]


@pytest.mark.parametrize(("longest", "shown"), [(6, ["abc", "def"]), (4, ["abc", "d", " …"]), (3, ["abc", " …"])])
def test_a_long_passage_is_cut_and_says_so(longest: int, shown: list[str]) -> None:
    assert [part.text for part in stretches("abcdef", [(3, 6)], [], longest)] == shown


@settings(deadline=None)
@given(st.text(max_size=30), RANGES, RANGES)
def test_the_parts_are_the_text(text: str, gold: list[tuple[int, int]], said: list[tuple[int, int]]) -> None:
    parts = stretches(text, gold, said, 100)
    assert "".join(part.text for part in parts) == text
    marked = "".join(part.text for part in parts if part.gold)
    assert marked == "".join(c for place, c in enumerate(text) if any(start <= place < end for start, end in gold))
