"""The engines agree with each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from framelens import FrameClassifier, FramelensError
from framelens.data import gold_passages, load_annotations, load_taxonomy
from framelens.model.engines import Model
from framelens.model.tiers import DEFAULT
from framelens.model.torch_engine import load_torch

ROOT = Path(__file__).parents[2]


def on_torch(folder: Path) -> FrameClassifier:
    return FrameClassifier(Model(*load_torch(str(folder), "cpu")))


def texts() -> list[str]:
    return [p.text for p in gold_passages(load_annotations(ROOT / "examples" / "annotated.jsonl", load_taxonomy()))]


def test_shipped_int8_weights_decide_like_the_shipped_torch_weights(shipped: FrameClassifier) -> None:
    reference = on_torch(DEFAULT)
    before, after = reference.predict_proba(texts()), shipped.predict_proba(texts())
    thresholds = np.float32(shipped.manifest.thresholds)
    assert np.abs(before - after).mean() <= 0.005
    # One passage in a hundred may lie so near a threshold that it falls to the other side.
    assert ((before >= thresholds) != (after >= thresholds)).mean() <= 0.01


def test_voices_and_spans_come_out_of_the_onnx_file_too(shipped: FrameClassifier) -> None:
    pairs = zip(on_torch(DEFAULT).predict(texts()), shipped.predict(texts()), strict=True)
    both = [(a[f], b[f]) for a, b in pairs for f in shipped.frames if a[f].present and b[f].present]
    assert len(both) > 20
    assert sum(a.voice == b.voice for a, b in both) >= 0.95 * len(both)
    assert sum(a.evidence[0].text == b.evidence[0].text for a, b in both) >= 0.8 * len(both)


def test_an_exported_model_runs_on_onnx_and_agrees_with_the_trained_one(trained: Path, exported: Path) -> None:
    before, after = FrameClassifier.load(trained), FrameClassifier.load(exported)
    assert before.engine.startswith("torch")
    assert after.engine.startswith("onnxruntime")
    assert np.abs(before.predict_proba(texts()) - after.predict_proba(texts())).mean() < 0.01


def test_cuda_that_is_not_there_is_refused() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device here")
    with pytest.raises(FramelensError, match="no CUDA device"):
        FrameClassifier.load(device="cuda")


def test_the_number_of_threads_changes_no_score(shipped: FrameClassifier) -> None:
    texts = ["The ministry ignored every warning, and it alone is to blame.", "The committee meets at ten."] * 8
    single = FrameClassifier.load(device="cpu", threads=1)
    assert single.predict(texts) == shipped.predict(texts)
