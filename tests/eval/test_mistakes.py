from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from framelens.data import GoldPassage
from framelens.eval.mistakes import mistakes, passage_rows, save_passages, worst_mistakes
from framelens.eval.outcome import Outcome
from framelens.eval.system import System

MakeOutcome = Callable[..., Outcome]
MakePassages = Callable[[Outcome], list[GoldPassage]]


@pytest.fixture
def made(make_outcome: MakeOutcome) -> Outcome:
    """Right, missed, invented, in the wrong voice, not judged."""
    return replace(
        make_outcome(5),
        p=np.array([[0.9, 0.0], [0.1, 0.0], [0.7, 0.0], [0.8, 0.0], [0.9, 0.0]]),
        present=np.array([[1, 0], [1, 0], [0, 0], [1, 0], [-1, 0]]),
        voices=np.array([[0, 0], [0, 0], [1, 0], [1, 0], [2, 0]]),
        gold_voices=np.array([[0, -1], [2, -1], [-1, -1], [2, -1], [-1, -1]]),
    )


def test_each_kind_of_mistake_is_told_apart(system: System, made: Outcome) -> None:
    kinds = mistakes(system, made)
    assert kinds[:, 0].tolist() == ["", "false_negative", "false_positive", "wrong_voice", ""]
    assert not kinds[:, 1].any()


def test_a_system_without_voices_has_no_wrong_ones(system: System, made: Outcome) -> None:
    silent = replace(made, voices=np.full((5, 2), -1))
    assert "wrong_voice" not in mistakes(system, silent)


def test_the_worst_mistake_is_the_one_that_the_model_was_surest_of(system: System, made: Outcome) -> None:
    missed = replace(made, p=np.array([[0.4, 0.0], [0.1, 0.0], [0.7, 0.0], [0.2, 0.0], [0.9, 0.0]]))
    found = worst_mistakes(system, missed, 0, "false_negative", 5)
    assert [mistake.row for mistake in found] == [1, 3, 0]
    assert {mistake.kind for mistake in found} == {"false_negative"}
    assert found[0].loss == pytest.approx(-math.log(0.1), abs=0.01)
    assert worst_mistakes(system, missed, 0, "false_negative", 2) == found[:2]
    assert [mistake.row for mistake in worst_mistakes(system, missed, 0, "false_positive", 5)] == [2]
    assert worst_mistakes(system, missed, 1, "false_positive", 5) == []


def test_a_certain_mistake_has_a_finite_loss(system: System, made: Outcome) -> None:
    certain = replace(made, p=np.where(made.p == 0.7, 1.0, made.p))
    (mistake,) = worst_mistakes(system, certain, 0, "false_positive", 1)
    assert mistake.loss == pytest.approx(-math.log(1e-6), abs=0.01)


def test_a_row_says_what_was_decided_and_what_is_right(
    system: System, made: Outcome, make_passages: MakePassages
) -> None:
    rows = list(passage_rows(system, made, make_passages(made)))
    assert (rows[3]["id"], rows[3]["doc_id"], rows[3]["source"]) == ("p3", "d0", "s")
    assert rows[3]["frames"]["blame"] == {
        "p": 0.8,
        "present": True,
        "gold": True,
        "voice": "reported",
        "gold_voice": "rebutted",
        "error": "wrong_voice",
    }
    assert rows[1]["frames"]["blame"]["voice"] is None
    assert rows[4]["frames"]["blame"]["gold"] is None
    assert rows[4]["frames"]["blame"]["error"] is None


def test_the_file_has_a_line_a_passage_and_no_text(
    system: System, made: Outcome, make_passages: MakePassages, tmp_path: Path
) -> None:
    passages = [replace(passage, id="\ud800", text="secret words") for passage in make_passages(made)]
    save_passages(system, made, passages, tmp_path / "passages.jsonl")
    lines = (tmp_path / "passages.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["\ufffd"] * 5
    assert "secret" not in "".join(lines)
