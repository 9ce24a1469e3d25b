"""The trials of a search: kept on disk by Optuna, and as lines for people."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import shorten
from typing import Any

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.trial import FrozenTrial, TrialState

from framelens.errors import FramelensError

STUDY, TRIALS = "study.journal", "trials.jsonl"
# What a trial keeps beside its score: what was tried, and why it failed.
VALUES, ERROR = "values", "error"


def open_study(folder: Path) -> optuna.Study:
    """The study in a folder, made where there is none; a trial that was cut off is given up.

    A trial that after an epoch is behind the median of the trials before it is pruned, from the sixth on
    (median stopping rule, Golovin et al. 2017).

    :raises FramelensError: if the study cannot be read.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    journal = folder / STUDY
    _mend(journal)
    try:
        study = optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(journal), JournalFileOpenLock(str(journal)))),
            study_name="framelens",
            direction="maximize",
            pruner=optuna.pruners.MedianPruner(),
            load_if_exists=True,
        )
        for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            study.tell(trial.number, state=TrialState.FAIL)
    except (ValueError, KeyError, TypeError):
        raise FramelensError(f"{journal}: the study is damaged; start over with --overwrite.") from None
    return study


def finished(study: optuna.Study) -> list[FrozenTrial]:
    """The trials that count, in order: those that ended, were pruned, or failed for a reason of their own."""
    return [
        trial
        for trial in study.get_trials(deepcopy=False)
        if trial.state in (TrialState.COMPLETE, TrialState.PRUNED)
        or (trial.state == TrialState.FAIL and ERROR in trial.user_attrs)
    ]


def best(trials: list[FrozenTrial]) -> tuple[int, FrozenTrial] | None:
    """The trial with the highest score of those that ended, the first of several, and its number from 1 on."""
    ended = [(n, trial) for n, trial in enumerate(trials, 1) if trial.state == TrialState.COMPLETE]
    return max(ended, key=lambda found: _score(found[1])) if ended else None


def record(number: int, trial: FrozenTrial) -> dict[str, Any]:
    """A line of ``trials.jsonl``; ``epochs`` has the dev macro average precision of each, ``score`` the best."""
    epochs = [trial.intermediate_values[epoch] for epoch in sorted(trial.intermediate_values)]
    return {
        "trial": number,
        "state": "failed" if trial.state == TrialState.FAIL else trial.state.name.lower(),
        "score": max(epochs, default=None),
        "epochs": epochs,
        "values": trial.user_attrs[VALUES],
        "seconds": round(trial.duration.total_seconds(), 1) if trial.duration else None,
        "error": trial.user_attrs.get(ERROR),
    }


def write_trials(folder: Path, trials: list[FrozenTrial]) -> None:
    """Write ``trials.jsonl`` anew, so that it holds what the study does."""
    lines = [json.dumps(record(number, trial), ensure_ascii=False) for number, trial in enumerate(trials, 1)]
    (folder / TRIALS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def summary(trials: list[FrozenTrial], planned: int) -> str:
    """The last trial in a sentence: its score, what was tried, the best so far."""
    last, found = record(len(trials), trials[-1]), best(trials)
    if last["state"] == "failed":
        how = f"failed ({shorten(last['error'], 80, placeholder='…')})"
    else:
        pruned = f" after epoch {len(last['epochs'])}, pruned" if last["state"] == "pruned" else ""
        how = f"dev macro AP {last['score']:.3f}{pruned}"
    tried = " ".join(f"{key}={_shown(value)}" for key, value in last["values"].items())
    so_far = f"the best so far {_score(found[1]):.3f}, trial {found[0]}" if found else "none has ended so far"
    return f"trial {len(trials)}/{planned}: {how}, with {tried}; {so_far}."


def _score(trial: FrozenTrial) -> float:
    return trial.value if trial.value is not None else float("-inf")


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else json.dumps(value)


def _mend(journal: Path) -> None:
    """Drop a last line that was not written to its end, which Optuna would write on from."""
    written = journal.read_bytes() if journal.exists() else b""
    if written and not written.endswith(b"\n"):
        journal.write_bytes(written[: written.rfind(b"\n") + 1])
