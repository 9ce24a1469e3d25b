"""Pre-trained models as they are, by transformers: states of an encoder, and natural-language inference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging as transformers_logging

from framelens.errors import FramelensError
from framelens.model.batching import batches
from framelens.model.engines import torch_device

# Padded tokens in a batch.
_BUDGET = 4096


def engine() -> str:
    """What runs the models, in words."""
    return f"torch {torch.__version__}, float32, {torch_device()}"


def mean_states(model: str, texts: Sequence[str]) -> NDArray[np.float32]:
    """The mean of an encoder's last states over each text's tokens.

    :param model: a folder or hub name.
    :returns: (n, hidden).
    :raises FramelensError: if the model cannot be loaded.
    """
    network, tokenizer = _load(model, AutoModel)

    def pooled(inputs: Any) -> torch.Tensor:
        states, mask = network(**inputs).last_hidden_state, inputs["attention_mask"].unsqueeze(-1)
        mean: torch.Tensor = (states * mask).sum(1) / mask.sum(1)
        return mean

    return _run(network, tokenizer, [(text,) for text in texts], pooled)


def entailment_logits(model: str, texts: Sequence[str], hypotheses: Sequence[str]) -> NDArray[np.float64]:
    """How much more likely each text entails than contradicts each hypothesis, as a difference of logits.

    A model without a class of contradiction says instead how much likelier entailment is than the rest.

    :param model: a folder or hub name of a sequence classifier with a label for entailment.
    :returns: (n, hypotheses).
    :raises FramelensError: if the model cannot be loaded or has no such label.
    """
    network, tokenizer = _load(model, AutoModelForSequenceClassification)
    labels = [str(network.config.id2label[index]).lower() for index in sorted(network.config.id2label)]
    entailing = [index for index, label in enumerate(labels) if label.startswith("entail")]
    against = [index for index, label in enumerate(labels) if label.startswith("contra")]
    if not entailing:
        raise FramelensError(f"{model}: no model of inference, as no label of it ({', '.join(labels)}) is entailment.")
    against = against or [index for index in range(len(labels)) if index not in entailing]

    def difference(inputs: Any) -> torch.Tensor:
        logits = network(**inputs).logits
        return torch.logsumexp(logits[:, entailing], 1) - torch.logsumexp(logits[:, against], 1)

    columns = [
        _run(network, tokenizer, [(text, hypothesis) for text in texts], difference) for hypothesis in hypotheses
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def _load(model: str, kind: Any) -> tuple[Any, Any]:
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        tokenizer = AutoTokenizer.from_pretrained(model, use_fast=True)
        network = kind.from_pretrained(model, dtype=torch.float32, use_safetensors=True)
    except (OSError, ValueError, KeyError) as error:
        reason = " ".join(str(error).split())[:200]
        raise FramelensError(f"{model}: the model cannot be loaded ({reason}).") from None
    return network.eval().to(torch_device()), tokenizer


@torch.inference_mode()
def _run(network: Any, tokenizer: Any, inputs: Sequence[tuple[str, ...]], read: Any) -> NDArray[np.float32]:
    """What ``read`` makes of each batch, in the order of the inputs, which are texts or pairs of texts."""
    # Some encoders count positions from 2, so that 514 of them are 512 tokens.
    window = min(512, tokenizer.model_max_length, getattr(network.config, "max_position_embeddings", 512))
    rows = [tokenizer(*texts, truncation="longest_first", max_length=window) for texts in inputs]
    found: dict[int, NDArray[np.float32]] = {}
    for batch in batches([len(row["input_ids"]) for row in rows], _BUDGET):
        padded = tokenizer.pad([rows[index] for index in batch], return_tensors="pt").to(torch_device())
        found.update(zip(batch.tolist(), read(padded).float().cpu().numpy(), strict=True))
    return np.stack([found[index] for index in range(len(inputs))])
