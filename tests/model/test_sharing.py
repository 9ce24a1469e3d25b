"""Processes share one copy of the weights, and score as one that has its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from framelens import FrameClassifier, FramelensError
from framelens.model.sharing import load_shared, write_shared
from framelens.model.tiers import DEFAULT

TEXTS = ["The ministry ignored every warning, and it alone is to blame.", "The committee meets at ten."] * 8


def test_shared_weights_score_as_the_models_own_do(shipped: FrameClassifier, tmp_path: Path) -> None:
    weights = write_shared(DEFAULT, tmp_path)
    assert FrameClassifier(load_shared(DEFAULT, weights, 1)).predict(TEXTS) == shipped.predict(TEXTS)
    # Beside the graph, which is small, the packed weights stand in a file that can be mapped.
    sizes = {file.name: file.stat().st_size for file in tmp_path.iterdir()}
    assert sizes.pop(weights.name) < 2_000_000 < sum(sizes.values())


def test_weights_that_cannot_be_written_are_said(tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match=r"cannot hold the model's weights .* set TMPDIR"):
        write_shared(DEFAULT, tmp_path / "gone")
