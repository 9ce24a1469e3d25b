"""Which weights learn how fast."""

from __future__ import annotations

import re
from typing import Any

from torch import Tensor

from framelens.model.network import FrameNetwork
from framelens.training.config import Schedule


def parameter_groups(network: FrameNetwork, schedule: Schedule) -> list[dict[str, Any]]:
    """New heads, and the encoder by layer, each with and without weight decay (none on biases and norms).

    Weights that are frozen are in none.
    """
    pretrained = f"classifier.{network.classifier.base_model_prefix}."
    layers = network.classifier.config.num_hidden_layers
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = schedule.head_learning_rate
        if name.startswith(pretrained):
            layer = re.search(r"\.layer\.(\d+)\.", name)
            # The embeddings lie below the first layer; what is in none and no embedding, as a pooler, above the last.
            depth = layers - 1 - int(layer[1]) if layer else layers if ".embeddings." in name else 0
            rate = schedule.learning_rate * schedule.layer_decay**depth
        decay = schedule.weight_decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [{"params": params, "lr": rate, "weight_decay": decay} for (rate, decay), params in groups.items()]
