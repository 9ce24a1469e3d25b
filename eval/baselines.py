"""What a model must beat, learnt from the same training passages and measured on the same test passages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from framelens.data.annotations import GoldPassage, presence
from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError
from framelens.eval.outcome import Outcome
from framelens.eval.system import System
from framelens.model.calibration import calibrate, fit_calibration, fit_thresholds

MAJORITY, TFIDF, ENCODER, NLI = "majority", "tfidf", "encoder:", "nli:"
Splits = Mapping[str, Sequence[GoldPassage]]


def is_baseline(name: str) -> bool:
    """Whether a name means a baseline: ``majority``, ``tfidf``, ``encoder:MODEL`` or ``nli:MODEL``."""
    return name in (MAJORITY, TFIDF) or name.startswith((ENCODER, NLI))


def measure_baseline(
    name: str, splits: Splits, taxonomy: Taxonomy, resolve: Callable[[str], str] = str
) -> tuple[System, Outcome]:
    """Learn on train, calibrate and choose thresholds on dev as for a network, and run on test.

    - ``majority`` gives every passage the share of training passages that have the frame;
    - ``tfidf`` is logistic regression on words and pairs of words, sublinear counts, balanced classes;
    - ``encoder:MODEL`` is logistic regression on the mean of a frozen encoder's last states;
    - ``nli:MODEL`` asks a model of natural-language inference whether the passage entails the frame's
      definition (Yin et al. 2019) and learns nothing but calibration and threshold.

    :param resolve: gives the folder or hub name behind the MODEL of a baseline.
    :raises FramelensError: if a split lacks passages with or without a frame, or a model cannot be loaded.
    """
    _check(splits, taxonomy)
    truth = {split: presence(passages, taxonomy.frame_ids) for split, passages in splits.items()}
    if name == MAJORITY:
        shares = np.array([column[column >= 0].mean() for column in truth["train"].T])
        system = System("majority class", "counting", taxonomy, (0.5,) * len(shares))
        return system, Outcome.of_presence(splits["test"], np.tile(shares, (len(splits["test"]), 1)), taxonomy)
    title, engine, logits = _logits(name, splits, taxonomy, truth, resolve)
    calibration = fit_calibration(logits["dev"], truth["dev"])
    thresholds = fit_thresholds(logits["dev"], truth["dev"], calibration)
    outcome = Outcome.of_presence(splits["test"], calibrate(logits["test"], calibration), taxonomy)
    return System(title, engine, taxonomy, thresholds), outcome


def _logits(
    name: str,
    splits: Splits,
    taxonomy: Taxonomy,
    truth: Mapping[str, NDArray[np.int64]],
    resolve: Callable[[str], str],
) -> tuple[str, str, dict[str, NDArray[np.float64]]]:
    """A baseline's title, what runs it, and its logits on dev and test, (n, frames)."""
    texts = {split: [passage.text for passage in passages] for split, passages in splits.items()}
    # What learns takes a second to load, which one who measures a model need not wait.
    from framelens.eval.linear import LEARNER, state_logits, tfidf_logits

    if name == TFIDF:
        return "TF-IDF and logistic regression", LEARNER, tfidf_logits(texts, truth)
    from framelens.eval.frozen import engine, entailment_logits, mean_states

    model = name.partition(":")[2]
    folder = resolve(model)
    if name.startswith(NLI):
        hypotheses = [frame.definition or f"This is about {frame.title}." for frame in taxonomy.frames]
        logits = {split: entailment_logits(folder, texts[split], hypotheses) for split in ("dev", "test")}
        return f"{model}, zero-shot", engine(), logits
    states = {split: mean_states(folder, texts[split]) for split in texts}
    return f"{model} and logistic regression", engine(), state_logits(states, truth)


def _check(splits: Splits, taxonomy: Taxonomy) -> None:
    for split in ("train", "dev"):
        for frame in taxonomy.frame_ids:
            judged = {passage.frames[frame].present for passage in splits.get(split, ()) if frame in passage.frames}
            for present in sorted({True, False} - judged):
                what = "has" if present else "is without"
                raise FramelensError(
                    f"no {split} passage {what} {frame}, so that a baseline cannot learn it; add annotations or splits."
                )
