"""Which labels to read again: those that models trained without them speak against."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framelens.data.annotations import GoldPassage, presence
from framelens.data.taxonomy import load_taxonomy
from framelens.errors import FramelensError
from framelens.model.calibration import calibrate, fit_calibration
from framelens.training.config import Config
from framelens.training.material import load_splits_of
from framelens.training.run import fit


@dataclass(frozen=True)
class Suspect:
    """A passage's label for one frame, and the out-of-sample probability (0 to 1) that the frame is present."""

    passage: GoldPassage
    frame: str
    p: float


def find_suspects(config: Config, folds: int = 4) -> list[Suspect]:
    """Labels that are likely wrong, the likeliest first in each frame.

    The passages of train and dev are dealt by document into folds; each fold is scored by a model trained
    on the others, and confident learning (Northcutt et al. 2021) says which labels its probabilities speak
    against. Test passages are left out: a test that its own models had a hand in would be none.

    :raises FramelensError: if the config's data do not fit, or hold fewer documents than folds.
    """
    from cleanlab.filter import find_label_issues

    taxonomy = load_taxonomy(config.data.taxonomy)
    splits = load_splits_of(config, taxonomy)
    passages = [*splits["train"], *splits["dev"]]
    logits = np.zeros((len(passages), len(taxonomy.frames)), np.float32)
    for held_out in _deal(passages, folds, config.seed):
        inside = set(held_out)
        rest = [passage for place, passage in enumerate(passages) if place not in inside]
        parts = {"train": rest, "dev": [passages[place] for place in held_out], "test": []}
        logits[held_out] = fit(config, parts, taxonomy).predict_logits().frames
    labels = presence(passages, taxonomy.frame_ids)
    probabilities = calibrate(logits, fit_calibration(logits, labels))
    suspects = []
    for column, frame in enumerate(taxonomy.frame_ids):
        judged = np.flatnonzero(labels[:, column] >= 0)
        p = probabilities[judged, column].astype(np.float64)
        ranked: NDArray[np.int64] = find_label_issues(
            labels[judged, column], np.stack([1 - p, p], 1), return_indices_ranked_by="self_confidence"
        )
        suspects += [Suspect(passages[judged[place]], frame, round(float(p[place]), 4)) for place in ranked]
    return suspects


def _deal(passages: Sequence[GoldPassage], folds: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Places of the passages of each fold; a document is in one fold whole."""
    documents = list(dict.fromkeys(passage.document for passage in passages))
    if len(documents) < folds:
        raise FramelensError(f"{len(documents)} documents cannot be dealt into {folds} folds; ask for fewer folds.")
    random.Random(seed).shuffle(documents)
    fold_of = {document: number % folds for number, document in enumerate(documents)}
    dealt = np.array([fold_of[passage.document] for passage in passages])
    for fold in range(folds):
        yield np.flatnonzero(dealt == fold)
