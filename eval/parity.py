"""How far the runtime files of a model are from the model that was trained, in what a user sees of both."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from framelens.data.documents import Document
from framelens.data.passages import Window, passages
from framelens.data.readers import read_documents
from framelens.data.records import FrameResult, Prediction
from framelens.errors import FramelensError
from framelens.model.classifier import FrameClassifier

FILE = "parity.json"
# From examples/, written for this project, so that every export can be measured wherever it is made: the paragraphs of
# the articles, and the first passage of each group of contrast/test.jsonl, from which the shipped model has not learnt.
PASSAGES = Path(__file__).parent / "parity.txt"
MOST = 2000
# What arithmetic in int8 costs in any case: p depends by about 0.003 on the other passages of a batch.
MEAN_LIMIT, DECISIONS_LIMIT = 0.005, 0.01


def parity_texts(inputs: str | None, window: Window) -> tuple[list[str], int]:
    """The passages to compare on, and of how many; of more than 2,000 every n-th, since fp32 is slow.

    :param inputs: a file, folder or glob as ``framelens score`` reads it, or None for the passages that come with
        framelens.
    :raises FramelensError: if there is no passage in it.
    """
    documents = (item for item in read_documents(inputs or str(PASSAGES)) if isinstance(item, Document))
    texts = [passage.text for document in documents for passage in passages(document, window=window)]
    if not texts:
        raise FramelensError(f"{inputs}: no passage to compare on; give a file of texts, or leave out --check.")
    return texts[:: -(-len(texts) // MOST)], len(texts)


def parity(trained: FrameClassifier, runtime: Mapping[str, FrameClassifier], texts: Sequence[str]) -> dict[str, Any]:
    """Compare the models in a folder's runtime files with the trained one.

    :param runtime: by file name.
    :returns: ``model``, ``engine`` of the trained model, ``passages``, ``limits``, and ``files``: of each its
        ``engine``, ``frames`` and ``all``, with the ``mean`` and ``largest`` difference of p and, as counts that
        ``differ`` and ``of`` how many, ``decisions`` (present or not), and where both say present, ``voices`` and
        ``spans`` (any offset of actors or evidence).
    """
    before = trained.predict(texts)
    files = {
        name: {"engine": classifier.engine} | _differences(before, classifier.predict(texts), trained.frames)
        for name, classifier in runtime.items()
    }
    return {
        "model": trained.name,
        "engine": trained.engine,
        "passages": len(texts),
        "limits": {"mean": MEAN_LIMIT, "decisions": DECISIONS_LIMIT},
        "files": files,
    }


def _differences(before: Sequence[Prediction], after: Sequence[Prediction], frames: Sequence[str]) -> dict[str, Any]:
    pairs = {frame: [(one[frame], other[frame]) for one, other in zip(before, after, strict=True)] for frame in frames}
    everything = [pair for found in pairs.values() for pair in found]
    return {"frames": {frame: _apart(found) for frame, found in pairs.items()}, "all": _apart(everything)}


def _apart(pairs: Sequence[tuple[FrameResult, FrameResult]]) -> dict[str, Any]:
    gaps = np.array([abs(one.p - other.p) for one, other in pairs])
    both = [(one, other) for one, other in pairs if one.present and other.present]
    return {
        "mean": round(float(gaps.mean()), 6),
        "largest": round(float(gaps.max()), 6),
        "decisions": {"differ": sum(one.present != other.present for one, other in pairs), "of": len(pairs)},
        "voices": {"differ": sum(one.voice != other.voice for one, other in both), "of": len(both)},
        "spans": {"differ": sum(_ranges(one) != _ranges(other) for one, other in both), "of": len(both)},
    }


def _ranges(result: FrameResult) -> tuple[list[tuple[int, int]], ...]:
    return tuple([(span.start, span.end) for span in spans] for spans in (result.actors, result.evidence))


def beyond_limits(report: Mapping[str, Any]) -> list[str]:
    """For each file that is too far from the trained model, in words, how far."""
    found = []
    for name, file in report["files"].items():
        reasons = [
            f"p of {frame} differs by {apart['mean']:.4f} on average (limit {MEAN_LIMIT})"
            for frame, apart in file["frames"].items()
            if apart["mean"] > MEAN_LIMIT
        ]
        decisions = file["all"]["decisions"]
        if decisions["differ"] > DECISIONS_LIMIT * decisions["of"]:
            reasons.append(
                f"{decisions['differ']} of {decisions['of']:,} decisions differ (limit {DECISIONS_LIMIT:.0%})"
            )
        if reasons:
            found.append(f"{name} is far from the trained model: {', '.join(reasons)}")
    return found


def save_parity(report: Mapping[str, Any], folder: Path) -> None:
    """Write ``parity.json`` to a folder of runtime files."""
    (folder / FILE).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
