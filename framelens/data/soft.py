"""Soft labels: what a teacher scored, read back as passages to learn from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from framelens.data.annotations import Gold, GoldPassage
from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError


def load_soft(paths: Sequence[str], taxonomy: Taxonomy) -> list[GoldPassage]:
    """Read records that ``framelens score --unit record`` wrote, as passages whose targets are the probabilities.

    Distillation (Hinton et al. 2015): a probability says more than the decision that it leads to. Where
    the teacher sees a frame at even odds or better, its voice and its spans are learnt too.

    :raises FramelensError: naming file and line of what is no record with the taxonomy's frames.
    """
    passages = []
    for path in paths:
        try:
            lines = Path(path).read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise FramelensError(f"{path}: soft labels cannot be read ({error}).") from None
        for number, line in enumerate(lines, 1):
            if not line:
                continue
            try:
                passages.append(_passage(json.loads(line), taxonomy))
            except (ValueError, KeyError, TypeError) as error:
                raise FramelensError(
                    f"{path}, line {number}: not a scored record with the frames of the taxonomy ({error})."
                ) from None
    return passages


def _passage(record: dict[str, Any], taxonomy: Taxonomy) -> GoldPassage:
    meta = record["meta"]
    frames = {frame: _soft(record, frame, taxonomy) for frame in taxonomy.frame_ids}
    id = str(record["doc_id"])
    return GoldPassage(id, record["text"], str(meta.get("source", "")), str(meta.get("doc_id", id)), frames)


def _soft(record: dict[str, Any], frame: str, taxonomy: Taxonomy) -> Gold:
    result = record["frames"][frame]
    if not result["present"]:
        return Gold(result["p"], {}, {})
    rest = (1 - result["voice_p"]) / max(1, len(taxonomy.voices) - 1)
    voices = {voice: result["voice_p"] if voice == result["voice"] else rest for voice in taxonomy.voice_ids}
    spans = {
        role: tuple((span["start"] - record["start"], span["end"] - record["start"]) for span in result[key])
        for role, key in (("actor", "actors"), ("evidence", "evidence"))
    }
    return Gold(result["p"], voices, spans)
