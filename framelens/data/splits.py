"""Train, dev and test: whole documents on one side, no near-duplicates across sides."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from framelens.data.annotations import GoldPassage
from framelens.errors import FramelensError

SPLITS = ("train", "dev", "test")
HELD_OUT = SPLITS[1:]
_PERMUTATIONS = 64


def split_by_document(
    passages: Sequence[GoldPassage], dev: float, test: float, seed: int, stratify: str | None = None
) -> dict[str, str]:
    """Choose what to hold out: ``dev`` or ``test`` for passage ids, whole documents together.

    Documents are shuffled and dealt out within each stratum (source, and whether any passage of the
    document has the frame ``stratify``), so that every split has its share of both.

    :param dev: share of passages for dev, 0 to 1; likewise ``test``.
    :param stratify: id of the rarest frame, or None.
    """
    documents: dict[tuple[str, str], list[GoldPassage]] = {}
    for passage in passages:
        documents.setdefault((passage.source, passage.doc_id), []).append(passage)
    strata: dict[tuple[str, bool], list[list[GoldPassage]]] = {}
    for (source, _), members in sorted(documents.items()):
        rare = any(stratify in p.frames and p.frames[stratify].present for p in members) if stratify else False
        strata.setdefault((source, rare), []).append(members)
    held_out: dict[str, str] = {}
    rng = random.Random(seed)
    for _, stratum in sorted(strata.items()):
        rng.shuffle(stratum)
        total = sum(len(members) for members in stratum)
        dealt = 0
        for members in stratum:
            middle = (dealt + len(members) / 2) / total
            if middle < test + dev:
                split = "test" if middle < test else "dev"
                held_out.update((passage.id, split) for passage in members)
            dealt += len(members)
    return held_out


def near_duplicates(kept: Iterable[str], candidates: Iterable[str], threshold: float = 0.6) -> list[bool]:
    """For each candidate text, whether a kept text is nearly the same.

    Estimated Jaccard similarity of character 5-gram sets by MinHash and locality-sensitive hashing
    (Broder 1997; Leskovec et al., Mining of Massive Datasets, ch. 3).

    :param threshold: similarity, 0 to 1, from which two texts count as the same.
    """
    index = _index(threshold)
    for number, text in enumerate(kept):
        index.insert(number, _signature(text))
    return [bool(index.query(_signature(text))) for text in candidates]


def earlier_duplicates(texts: Iterable[str], threshold: float = 0.6) -> list[list[int]]:
    """For each text, the places of those before it that are nearly the same, as :func:`near_duplicates` sees it."""
    index, found = _index(threshold), []
    for number, text in enumerate(texts):
        signature = _signature(text)
        found.append(sorted(index.query(signature)))
        index.insert(number, signature)
    return found


def _index(threshold: float) -> Any:
    from datasketch import MinHashLSH

    return MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)


def _signature(text: str) -> Any:
    from datasketch import MinHash

    folded = fold(text)
    minhash = MinHash(num_perm=_PERMUTATIONS, seed=1)
    minhash.update_batch([folded[i : i + 5].encode() for i in range(max(1, len(folded) - 4))])
    return minhash


def fold(text: str) -> str:
    """A text without what does not make two texts different: case, and how much space is between words."""
    return " ".join(text.lower().split())


def apply_splits(passages: Sequence[GoldPassage], held_out: dict[str, str]) -> dict[str, list[GoldPassage]]:
    """Group passages by split and drop near-duplicates of held-out text.

    What is not held out is for training, unless its document is held out. Test keeps everything, dev
    loses what nearly stands in test, train what nearly stands in either.

    :param held_out: ``dev`` or ``test`` for each passage id that is held out.
    :raises FramelensError: if dev and test share a document.
    """
    where: dict[tuple[str, str], str] = {}
    for passage in passages:
        if passage.id in held_out:
            split, document = held_out[passage.id], (passage.source, passage.doc_id)
            if where.setdefault(document, split) != split:
                raise FramelensError(
                    f"document {passage.doc_id!r} of {passage.source!r} lies in both {where[document]} and {split}; "
                    "a document must lie in one split, so mend the splits file."
                )
    groups: dict[str, list[GoldPassage]] = {split: [] for split in SPLITS}
    for passage in passages:
        if passage.id in held_out:
            groups[held_out[passage.id]].append(passage)
        elif (passage.source, passage.doc_id) not in where:
            groups["train"].append(passage)
    kept: list[str] = [passage.text for passage in groups["test"]]
    for split in ("dev", "train"):
        repeated = near_duplicates(kept, (passage.text for passage in groups[split]))
        groups[split] = [passage for passage, seen in zip(groups[split], repeated, strict=True) if not seen]
        kept += [passage.text for passage in groups[split]]
    return groups


def save_splits(held_out: dict[str, str], path: str | PathLike[str]) -> None:
    """Write the ids that are held out; ids only, no text."""
    content = {split: sorted(id for id, where in held_out.items() if where == split) for split in HELD_OUT}
    Path(path).write_text(json.dumps(content, indent=0) + "\n", encoding="utf-8")


def load_splits(path: str | PathLike[str]) -> dict[str, str]:
    """Read what :func:`save_splits` wrote.

    :raises FramelensError: if the file is missing, not of that form, or names an id twice.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        ids = [(id, split) for split in HELD_OUT for id in content[split]]
        if not all(isinstance(content[split], list) for split in HELD_OUT) or not all(
            isinstance(id, str) for id, _ in ids
        ):
            raise TypeError("an id is a string in a list")
    except OSError as error:
        raise FramelensError(f"{path}: cannot read the splits ({error.strerror}).") from None
    except (ValueError, KeyError, TypeError) as error:
        raise FramelensError(f"{path}: a splits file is JSON with lists of ids under dev and test ({error}).") from None
    held_out = dict(ids)
    if len(held_out) != len(ids):
        raise FramelensError(f"{path}: an id stands twice; a passage must lie in one split.")
    return held_out
