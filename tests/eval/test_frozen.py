from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from framelens.errors import FramelensError
from framelens.eval.frozen import entailment_logits, mean_states

TEXTS = ["The committee meets on Tuesday.", "The ministry let the dam crack and the valley drowned.", "Rain."]


@pytest.fixture(scope="module")
def nli_model(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A randomly initialised classifier of pairs with the labels of an inference model."""
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

    folder = tmp_path_factory.mktemp("nli")
    torch.manual_seed(0)
    labels = {0: "contradiction", 1: "neutral", 2: "ENTAILMENT"}
    config = AutoConfig.from_pretrained(tiny_encoder, num_labels=3, id2label=labels)
    AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(tiny_encoder).save_pretrained(folder)
    return folder


def test_states_are_means_over_a_texts_own_tokens_whatever_it_is_batched_with(tiny_encoder: Path) -> None:
    states = mean_states(str(tiny_encoder), TEXTS)
    assert states.shape == (3, 32)
    for text, row in zip(TEXTS, states, strict=True):
        np.testing.assert_allclose(mean_states(str(tiny_encoder), [text])[0], row, atol=1e-5)


def test_entailment_stands_against_contradiction_for_each_hypothesis(nli_model: Path) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    hypotheses = ["Someone is blamed.", "A danger is made larger."]
    found = entailment_logits(str(nli_model), TEXTS, hypotheses)
    model = AutoModelForSequenceClassification.from_pretrained(nli_model).eval()
    inputs = AutoTokenizer.from_pretrained(nli_model)(TEXTS[1], hypotheses[0], return_tensors="pt")
    with torch.inference_mode():
        logits = model(**inputs).logits[0]
    assert found.shape == (3, 2)
    assert found[1, 0] == pytest.approx(float(logits[2] - logits[0]), abs=1e-4)


def test_what_is_no_model_or_no_model_of_inference_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match="the model cannot be loaded"):
        mean_states(str(tmp_path), TEXTS)
    with pytest.raises(FramelensError, match="no model of inference"):
        entailment_logits(str(tiny_encoder), TEXTS, ["Someone is blamed."])
