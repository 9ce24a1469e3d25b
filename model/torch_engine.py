"""The torch engine: half precision on CUDA, fp32 on the CPU."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from framelens.errors import FramelensError
from framelens.model.checkpoint import load_checkpoint, load_foreign
from framelens.model.engines import Model, Scores
from framelens.model.manifest import FILE
from framelens.model.network import FrameNetwork


class TorchEngine:
    """Runs a network on a torch device; bf16 where the GPU has it, else fp16, else fp32 on the CPU."""

    def __init__(self, network: FrameNetwork, device: str) -> None:
        self._device = torch.device(device)
        dtype = torch.float32
        if self._device.type == "cuda":
            dtype = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        self._network = network.to(self._device, dtype).eval()
        self.description = f"torch {torch.__version__}, {str(dtype).removeprefix('torch.')}, {device}"

    @torch.inference_mode()
    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Scores:
        logits = self._network(torch.from_numpy(ids).to(self._device), torch.from_numpy(mask).to(self._device))
        return Scores(*(part.float().cpu().numpy() for part in logits))


def load_torch(name: str, device: str) -> Model:
    """Load a model folder or a Hugging Face checkpoint on a torch device.

    :raises FramelensError: if it cannot be loaded, or CUDA is asked for and there is none.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise FramelensError("torch finds no CUDA device here; use --device cpu, or auto.")
    load = load_checkpoint(Path(name)) if (Path(name) / FILE).is_file() else load_foreign(name)
    network, manifest, tokenizer = load
    return Model(TorchEngine(network, device), manifest, tokenizer)
