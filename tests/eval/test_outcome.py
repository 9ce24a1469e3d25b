from __future__ import annotations

import numpy as np
import pytest

from framelens import FrameClassifier, FramelensError
from framelens.data import Gold, GoldPassage, load_taxonomy
from framelens.eval.outcome import Outcome, predict_outcome

TEXT = "The ministry ignored every warning, and it alone is to blame for the drowned valley."
BLAME = Gold(0.98, {"author": 1.0}, {"actor": ((0, 12),), "evidence": ((13, 83),)})


def test_predictions_stand_beside_the_gold(shipped: FrameClassifier) -> None:
    passages = [
        GoldPassage("1", TEXT, "s", "a", {"blame_attribution": BLAME}),
        GoldPassage("2", "The committee meets on Tuesday.", "s", "b", {"blame_attribution": Gold(0.02, {}, {})}),
    ]
    made = predict_outcome(shipped, passages)
    assert made.documents.tolist() == ["s/a", "s/b"]
    assert made.present.tolist() == [[1, -1, -1], [0, -1, -1]]
    assert made.gold_voices.tolist() == [[0, -1, -1], [-1, -1, -1]]
    np.testing.assert_allclose(made.p, shipped.predict_proba([p.text for p in passages]), atol=1e-5)
    assert made.words[0, 0, :, 2].tolist() == [2, 13]
    assert made.words[0, 1:].sum() == made.words[1].sum() == 0
    assert made.spans[0, 0, :, 3].tolist() == [1, 1]
    assert made.spans[0, 1:].sum() == made.spans[1].sum() == 0


def test_evidence_is_given_everywhere_and_erased_where_the_frame_is_predicted(shipped: FrameClassifier) -> None:
    plain = GoldPassage("2", "The committee meets on Tuesday.", "s", "b", {"blame_attribution": Gold(0.02, {}, {})})
    made = predict_outcome(shipped, [GoldPassage("1", TEXT, "s", "a", {"blame_attribution": BLAME}), plain])
    (result, _) = shipped.predict([TEXT, plain.text])
    assert made.evidence[0, 0] == tuple((span.start, span.end) for span in result["blame_attribution"].evidence)
    assert all(made.evidence.flat)
    said = made.p >= shipped.manifest.thresholds
    np.testing.assert_array_equal(np.isnan(made.erased), np.stack([~said, ~said], axis=-1))
    without, only = made.erased[0, 0]
    assert without < made.p[0, 0]
    assert 0 <= only <= 1


def test_of_some_passages_alone_names_are_swapped_and_evidence_erased(shipped: FrameClassifier) -> None:
    text = "Russia ignored every warning, and it alone is to blame for the drowned valley."
    passages = [
        GoldPassage(str(i), text, "s", f"d{i // 2}", {"blame_attribution": Gold(0.98, {}, {})}) for i in range(10)
    ]
    made, again = (predict_outcome(shipped, passages, rescored=3) for _ in range(2))
    tried = ~np.isnan(made.swapped).any(1)
    assert tried.sum() == 4
    assert len(set(made.documents[tried])) == 2
    np.testing.assert_array_equal(tried, ~np.isnan(made.erased[:, 0]).any(1))
    np.testing.assert_array_equal(made.swapped, again.swapped)
    assert not np.isnan(predict_outcome(shipped, passages, rescored=10).swapped).any()


def test_a_system_that_says_only_whether_frames_are_there_has_gold_voices_and_no_others() -> None:
    passage = GoldPassage("1", TEXT, "s", "a", {"blame_attribution": BLAME})
    made = Outcome.of_presence([passage], np.array([[0.3, 0.2, 0.1]]), load_taxonomy())
    assert made.present.tolist() == [[1, -1, -1]]
    assert made.gold_voices.tolist() == [[0, -1, -1]]
    assert made.voices.max() == -1
    assert made.evidence.tolist() == [[(), (), ()]]
    assert made.take(np.array([0, 0])).p.shape == (2, 3)


def test_voices_are_compared_below_the_threshold_too(shipped: FrameClassifier) -> None:
    plain = GoldPassage("1", "The committee meets on Tuesday.", "s", "a", {"blame_attribution": BLAME})
    assert (predict_outcome(shipped, [plain]).voices >= 0).all()


def test_data_of_another_codebook_are_refused(shipped: FrameClassifier) -> None:
    with pytest.raises(FramelensError, match="judge none of the model's frames"):
        predict_outcome(shipped, [GoldPassage("1", TEXT, "s", "a", {"villain": BLAME})])
