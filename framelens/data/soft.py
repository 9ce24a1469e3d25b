"""Soft labels: what a teacher scored, read back as passages to learn from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from framelens.data.annotations import Gold, GoldPassage
from framelens.data.standoff import join_texts, read_rows
from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError


def load_soft(paths: Sequence[str], taxonomy: Taxonomy, texts: str | None = None) -> list[GoldPassage]:
    """Read what a teacher scored, as passages whose targets are the probabilities.

    Distillation (Hinton et al. 2015): a probability says more than the decision that it leads to. Where
    the teacher sees a frame, its voice is learnt too, and its spans where the records have them.

    :param paths: records that ``framelens score --unit record`` wrote, or these without text as of :func:`strip_soft`.
    :param texts: where records without text have it from, as for :func:`framelens.data.standoff.load_standoff`.
    :raises FramelensError: naming file and line of what is no record with the taxonomy's frames, or lacks its text.
    """
    passages = []
    for path in paths:
        for number, row, passage in _joined(path, texts):
            try:
                passages.append(_passage(row if passage is None else _with_text(row, passage), taxonomy))
            except (ValueError, KeyError, TypeError) as error:
                raise FramelensError(
                    f"{path}, line {number}: not a scored record with the frames of the taxonomy ({error})."
                ) from None
    return passages


def _joined(path: str, texts: str | None) -> Iterator[tuple[int, dict[str, Any], dict[str, Any] | None]]:
    """Line number and content of each record, with the passage that it is about where it has no text itself."""
    rows = [(Path(path), number, row) for number, row in read_rows(Path(path))]
    if all("text" in row for *_, row in rows):
        yield from ((number, row, None) for _, number, row in rows)
    elif texts is None:
        raise FramelensError(f"{path}: holds records without text; name the file of their texts under data.texts.")
    else:
        yield from ((number, row, passage) for _, number, row, passage in join_texts(rows, texts))


def strip_soft(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Scored records as stand-off labels: ids, probabilities and voices, no word of the text and no spans."""
    for record in records:
        frames: dict[str, Any] = {}
        for frame, result in record["frames"].items():
            frames[frame] = {"p": round(result["p"], 4)}
            if result["present"]:
                frames[frame] |= {"voice": result["voice"], "voice_p": round(result["voice_p"], 4)}
        yield {"id": record["doc_id"], "frames": frames}


def _with_text(row: dict[str, Any], passage: dict[str, Any]) -> dict[str, Any]:
    """A row of :func:`strip_soft` as the record that it was."""
    frames = {frame: {**result, "present": "voice" in result} for frame, result in row["frames"].items()}
    meta = {"source": passage["source"], "doc_id": passage["doc_id"]}
    return {"doc_id": row["id"], "start": 0, "text": passage["text"], "frames": frames, "meta": meta}


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
        if key in result
    }
    return Gold(result["p"], voices, spans)
