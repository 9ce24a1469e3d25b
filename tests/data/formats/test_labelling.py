from __future__ import annotations

import pytest

from framelens.data import load_taxonomy
from framelens.data.formats.labelling import Labelling, Mark, Stretch
from framelens.errors import FramelensError

TAXONOMY = load_taxonomy()
BLAME, PROTECTOR, THREAT = TAXONOMY.frame_ids
TEXT = "Marlo 😀 blames the ministry."


@pytest.mark.parametrize(
    ("label", "mark"),
    [
        (BLAME, Mark(BLAME)),
        (f"{BLAME}:2", Mark(BLAME, score=2)),
        (f"{BLAME}:reported", Mark(BLAME, voice="reported")),
        (f"{BLAME}:actor", Mark(BLAME, role="actor")),
    ],
)
def test_our_labels_are_known_by_name(label: str, mark: Mark) -> None:
    assert Labelling(TAXONOMY).mark(label) == mark


@pytest.mark.parametrize("label", ["Doubt", f"{BLAME}:4", f"{BLAME}:", f"{BLAME}:whispered", "praise:actor", ""])
def test_other_labels_are_left_out_and_counted(label: str) -> None:
    labelling = Labelling(TAXONOMY)
    assert labelling.mark(label) is None
    assert labelling.mark(label) is None
    assert labelling.left_out == {label: 2}


def test_a_map_makes_their_labels_ours_and_the_finer_of_two_wins() -> None:
    labelling = Labelling(TAXONOMY, {"Doubt": f"{BLAME}:2", "Antagonist": THREAT})
    assert labelling.mark("Doubt") == Mark(BLAME, score=2)
    assert labelling.mark("Spy", "Antagonist") == Mark(THREAT)
    assert labelling.mark("Doubt", "Antagonist") == Mark(BLAME, score=2)
    assert labelling.mark("Rebel", "Protagonist") is None
    assert labelling.left_out == {"Rebel": 1}


@pytest.mark.parametrize("target", ["praise", f"{BLAME}:4", ""])
def test_a_map_to_what_is_no_label_of_ours_is_refused(target: str) -> None:
    with pytest.raises(FramelensError, match=r"--map Doubt=.* is not one of the frames blame_attribution, "):
        Labelling(TAXONOMY, {"Doubt": target})


def test_a_judged_frame_that_is_none_is_refused() -> None:
    with pytest.raises(FramelensError, match="--judged praise: the taxonomy has blame_attribution"):
        Labelling(TAXONOMY, judged=["praise"])


def test_marks_and_stretches_make_judgements_and_a_voice_or_a_stretch_alone_says_that_the_frame_is_there() -> None:
    marks = [Mark(BLAME, score=2), Mark(BLAME, voice="author"), Mark(THREAT, voice="rebutted"), None]
    stretches = [
        Stretch(Mark(BLAME, role="actor"), 0, 5),
        Stretch(Mark(BLAME), 6, 14),
        Stretch(Mark(PROTECTOR, role="actor"), 19, 27),
    ]
    assert Labelling(TAXONOMY).labels(TEXT, marks, stretches) == {
        BLAME: {"score": 2, "voice": "author", "actor": ["Marlo"], "evidence": ["😀 blames"]},
        THREAT: {"score": 3, "voice": "rebutted"},
        PROTECTOR: {"score": 3, "actor": ["ministry"]},
    }


def test_what_has_no_label_is_not_judged_unless_the_frame_is_said_to_have_been() -> None:
    assert Labelling(TAXONOMY).labels(TEXT, [Mark(BLAME)]) == {BLAME: {"score": 3}}
    judged = Labelling(TAXONOMY, judged=[BLAME, THREAT])
    assert judged.labels(TEXT, [Mark(BLAME)]) == {BLAME: {"score": 3}, THREAT: {"score": 0}}
    assert judged.labels(TEXT, [], annotated=False) == {}


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ([Mark(BLAME, score=0), Mark(BLAME, score=3)], "blame_attribution has two scores, 0 and 3, by one annotator"),
        ([Mark(BLAME, voice="author"), Mark(BLAME, voice="reported")], "has two voices, author and reported"),
    ],
)
def test_marks_that_contradict_each_other_are_refused(marks: list[Mark], said: str) -> None:
    with pytest.raises(FramelensError, match=said):
        Labelling(TAXONOMY).labels(TEXT, marks)


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (5, 5), (6, 2), (20, 99), (5, 6)])
def test_a_stretch_without_words_of_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(FramelensError, match=f"the span {start} to {end} holds no words of the text"):
        Labelling(TAXONOMY).labels(TEXT, [], [Stretch(Mark(BLAME), start, end)])
