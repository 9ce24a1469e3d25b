"""The network: any Hugging Face encoder with three heads, read out in one forward pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, cast

import torch
from safetensors.torch import load
from torch import Tensor, nn
from transformers import AutoModelForSequenceClassification, PreTrainedModel

from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.errors import FramelensError
from framelens.model.manifest import FILE, HEADS, read_manifest, read_verified


class Logits(NamedTuple):
    """Raw scores for ``n`` passages of ``t`` tokens.

    ``frames``: (n, frames). ``voices``: (n, frames, voices). ``tokens``: (n, t, frames, roles), roles in
    the order of :data:`framelens.data.taxonomy.ROLES`.
    """

    frames: Tensor
    voices: Tensor
    tokens: Tensor


class Heads(nn.Module):
    """The voice head on the mean of the token vectors, the span head on each token vector."""

    def __init__(self, hidden: int, frames: int, voices: int) -> None:
        super().__init__()
        self.shape = (frames, voices)
        self.dropout = nn.Dropout(0.1)
        self.voice = nn.Linear(hidden, frames * voices)
        self.token = nn.Linear(hidden, frames * len(ROLES))

    def forward(self, states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        voices = self.voice(self.dropout(masked_mean(states, mask))).unflatten(-1, self.shape)
        tokens = self.token(self.dropout(states)).unflatten(-1, (self.shape[0], len(ROLES)))
        return voices, tokens


def masked_mean(states: Tensor, mask: Tensor) -> Tensor:
    """The mean of the states (n, t, hidden) of the tokens that are no padding, (n, hidden)."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1)


class FrameNetwork(nn.Module):
    """A sequence classifier of transformers, whose logits are the frames', plus :class:`Heads`.

    The frame head is the encoder's own classification head, so that plain transformers loads it from
    the same checkpoint; each frame is an independent sigmoid.
    """

    def __init__(self, classifier: PreTrainedModel, taxonomy: Taxonomy) -> None:
        super().__init__()
        self.classifier = classifier
        self.heads = Heads(classifier.config.hidden_size, len(taxonomy.frames), len(taxonomy.voices))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Logits:
        output = self.classifier(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
        voices, tokens = self.heads(output.hidden_states[-1], attention_mask)
        return Logits(output.logits, voices, tokens)

    @property
    def frame_layer(self) -> nn.Linear:
        """The last layer of the frame head, whose outputs are the frames' logits.

        :raises FramelensError: if this kind of encoder has none.
        """
        frames = self.heads.shape[0]
        body = set(self.classifier.base_model.modules())
        for module in reversed(list(self.classifier.modules())):
            fits = isinstance(module, nn.Linear) and module.out_features == frames
            if fits and module not in body:
                return cast(nn.Linear, module)
        kind = type(self.classifier).__name__
        raise FramelensError(f"{kind} has no linear layer at the end of its frame head.")

    def gradient_checkpointing_enable(self, **options: Any) -> None:
        """Compute activations again on the way back instead of keeping them: less memory, more time."""
        self.classifier.gradient_checkpointing_enable(**options)  # type: ignore[no-untyped-call]

    def get_input_embeddings(self) -> nn.Module:
        return self.classifier.get_input_embeddings()


def build_network(encoder: str, taxonomy: Taxonomy, layers: int | None = None) -> FrameNetwork:
    """A network on a pre-trained encoder, its heads new, or as they are in a model folder of the same taxonomy.

    :param encoder: a folder or hub name that ``transformers`` can load.
    :param layers: how many of the encoder's layers to keep, from the first on; all where None.
    """
    fewer = {} if layers is None else {"num_hidden_layers": layers}
    classifier = AutoModelForSequenceClassification.from_pretrained(
        encoder,
        num_labels=len(taxonomy.frames),
        problem_type="multi_label_classification",
        id2label=dict(enumerate(taxonomy.frame_ids)),
        label2id={frame: index for index, frame in enumerate(taxonomy.frame_ids)},
        dtype=torch.float32,
        ignore_mismatched_sizes=True,
        **fewer,
    )
    network = FrameNetwork(classifier, taxonomy)
    folder = Path(encoder)
    if (folder / FILE).is_file():
        manifest = read_manifest(folder)
        if manifest.taxonomy == taxonomy:
            network.heads.load_state_dict(load(read_verified(folder, manifest, HEADS)))
        elif manifest.taxonomy.frame_ids != taxonomy.frame_ids:
            # With as many frames, transformers keeps the weights of others under the names of these.
            nn.init.normal_(network.frame_layer.weight, std=getattr(classifier.config, "initializer_range", 0.02))
            if network.frame_layer.bias is not None:
                nn.init.zeros_(network.frame_layer.bias)
    return network
