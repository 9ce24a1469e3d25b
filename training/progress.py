"""How far a run is, on standard error: a bar on a terminal, and a line an epoch everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments


@dataclass
class RunningLoss:
    """The mean loss of the batches of an epoch so far."""

    total: float = 0.0
    count: int = 0

    def add(self, loss: float) -> None:
        self.total, self.count = self.total + loss, self.count + 1

    @property
    def mean(self) -> float:
        return self.total / max(self.count, 1)


def tell(sentence: str) -> None:
    """A sentence about a run that shows no bar."""
    _print(Console(stderr=True), sentence)


class Progress(TrainerCallback):
    """Shows a run while it lasts; a context, so that the bar is gone however the run ends.

    :param loss: of the epoch, which whoever trains adds to.
    :param history: an entry an epoch, likewise.
    :param bar: whether a terminal gets a bar.
    :param lines: whether an epoch gets a line.
    """

    def __init__(
        self, loss: RunningLoss, history: Sequence[dict[str, float]], bar: bool = True, lines: bool = True
    ) -> None:
        self._loss, self._history, self._lines = loss, history, lines
        self._console = Console(stderr=True)
        self._bar = Bar(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("steps, loss {task.fields[loss]:.4f},"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=self._console,
            transient=True,
            disable=not (bar and self._console.is_terminal),
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if state.is_world_process_zero:
            if state.global_step:
                self._say(f"going on from step {state.global_step:,} of {state.max_steps:,}.")
            self._bar.start()
            self._task = self._bar.add_task("", total=state.max_steps, completed=state.global_step, epoch="", loss=0.0)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if state.is_world_process_zero:
            # The epoch is a whole number after its last step.
            epoch = f"{-int(-(state.epoch or 0) // 1)}/{state.num_train_epochs}"
            self._bar.update(self._task, completed=state.global_step, epoch=epoch, loss=self._loss.mean)

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if state.is_world_process_zero:
            *past, now = self._history
            score = now["eval_macro_ap"]
            best = "" if any(epoch["eval_macro_ap"] >= score for epoch in past) else ", the best so far"
            epoch = f"{len(self._history)}/{state.num_train_epochs}"
            self._say(f"epoch {epoch}: loss {now['loss']:.4f}, dev macro AP {score:.3f}{best}.")

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if state.is_world_process_zero and state.global_step < state.max_steps:
            self._say("stopped early: the dev score gets no better.")

    def _say(self, sentence: str) -> None:
        # Through the console of the bar, which moves out of the way.
        if self._lines:
            _print(self._console, sentence)


def _print(console: Console, sentence: str) -> None:
    console.print(f"framelens: {sentence}", markup=False, highlight=False, soft_wrap=True)
