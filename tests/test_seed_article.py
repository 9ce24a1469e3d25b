"""The article that the project starts from: a report about narratives, whose frames are mostly reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from framelens import FrameClassifier, Record

ACCURATE = Path(__file__).parents[1] / "accurate" / "framelens_accurate" / "weights"


@pytest.fixture(scope="module", params=["default", "accurate"])
def records(request: pytest.FixtureRequest, shared: Path) -> list[Record]:
    model = None if request.param == "default" else ACCURATE
    return list(FrameClassifier.load(model, device="cpu").score(shared / "data" / "seed_article.txt", unit="sentence"))


def sentence(records: list[Record], words: str) -> Record:
    (found,) = [record for record in records if words in record.text]
    return found


@pytest.mark.parametrize("words", ["blaming Washington for the poor security", "decried NATO"])
def test_blame_in_others_mouths_is_reported(records: list[Record], words: str) -> None:
    blame = sentence(records, words).frames["blame_attribution"]
    assert blame.present
    assert blame.voice == "reported"


def test_the_protector_is_seen(records: list[Record]) -> None:
    assert sentence(records, "as a benevolent protector").frames["benevolent_protector"].present


def test_the_protector_is_not_the_authors(records: list[Record]) -> None:
    if records[0].model == "framelens-minilm-2":
        pytest.xfail("the model gives the author 0.66 and divides the rest")
    protector = sentence(records, "as a benevolent protector").frames["benevolent_protector"]
    assert protector.voice in ("reported", "rebutted")


def test_a_meeting_about_a_threat_is_left_alone(records: list[Record]) -> None:
    meeting = sentence(records, "Lavrov met with his Pakistani counterpart")
    assert not [frame for frame, result in meeting.frames.items() if result.present]


@pytest.mark.parametrize("words", ["On March 21", "By Interaction Desk", "Further it can enhance"])
def test_plain_sentences_are_left_alone(records: list[Record], words: str) -> None:
    assert not [frame for frame, result in sentence(records, words).frames.items() if result.present]
