from __future__ import annotations

import json
from pathlib import Path

import pytest

from framelens import FramelensError
from framelens.data.passages import Window
from framelens.data.records import FrameResult, Prediction, Span
from framelens.eval.card import add_parity
from framelens.eval.parity import MOST, PASSAGES, beyond_limits, parity, parity_texts
from framelens.eval.tables import parity_table

EXAMPLES = Path(__file__).parents[2] / "examples"
WINDOW = Window(256, lambda text: [(0, len(text))])
WORD, WORDS = Span(0, 4, "They", 0.9), Span(0, 9, "They lied", 0.9)


class Saying:
    """Stands for a classifier of one frame that gives the same answers whatever it reads."""

    name, engine, frames = "some-model", "paper", ("blame",)

    def __init__(self, *results: FrameResult) -> None:
        self.results = results

    def predict(self, texts: list[str]) -> list[Prediction]:
        return [Prediction({"blame": result}) for result in self.results]


TRAINED = Saying(
    FrameResult(0.9, True, "author", 0.9, (WORD,), (WORDS,)),
    FrameResult(0.8, True, "author", 0.9, (), (WORDS,)),
    FrameResult(0.6, True, "reported", 0.9, (WORD,), (WORDS,)),
    FrameResult(0.1, False),
)


def compared(*results: FrameResult) -> dict:
    return parity(TRAINED, {"model.int8.onnx": Saying(*results)}, ["a", "b", "c", "d"])  # type: ignore[dict-item, arg-type]


def test_a_model_is_not_apart_from_itself() -> None:
    report = compared(*TRAINED.results)
    apart = report["files"]["model.int8.onnx"]["all"]
    assert apart["mean"] == apart["largest"] == 0
    assert [apart[what] for what in ("decisions", "voices", "spans")] == [
        {"differ": 0, "of": 4},
        {"differ": 0, "of": 3},
        {"differ": 0, "of": 3},
    ]
    assert beyond_limits(report) == []


def test_probabilities_decisions_voices_and_spans_are_compared() -> None:
    report = compared(
        FrameResult(0.9, True, "rebutted", 0.4, (WORD,), (WORDS,)),
        FrameResult(0.8, True, "author", 0.9, (), (WORD,)),
        FrameResult(0.4, False),
        FrameResult(0.1, False),
    )
    assert report["files"]["model.int8.onnx"]["frames"]["blame"] == {
        "mean": 0.05,
        "largest": 0.2,
        "decisions": {"differ": 1, "of": 4},
        "voices": {"differ": 1, "of": 2},
        "spans": {"differ": 1, "of": 2},
    }


def test_what_exceeds_the_limits_is_said_in_one_sentence_a_file() -> None:
    report = compared(*TRAINED.results[:2], FrameResult(0.4, False), FrameResult(0.1, False))
    (sentence,) = beyond_limits(report)
    assert sentence.startswith("model.int8.onnx is far from the trained model: p of blame differs by 0.0500 on average")
    assert "1 of 4 decisions differ (limit 1%)" in sentence


def test_a_mean_at_the_limit_is_within_it() -> None:
    nearby = FrameResult(0.12, False)
    assert beyond_limits(compared(*TRAINED.results[:3], nearby)) == []


def test_the_passages_that_come_with_framelens_are_those_of_the_examples() -> None:
    texts, found = parity_texts(None, WINDOW)
    assert len(texts) == found > 150
    lines = (EXAMPLES / "contrast" / "test.jsonl").read_text(encoding="utf-8").splitlines()
    contrast = {json.loads(line)["text"] for line in lines}
    assert sum(text in contrast for text in texts) > 100
    assert PASSAGES.stat().st_size < 50_000


def test_of_very_many_passages_an_even_share_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("\n".join(json.dumps({"id": str(i), "text": f"Passage {i} of many."}) for i in range(MOST + 10)))
    texts, found = parity_texts(str(path), WINDOW)
    assert found == MOST + 10
    assert texts[:2] == ["Passage 0 of many.", "Passage 2 of many."]


def test_nothing_to_compare_on_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(" \n")
    with pytest.raises(FramelensError, match="no passage to compare on"):
        parity_texts(str(tmp_path / "empty.txt"), WINDOW)


def test_the_card_has_the_table_of_the_last_export_only(tmp_path: Path) -> None:
    report = compared(*TRAINED.results) | {"from": "framelens", "found": 4}
    assert not add_parity(tmp_path, "table")
    (tmp_path / "README.md").write_text("# some-model\n\nWords.\n")
    assert add_parity(tmp_path, "an older table")
    assert add_parity(tmp_path, parity_table(report))
    card = (tmp_path / "README.md").read_text()
    assert card.startswith("# some-model\n\nWords.\n\n## Runtime files\n")
    assert "older" not in card
    assert "| `model.int8.onnx` | blame | 0.0000 | 0.0000 | 0 of 4 | 0 of 3 | 0 of 3 |" in card
