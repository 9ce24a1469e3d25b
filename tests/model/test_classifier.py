from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framelens import FrameClassifier, FramelensError
from framelens.data import Document

BLAME = "The ministry ignored every warning, and it alone is to blame for the drowned valley 😡."
PLAIN = "The committee meets on Tuesday at ten."


def test_results_read_as_the_interface_says(shipped: FrameClassifier) -> None:
    first, second = shipped.predict([BLAME, PLAIN])
    blame = first["blame_attribution"]
    assert blame.present
    assert blame.p > 0.5
    assert blame.voice in ("author", "reported", "rebutted")
    assert blame.voice_p is not None
    assert 1 / 3 <= blame.voice_p <= 1
    assert blame.evidence
    assert all(BLAME[span.start : span.end] == span.text for span in (*blame.actors, *blame.evidence))
    assert not any(result.present or result.voice or result.evidence for result in second.values())


def test_probabilities_are_float32_and_those_of_predict(shipped: FrameClassifier) -> None:
    probabilities = shipped.predict_proba([BLAME, PLAIN])
    assert probabilities.dtype == np.float32
    assert probabilities.shape == (2, len(shipped.frames))
    for row, prediction in zip(probabilities, shipped.predict([BLAME, PLAIN]), strict=True):
        assert [prediction[frame].p for frame in shipped.frames] == pytest.approx(row.tolist(), abs=1e-6)


def test_a_text_scores_the_same_beside_others(shipped: FrameClassifier) -> None:
    texts = [PLAIN, BLAME, PLAIN * 5, BLAME * 3]
    together = shipped.predict_proba(texts)
    apart = np.concatenate([shipped.predict_proba([text]) for text in texts])
    # Dynamic quantisation scales activations by batch; decisions rest on far larger differences.
    assert np.abs(together - apart).max() < 0.05


def test_no_texts_give_no_results(shipped: FrameClassifier) -> None:
    assert shipped.predict([]) == []
    assert shipped.predict_proba([]).shape == (0, 3)


@pytest.mark.parametrize("texts", ["a bare string", [b"bytes"], [None]])
def test_what_is_no_list_of_texts_is_refused(shipped: FrameClassifier, texts: list[str]) -> None:
    with pytest.raises(FramelensError, match="list of texts"):
        shipped.predict(texts)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_any_text_gets_probabilities_and_spans_within_it(shipped: FrameClassifier, texts: list[str]) -> None:
    for text, prediction in zip(texts, shipped.predict(texts), strict=True):
        for result in prediction.values():
            assert 0 <= result.p <= 1
            for span in (*result.actors, *result.evidence):
                assert text[span.start : span.end] == span.text


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(FramelensError, match="not a device"):
        FrameClassifier.load(device="tpu")  # type: ignore[arg-type]


def test_spans_of_records_count_in_the_document(shipped: FrameClassifier) -> None:
    document = Document("a", f"{PLAIN} 🚢\n\n{BLAME}\n")
    records = list(shipped.score_documents([document]))
    assert [record.text for record in records] == [f"{PLAIN} 🚢", BLAME]
    evidence = records[1].frames["blame_attribution"].evidence
    assert evidence
    assert all(document.text[span.start : span.end] == span.text for span in evidence)


def test_a_long_paragraph_is_cut_to_the_window_and_nothing_is_truncated(shipped: FrameClassifier) -> None:
    document = Document("long", " ".join([PLAIN, BLAME] * 400))
    records = list(shipped.score_documents([document]))
    assert len(records) > 10
    assert not any("truncated" in record.flags for record in records)
    assert all(record.text.endswith(".") for record in records)


def test_a_long_record_is_read_up_to_the_window_and_flagged(shipped: FrameClassifier) -> None:
    document = Document("long", " ".join([BLAME] * 400))
    (record,) = shipped.score_documents([document], unit="record")
    assert record.text == document.text
    assert "truncated" in record.flags


def test_score_streams_records_of_a_folder(shipped: FrameClassifier, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BLAME)
    (tmp_path / "b.jsonl").write_text('{"id": "x", "text": "The court set a date for the trial.", "source": "wire"}\n')
    first, second = shipped.score(tmp_path)
    assert (first.doc_id, first.passage, first.start, first.end) == ("a.txt", 0, 0, len(BLAME))
    assert (second.doc_id, second.meta, second.model) == ("x", {"source": "wire"}, shipped.name)
    assert dict(first) == first.to_dict()
    assert first["frames"]["blame_attribution"]["p"] == first.frames["blame_attribution"].p
