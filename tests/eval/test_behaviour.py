"""The suite on a classifier whose failings are known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from framelens.data import Gold, GoldPassage
from framelens.data.records import FrameResult
from framelens.data.taxonomy import Taxonomy
from framelens.eval.behaviour import behaviour
from framelens.eval.outcome import Outcome
from framelens.eval.tables import behaviour_table

VOICES = ("author", "reported", "rebutted")


class Biased:
    """Sees blame where "to blame" stands, surer of it about Iran, and never of Israel; hears nobody but the author,
    unless "said" stands in the text; of the other frame it sees nothing, but a little more in capitals."""

    frames = ("blame", "threat")
    manifest = SimpleNamespace(thresholds=(0.5, 0.5))

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self.calls = 0

    def predict(self, texts: Sequence[str]) -> list[dict[str, FrameResult]]:
        self.calls += 1
        return [self._of(text) for text in texts]

    def _of(self, text: str) -> dict[str, FrameResult]:
        p = 0.1 if "to blame" not in text or "Israel" in text else 0.9 if "Iran" in text else 0.7
        voice = "reported" if "said" in text else "author"
        blame = FrameResult(p, p >= 0.5, voice if p >= 0.5 else None)
        return {"blame": blame, "threat": FrameResult(0.14 if text.isupper() else 0.1, False)}


def passage(number: int, text: str, voice: str | None, document: str | None = None) -> GoldPassage:
    spans = {"evidence": ((0, len(text)),)} if voice else {}
    gold = Gold(0.98, {voice: 1.0}, spans) if voice else Gold(0.02, {}, {})
    source, _, doc_id = (document or f"s/d{number}").partition("/")
    return GoldPassage(f"p{number}", text, source, doc_id, {"blame": gold, "threat": Gold(0.02, {}, {})})


PASSAGES = [
    passage(0, "Iran is to blame for the long famine.", "author"),
    passage(1, "The ministry was to blame for the broken dam, the mayor said.", "reported"),
    passage(2, "The harvest in the valley came late this year.", None),
    passage(3, "The mayor is to blame.", "author", "contrast/1"),
    passage(4, "The mayor is not to blame.", None, "contrast/1"),
    passage(5, "The harbour is to blame.", "author", "contrast/2"),
    passage(6, "The harbour is old.", None, "contrast/2"),
]


@pytest.fixture
def classifier(taxonomy: Taxonomy) -> Biased:
    return Biased(taxonomy)


@pytest.fixture
def outcome(classifier: Biased) -> Outcome:
    said = classifier.predict([passage.text for passage in PASSAGES])
    classifier.calls = 0
    made = Outcome.of_presence(
        PASSAGES, np.array([[each[f].p for f in classifier.frames] for each in said]), classifier.taxonomy
    )
    for row, each in enumerate(said):
        made.voices[row] = [VOICES.index(each[frame].voice or "author") for frame in classifier.frames]
    return made


@pytest.fixture
def found(classifier: Biased, outcome: Outcome) -> dict[str, Any]:
    return behaviour(classifier, outcome, PASSAGES)  # type: ignore[arg-type]


def test_each_test_counts_its_cases_and_failures(found: dict[str, Any]) -> None:
    counts = {test["name"]: (test["kind"], test["cases"], test["failures"]) for test in found["tests"]}
    assert counts.pop("typos")[:2] == ("INV", 7)
    assert counts == {
        "actors swapped": ("INV", 1, 0),
        # In capitals nothing is "to blame"; how many passages are, the seed says.
        "case": ("INV", 7, counts["case"][2]),
        "punctuation": ("INV", 7, 0),
        "neutral sentence added": ("INV", 7, 0),
        "attribution reworded": ("INV", 1, counts["attribution reworded"][2]),
        # "is not to blame" is blame to it as much as "is to blame", and p does not rise.
        "negation": ("DIR", 4, 0),
        "claim denied": ("DIR", 3, 3),
        "quotation added": ("DIR", 3, counts["quotation added"][2]),
        "blame: there or not": ("MFT", 2, 1),
    }
    rates = {test["name"]: test["rate"] for test in found["tests"]}
    assert rates["claim denied"] == {"value": 1.0, "interval": [1.0, 1.0]}
    assert rates["blame: there or not"] == {"value": 0.5, "interval": [0.0, 1.0]}


def test_failures_are_what_the_classifier_says_of_the_edited_texts(found: dict[str, Any], classifier: Biased) -> None:
    for test in found["tests"]:
        assert len(test["examples"]) == min(5, test["failures"])
        for example in test["examples"]:
            for text in example["texts"]:
                said = classifier.predict([text["text"]])[0]
                assert text["p"] == {frame: said[frame].p for frame in example["frames"]}
                assert text["voice"] == {frame: said[frame].voice for frame in example["frames"]}
    quotation = next(test for test in found["tests"] if test["name"] == "quotation added")
    edited = [example["texts"][1]["text"] for example in quotation["examples"]]
    assert all("According to" in text and "said" not in text for text in edited)
    assert quotation["after"] == {
        "author": quotation["failures"],
        "reported": 3 - quotation["failures"],
        "rebutted": 0,
        "absent": 0,
    }


def test_a_contrast_group_that_fails_is_shown_whole_with_its_gold(found: dict[str, Any]) -> None:
    test = next(test for test in found["tests"] if test["kind"] == "MFT")
    (example,) = test["examples"]
    assert example["id"] == "contrast/1"
    assert [text["gold"] for text in example["texts"]] == [{"blame": "author"}, {"blame": None}]


def test_a_bias_between_two_sides_shows_in_a_fixed_direction(found: dict[str, Any]) -> None:
    sides = {(pair["one"], pair["other"]): pair for pair in found["sides"]}
    biased = sides["Israel", "Iran"]
    assert (biased["passages"], biased["flips"], biased["rate"]["value"]) == (1, 1, 1.0)
    assert biased["bias"]["blame"]["value"] == pytest.approx(0.8)
    assert biased["bias"]["threat"]["value"] == 0
    assert [text["text"].split()[0] for text in biased["examples"][0]["texts"]] == ["Israel", "Iran"]
    fair = sides["United States", "Russia"]
    assert (fair["flips"], fair["bias"]["blame"]["value"], fair["examples"]) == (0, 0.0, [])


def test_all_is_asked_in_one_call_and_fit_for_json(found: dict[str, Any], classifier: Biased, outcome: Outcome) -> None:
    assert classifier.calls == 1
    assert behaviour(classifier, outcome, PASSAGES) == found  # type: ignore[arg-type]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_table_has_a_row_for_each_test_and_pair(found: dict[str, Any]) -> None:
    table = behaviour_table(found)
    assert "| claim denied | DIR | 3 | 1.00 (1.00–1.00) |" in table
    assert "| Israel → Iran | 1 | 1.00 (1.00–1.00) | +0.800 (+0.800 to +0.800) |" in table


def test_where_nothing_applies_there_is_no_case(classifier: Biased) -> None:
    passages = [passage(0, "1914 – 18 7", None)]
    made = Outcome.of_presence(passages, np.array([[0.1, 0.1]]), classifier.taxonomy)
    found = behaviour(classifier, made, passages)  # type: ignore[arg-type]
    negation = next(test for test in found["tests"] if test["name"] == "negation")
    assert (negation["cases"], negation["rate"]) == (0, {"value": None, "interval": [None, None]})
    assert found["sides"] == []
    assert not [test for test in found["tests"] if test["kind"] == "MFT"]
