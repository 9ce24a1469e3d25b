"""Low-rank adaptation (LoRA, Hu et al. 2021): what is learnt are small additions to weights that stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framelens.model.network import FrameNetwork
from framelens.training.config import Lora

if TYPE_CHECKING:
    from peft import LoraModel


def add_adapters(network: FrameNetwork, lora: Lora) -> LoraModel:
    """Put additions beside all linear layers of the encoder, and freeze the rest of it; heads learn as ever.

    :returns: what :func:`merge_adapters` takes.
    """
    from peft import LoraConfig, LoraModel

    settings = LoraConfig(
        r=lora.rank, lora_alpha=lora.alpha, lora_dropout=lora.dropout, target_modules="all-linear", bias="none"
    )
    return LoraModel(network.classifier.base_model, settings, "default")


def merge_adapters(adapters: LoraModel) -> None:
    """Add the additions to the weights, so that the network is an ordinary one again."""
    adapters.merge_and_unload()
