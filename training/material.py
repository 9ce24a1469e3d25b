"""What a run learns from, and what it is measured on."""

from __future__ import annotations

from framelens.data.annotations import GoldPassage, gold_passages, load_annotations
from framelens.data.soft import load_soft
from framelens.data.splits import apply_splits, load_splits, near_duplicates, split_by_document
from framelens.data.standoff import correct, load_standoff
from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError
from framelens.training.config import Config, Data

# Passages with and without each frame that can be dealt into folds.
FEWEST = 4


def load_splits_of(config: Config, taxonomy: Taxonomy) -> dict[str, list[GoldPassage]]:
    """The gold passages that a config names, by split."""
    annotations = load_annotations(config.data.annotations, taxonomy)
    if config.data.standoff:
        if config.data.texts is None:
            raise FramelensError("data.standoff holds labels without text; name the file of their texts in data.texts.")
        annotations += load_standoff(config.data.standoff, config.data.texts, taxonomy)
    if config.data.corrections:
        annotations = correct(annotations, config.data.corrections, taxonomy)
    passages = gold_passages(annotations)
    if config.data.splits:
        held_out = load_splits(config.data.splits)
    else:
        held_out = split_by_document(passages, config.data.dev, config.data.test, config.seed, config.data.stratify)
    return apply_splits(passages, held_out)


def check_splits(config: Config, splits: dict[str, list[GoldPassage]], taxonomy: Taxonomy) -> None:
    """Refuse what cannot be learnt from or measured on.

    :raises FramelensError: if a key of the config names a frame that is none, or a frame is always or never present
        in what is to be learnt from or chosen by, or too seldom to be learnt from few passages.
    """
    named = {"schedule.positive_weights": config.schedule.positive_weights, "data.prevalence": config.data.prevalence}
    for key, values in named.items():
        for frame in values:
            if frame not in taxonomy.frame_ids:
                raise FramelensError(f"{key}: {frame} is not a frame of the taxonomy.")
    if not any(splits.values()):
        raise FramelensError(f"{', '.join(config.data.annotations)}: there is no annotated passage; add some.")
    tuning = config.encoder.tuning
    # Few passages choose by folds of train too, so that dev need not have every frame.
    for split in ("train", "dev") if tuning == "full" else ("train",):
        for frame in taxonomy.frame_ids:
            judged = [passage.frames[frame].present for passage in splits[split] if frame in passage.frames]
            for present in (True, False):
                what, count = "has" if present else "is without", judged.count(present)
                if not count:
                    raise FramelensError(f"no {split} passage {what} {frame}; add annotations or change the split.")
                if tuning != "full" and count < FEWEST:
                    raise FramelensError(
                        f"only {count} of {len(judged)} train passages {what} {frame}, and encoder.tuning: {tuning} "
                        f"needs {FEWEST}; add annotations or change the split."
                    )
    if not splits["dev"]:
        raise FramelensError("there is no dev passage; change the split.")


def with_soft(data: Data, splits: dict[str, list[GoldPassage]], taxonomy: Taxonomy) -> list[GoldPassage]:
    """Gold passages for training, and a teacher's passages that are neither gold nor near held-out text."""
    gold = splits["train"]
    if not data.soft:
        return gold
    held_out = [*splits["dev"], *splits["test"]]
    known = {passage.id for passage in (*gold, *held_out)}
    documents = {(passage.source, passage.doc_id) for passage in held_out}
    soft = [
        p
        for p in load_soft(data.soft, taxonomy, data.texts)
        if p.id not in known and (p.source, p.doc_id) not in documents
    ]
    repeated = near_duplicates((p.text for p in held_out), (p.text for p in soft))
    return gold * data.gold_repeats + [p for p, seen in zip(soft, repeated, strict=True) if not seen]
