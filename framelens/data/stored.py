"""Records read back whole, with voices and spans: what ``framelens score -o`` wrote, one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from framelens.data.documents import Refusal, clean
from framelens.data.readers import Fields, read_documents
from framelens.data.records import FrameResult, Record, Span
from framelens.data.scored import decision, fault_of, not_scored, probability, unflattened
from framelens.data.shards import shard_files
from framelens.errors import FramelensError

# The version of the record that docs/reference.md describes; a record says none.
VERSION = 1
_SHARDS = (".parquet", ".jsonl", ".csv", ".gz", ".zst")
_QUARANTINE = ".quarantine.jsonl"


def read_records(path: Path) -> Iterator[Record]:
    """Read records of JSONL, CSV, Parquet, or a folder of shards, in order; memory holds a batch of them at most.

    Of a folder, these are the shards that its manifest lists; without one, its files ``part-*`` or, where it has none,
    its JSONL files, by name.

    :raises FramelensError: naming the file and the place of the first record that is none, is of another version of
        framelens, has spans outside its text, or has other frames than those before it.
    """
    frames: tuple[str, ...] = ()
    for file in stored_files(path):
        for item in read_documents(str(file), Fields("text", "doc_id")):
            if isinstance(item, Refusal):
                # What follows the semicolon is advice on input for scoring.
                raise not_scored(item.source, item.position, item.reason.split(";")[0].rstrip("."))
            place = f"document {item.id!r}"
            try:
                record = _record(item.id, item.text, item.meta)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise not_scored(str(file), place, fault_of(error)) from None
            frames = frames or tuple(record.frames)
            if tuple(record.frames) != frames:
                found = f"frames {', '.join(record.frames)} after {', '.join(frames)}"
                raise not_scored(str(file), place, found)
            yield record


def stored_files(path: Path) -> list[Path]:
    """The files that hold the records of ``path``, itself or the shards in it.

    :raises FramelensError: if there is no such file, or no shard in the folder.
    """
    if not path.is_dir():
        if not path.exists():
            raise FramelensError(f"{path}: there is no such file; give what framelens score -o wrote.")
        return [path]
    if (listed := shard_files(path)) is not None:
        return list(listed)
    files = sorted(file for file in path.iterdir() if file.is_file() and not file.name.endswith(_QUARANTINE))
    shards = [file for file in files if file.name.startswith("part-") and file.suffix in _SHARDS]
    found = shards or [file for file in files if file.suffix == ".jsonl" and not file.name.startswith(".")]
    if not found:
        raise FramelensError(
            f"{path}: the folder holds no part-*.parquet and no .jsonl; give one that framelens score -o wrote."
        )
    return found


def _record(doc_id: str, text: str, fields: dict[str, Any]) -> Record:
    if isinstance(fields.get("frames"), dict):
        results, meta = fields["frames"], fields["meta"]
        if not isinstance(meta, dict):
            raise ValueError("'meta' is no object")
        named = fields.get("schema", fields.get("schema_version", VERSION))
        if str(named) != str(VERSION):
            raise ValueError(f"it is of schema version {named!r}, and this framelens reads version {VERSION}")
    else:
        results, meta = unflattened(fields, ("p", "present", "voice", "actors", "evidence"))
    if not results:
        raise ValueError("it has no frames")
    start = int(fields["start"])
    return Record(
        doc_id=doc_id,
        passage=int(fields["passage"]),
        start=start,
        end=int(fields["end"]),
        text=text,
        frames={frame: _result(result, text, start) for frame, result in results.items()},
        meta=meta,
        model=str(fields["model"]),
        flags=tuple(map(str, _listed(fields["flags"], "flags"))),
    )


def _result(result: dict[str, Any], text: str, start: int) -> FrameResult:
    actors, evidence = (
        tuple(_span(span, text, start) for span in _listed(result[name], name)) for name in ("actors", "evidence")
    )
    voice_p = result.get("voice_p")
    return FrameResult(
        p=probability(result["p"]),
        present=decision(result["present"]),
        voice=None if result["voice"] in (None, "") else str(result["voice"]),
        voice_p=None if voice_p is None else probability(voice_p),
        actors=actors,
        evidence=evidence,
    )


def _listed(value: Any, name: str) -> Sequence[Any]:
    """A list, which a CSV has as JSON."""
    found = json.loads(value) if isinstance(value, str) else value
    if not isinstance(found, list):
        raise ValueError(f"{name} {value!r:.40} is no list")
    return found


def _span(span: dict[str, Any], text: str, start: int) -> Span:
    found = Span(int(span["start"]), int(span["end"]), clean(str(span["text"]))[0], probability(span["p"]))
    if not start <= found.start < found.end or text[found.start - start : found.end - start] != found.text:
        raise ValueError(f"its text does not hold {found.text!r:.40} at {found.start}, so it was changed after scoring")
    return found
