"""What ``framelens evaluate`` measures, a model or a baseline, and on which passages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framelens.errors import FramelensError

if TYPE_CHECKING:
    from framelens.data.annotations import GoldPassage
    from framelens.data.taxonomy import Taxonomy
    from framelens.eval.outcome import Outcome
    from framelens.eval.system import System
    from framelens.model.classifier import FrameClassifier


def load(name: str) -> FrameClassifier | str:
    """Load a model; a baseline stays a name until there are passages to learn from.

    :raises FramelensError: if the model is missing or damaged.
    """
    from framelens.eval.baselines import is_baseline
    from framelens.model.classifier import FrameClassifier

    return name if is_baseline(name) else FrameClassifier.load(name)


def common_taxonomy(contestants: Sequence[FrameClassifier | str], data: Sequence[str]) -> Taxonomy:
    """The taxonomy of the first model; where all are baselines, that of the training config, else the shipped one.

    :raises FramelensError: if two models label different frames.
    """
    from framelens.data.taxonomy import load_taxonomy
    from framelens.eval.paired import check_same_frames
    from framelens.eval.system import System

    systems = [System.of(contestant) for contestant in contestants if not isinstance(contestant, str)]
    for other in systems[1:]:
        check_same_frames(systems[0], other)
    if systems:
        return systems[0].taxonomy
    if not _is_config(data):
        return load_taxonomy()
    from framelens.training.config import load_config

    return load_taxonomy(load_config(data[0]).data.taxonomy)


def load_parts(
    data: Sequence[str], splits: Path | None, taxonomy: Taxonomy, learning: str | None
) -> dict[str, list[GoldPassage]]:
    """The passages to measure on under ``test``, and where the data are split, ``train`` and ``dev``.

    :param data: annotated files, folders or globs, or one training config.
    :param splits: a splits file for annotated files.
    :param learning: the name of a baseline that has to learn from ``train``, or None.
    :raises FramelensError: if there is nothing to measure on, or nothing to learn from.
    """
    from framelens.data.annotations import gold_passages, load_annotations
    from framelens.data.splits import apply_splits, load_splits

    if _is_config(data):
        if splits is not None:
            raise FramelensError(f"{data[0]}: a training config says its own splits; leave out --splits.")
        from framelens.training.config import load_config
        from framelens.training.material import load_splits_of

        parts = load_splits_of(load_config(data[0]), taxonomy)
    else:
        passages = gold_passages(load_annotations(data, taxonomy))
        if splits is not None:
            parts = apply_splits(passages, load_splits(splits))
        elif learning is not None:
            raise FramelensError(
                f"{learning} learns from training passages; give a training config as DATA, or --splits FILE."
            )
        else:
            parts = {"test": passages}
    if not parts["test"]:
        raise FramelensError(f"{data[0]}: no annotated passage to measure on; give files that hold some.")
    return parts


def run(
    contestant: FrameClassifier | str,
    parts: dict[str, list[GoldPassage]],
    taxonomy: Taxonomy,
    rescored: int | None,
) -> tuple[System, Outcome]:
    """Measure a model, or learn and measure a baseline, on the test passages.

    :param rescored: as :func:`framelens.eval.outcome.predict_outcome` has it.
    """
    from framelens.eval.baselines import measure_baseline
    from framelens.eval.outcome import predict_outcome
    from framelens.eval.system import System

    if isinstance(contestant, str):
        return measure_baseline(contestant, parts, taxonomy, _resolve)
    return System.of(contestant), predict_outcome(contestant, parts["test"], rescored)


def _resolve(name: str) -> str:
    from framelens.training.encoders import resolve_encoder

    return resolve_encoder(name)


def _is_config(data: Sequence[str]) -> bool:
    return len(data) == 1 and Path(data[0]).suffix in (".yaml", ".yml")
