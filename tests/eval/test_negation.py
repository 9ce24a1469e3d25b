from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framelens.eval.negation import negated


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("The ministry is to blame.", "The ministry is not to blame."),
        ("Floods will reach our streets.", "Floods will not reach our streets."),
        ("The dam can break.", "The dam cannot break."),
        ("The ministry had ignored it.", "The ministry had not ignored it."),
        ("It rained. The ministry was to blame. It rained.", "It rained. The ministry was not to blame. It rained."),
        # A possession, a question, a condition, a relative clause, a negation that is there already.
        ("The ministry had money.", None),
        ("Is the ministry to blame?", None),
        ("The ministry was late, was it?", None),
        ("The dam that is old broke.", None),
        ("Nobody was to blame.", None),
        ("The ministry hasn't come and will pay.", None),
        ("The ministry starved the clinics.", None),
    ],
)
def test_a_verb_is_negated_where_that_is_good_english(text: str, edited: str | None) -> None:
    assert negated(text, 0, len(text)) == edited


def test_only_the_given_stretch_is_touched() -> None:
    text = "The rain was heavy, and the ministry is to blame."
    assert negated(text, text.index("the ministry"), len(text)) == text.replace("is to", "is not to")
    assert negated(text, text.index("to blame"), len(text)) is None


@given(
    st.lists(st.sampled_from(["The", "dam", "was", "is", "has", "broken", "not", "can", "it", ".", "?"]), max_size=12)
)
def test_whatever_is_edited_has_one_not_more(words: list[str]) -> None:
    text = " ".join(words)
    edited = negated(text, 0, len(text))
    assert edited is None or edited.count("not") == text.count("not") + 1
