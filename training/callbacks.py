"""What happens beside the steps of a run."""

from __future__ import annotations

from typing import Any

from torch.optim.swa_utils import AveragedModel
from transformers import TrainerCallback

from framelens.model.network import FrameNetwork


class Averaging(TrainerCallback):
    """Takes the weights into their running average after each step."""

    def __init__(self, average: AveragedModel, network: FrameNetwork) -> None:
        self._average, self._network = average, network

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self._average.update_parameters(self._network)
