"""What happens beside the steps of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch.optim.swa_utils import AveragedModel
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from framelens.model.network import FrameNetwork


class Averaging(TrainerCallback):
    """Takes the weights into their running average after each step."""

    def __init__(self, average: AveragedModel, network: FrameNetwork) -> None:
        self._average, self._network = average, network

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self._average.update_parameters(self._network)


class Saving(TrainerCallback):
    """Has the state of a run saved every so many steps; where an epoch ends there, once it is measured."""

    def __init__(self, steps: int) -> None:
        self._steps = steps

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        # The epoch is a whole number after its last step.
        control.should_save = self._due(state) and not float(state.epoch or 0).is_integer()

    def on_epoch_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        control.should_save = self._due(state)

    def _due(self, state: TrainerState) -> bool:
        return state.global_step % self._steps == 0


class Patience(TrainerCallback):
    """Ends a run after so many epochs without a better dev score.

    :param history: an entry an epoch, which whoever measures adds to.
    """

    def __init__(self, epochs: int, history: Sequence[dict[str, float]]) -> None:
        self._epochs, self._history = epochs, history

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        scores = [epoch["eval_macro_ap"] for epoch in self._history]
        if len(scores) - 1 - scores.index(max(scores)) >= self._epochs:
            control.should_training_stop = True
