"""Annotated data: judgements of passages, and the gold labels that come of them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framelens.data.taxonomy import ROLES, Taxonomy
from framelens.errors import FramelensError

# A score on the codebook's scale as the probability that a careful reader sees the frame.
# "Clear" stops short of 0 and 1, because clear cases are sometimes mislabelled too.
SCORE_TARGETS = (0.02, 0.25, 0.75, 0.98)
# From this score on a frame is present.
PRESENT = 2
# The fields that the format gives a meaning; every other one of a line is carried as meta.
FIELDS = ("id", "text", "source", "doc_id", "annotator", "labels")


@dataclass(frozen=True)
class Judgement:
    """One annotator's view of one frame in one passage.

    ``score``: 3 clear yes, 2 borderline yes, 1 borderline no, 0 no. ``actor`` and ``evidence`` are
    verbatim stretches of the passage, or None where this annotator did not mark any.
    """

    score: int
    voice: str | None = None
    actor: tuple[str, ...] | None = None
    evidence: tuple[str, ...] | None = None

    @property
    def present(self) -> bool:
        return self.score >= PRESENT

    def to_dict(self) -> dict[str, Any]:
        """The judgement as JSON holds it; what is None is left out."""
        spans = {role: getattr(self, role) for role in ROLES}
        voice = {"voice": self.voice} if self.voice is not None else {}
        return {"score": self.score, **voice, **{role: list(said) for role, said in spans.items() if said is not None}}


@dataclass(frozen=True)
class Annotation:
    """One annotator's judgements of one passage; a frame that is not in ``labels`` was not judged.

    ``meta`` holds what else the record brings: its own ``meta``, and every field that the format does not know.
    """

    id: str
    text: str
    source: str
    doc_id: str
    annotator: str
    labels: dict[str, Judgement]
    meta: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The annotation as a line of annotated JSONL holds it; without ``meta`` where there is none."""
        row = {name: getattr(self, name) for name in FIELDS}
        row["labels"] = {frame: judgement.to_dict() for frame, judgement in self.labels.items()}
        return row | {"meta": self.meta} if self.meta else row


@dataclass(frozen=True)
class Gold:
    """What all annotators of one passage say of one frame.

    ``target`` is the mean probability over annotators; ``voices`` the share of annotators for each
    voice; ``spans`` maps a role to the (start, end) code-point offsets that anyone marked, and lacks
    a role that nobody was asked to mark.
    """

    target: float
    voices: dict[str, float]
    spans: dict[str, tuple[tuple[int, int], ...]]

    @property
    def present(self) -> bool:
        return self.target >= 0.5

    @property
    def voice(self) -> str | None:
        """The voice most annotators give; on a tie the one they name first."""
        return max(self.voices, key=lambda voice: self.voices[voice]) if self.voices else None


@dataclass(frozen=True)
class GoldPassage:
    """A passage with the gold label of each judged frame.

    ``meta`` holds the other fields of its lines; where several annotators' lines differ in one, the first one's.
    """

    id: str
    text: str
    source: str
    doc_id: str
    frames: dict[str, Gold]
    meta: dict[str, Any] = field(default_factory=dict)

    @property
    def weight(self) -> float | None:
        """How many passages of a corpus it stands for, where its chance to be drawn is known (``meta.weight``)."""
        return None if self.meta.get("weight") is None else float(self.meta["weight"])

    @property
    def document(self) -> str:
        """The document's name among those of all sources."""
        return f"{self.source}/{self.doc_id}"


def load_annotations(paths: str | Path | Sequence[str | Path], taxonomy: Taxonomy) -> list[Annotation]:
    """Read annotated JSONL from files, folders or globs.

    :raises FramelensError: naming file, line and remedy, at the first line that does not hold to the format.
    """
    files = annotation_files([paths] if isinstance(paths, str | Path) else paths)
    return [annotation for file in files for annotation in _read_file(file, taxonomy)]


def gold_passages(annotations: Iterable[Annotation]) -> list[GoldPassage]:
    """Merge the judgements of each passage, in order of first appearance.

    :raises FramelensError: if one id stands for two texts.
    """
    by_id: dict[str, list[Annotation]] = {}
    for annotation in annotations:
        by_id.setdefault(annotation.id, []).append(annotation)
    return [_merge(group) for group in by_id.values()]


def presence(passages: Sequence[GoldPassage], frames: Sequence[str]) -> NDArray[np.int64]:
    """Gold labels as an array (passages, frames): 1 present, 0 absent, -1 not judged."""
    rows = [[int(p.frames[frame].present) if frame in p.frames else -1 for frame in frames] for p in passages]
    return np.array(rows, dtype=np.int64).reshape(len(passages), len(frames))


def _merge(group: list[Annotation]) -> GoldPassage:
    first = group[0]
    if any(annotation.text != first.text for annotation in group):
        raise FramelensError(f"passage {first.id!r} has two different texts; give each text an id of its own.")
    frames = {}
    for frame in dict.fromkeys(frame for annotation in group for frame in annotation.labels):
        judged = [annotation.labels[frame] for annotation in group if frame in annotation.labels]
        frames[frame] = _gold(first.text, judged)
    meta = {name: value for annotation in reversed(group) for name, value in annotation.meta.items()}
    return GoldPassage(first.id, first.text, first.source, first.doc_id, frames, meta)


def _gold(text: str, judged: list[Judgement]) -> Gold:
    target = sum(SCORE_TARGETS[judgement.score] for judgement in judged) / len(judged)
    voiced = [judgement.voice for judgement in judged if judgement.voice and judgement.present]
    voices = {voice: voiced.count(voice) / len(voiced) for voice in dict.fromkeys(voiced)}
    spans: dict[str, tuple[tuple[int, int], ...]] = {}
    for role in ROLES:
        marked = [getattr(judgement, role) for judgement in judged if getattr(judgement, role) is not None]
        if marked:
            spans[role] = tuple(sorted({find_span(text, words) for phrases in marked for words in phrases}))
    return Gold(target, voices, spans)


def find_span(text: str, words: str) -> tuple[int, int]:
    """Offsets of the first place where ``words`` stands as whole words, else of the first place at all."""
    start = text.find(words)
    first = start
    while start >= 0:
        end = start + len(words)
        if not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum():
            return start, end
        start = text.find(words, start + 1)
    return first, first + len(words)


def annotation_files(paths: Sequence[str | Path]) -> list[Path]:
    """The .jsonl files that files, folders and globs name, in order.

    :raises FramelensError: if one names none.
    """
    found: list[Path] = []
    for path in map(str, paths):
        matches = [Path(path)] if Path(path).exists() else [Path(match) for match in sorted(glob(path))]  # noqa: PTH207
        if not matches:
            raise FramelensError(f"{path}: no such file or folder; give annotated data as .jsonl files.")
        for match in matches:
            found.extend(sorted(match.glob("*.jsonl")) if match.is_dir() else [match])
    if not found:
        raise FramelensError(f"{paths[0]}: the folder holds no .jsonl file; give one that does, or the files.")
    return found


def _read_file(path: Path, taxonomy: Taxonomy) -> Iterator[Annotation]:
    for number, line in numbered_lines(path):
        try:
            yield parse_annotation(parse_json(line), taxonomy)
        except FramelensError as error:
            raise FramelensError(f"{path}, line {number}: {error}.") from None


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that are not blank, each with its number, from 1 on.

    :raises FramelensError: as :func:`read_utf8`.
    """
    # Split at line feeds alone, since JSON strings may hold other line ends, such as U+2028.
    return ((number, line) for number, line in enumerate(read_utf8(path).split("\n"), 1) if line.strip())


def read_utf8(path: Path, encoding: str = "utf-8-sig") -> str:
    """The text of a file, line ends as they are; without a byte order mark, unless the encoding is plain ``utf-8``.

    :raises FramelensError: if it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode(encoding)
    except (OSError, UnicodeDecodeError) as error:
        raise FramelensError(f"{path}: cannot be read as UTF-8 text ({error}).") from None


def parse_json(line: str) -> Any:
    """A line of JSONL.

    :raises FramelensError: saying what is wrong with it, and where.
    """
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise FramelensError(f"not valid JSON ({error.msg} at column {error.colno})") from None
    except (ValueError, RecursionError):
        raise FramelensError("not valid JSON (nested too deeply, or a number of too many digits)") from None


def parse_annotation(content: Any, taxonomy: Taxonomy) -> Annotation:
    """Check one JSON object of the annotated format.

    :raises FramelensError: if a label, score, voice or span is not one that the format allows.
    """
    text, id = _part(content, "text", str), str(_part(content, "id", str | int))
    labels = {}
    for frame, judged in _part(content, "labels", dict).items():
        if frame not in taxonomy.frame_ids:
            raise FramelensError(f"frame {frame!r} is not in the taxonomy, which has {', '.join(taxonomy.frame_ids)}")
        labels[frame] = _judgement(judged, text, taxonomy)
    return Annotation(
        id=id,
        text=text,
        source=str(_part(content, "source", str, "")),
        doc_id=str(_part(content, "doc_id", str | int, id)),
        annotator=str(_part(content, "annotator", str | int, "")),
        labels=labels,
        meta=_meta(content),
    )


def _meta(content: dict[str, Any]) -> dict[str, Any]:
    others = {name: value for name, value in content.items() if name not in FIELDS}
    nested = others.pop("meta", None) or {}
    meta = others | (nested if isinstance(nested, dict) else {"meta": nested})
    if meta.get("weight") is not None:
        _check_weight(meta["weight"])
    return meta


def _part(content: Any, name: str, kind: Any, default: Any = None) -> Any:
    """A field of a JSON object; where there is none, the default, unless that is None."""
    if not isinstance(content, dict):
        raise FramelensError("an annotation, its labels and each judgement must be JSON objects")
    value = default if content.get(name) is None else content[name]
    if value is None:
        raise FramelensError(f"{name!r} is missing")
    if not isinstance(value, kind):
        raise FramelensError(f"{name!r} is {value!r}, which is not of the right type")
    return value


def _check_weight(weight: Any) -> None:
    # True counts as 1, but is no weight.
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < math.inf:
        raise FramelensError(f"meta.weight {weight!r} is not a number above 0")


def _judgement(judged: Any, text: str, taxonomy: Taxonomy) -> Judgement:
    score, voice = _part(judged, "score", object), judged.get("voice")
    # True and 3.0 equal scores, but are none.
    if type(score) is not int or score not in range(len(SCORE_TARGETS)):
        raise FramelensError(f"score {score!r} is not one of 0, 1, 2, 3")
    if voice is not None and voice not in taxonomy.voice_ids:
        raise FramelensError(f"voice {voice!r} is not one of {', '.join(taxonomy.voice_ids)}")
    spans = {role: tuple(_part(judged, role, list)) if role in judged else None for role in ROLES}
    for role, phrases in spans.items():
        for words in phrases or ():
            if not isinstance(words, str) or not words.strip() or words not in text:
                raise FramelensError(f"{role} {words!r} does not stand in the text, which must hold it verbatim")
    return Judgement(score, voice, spans["actor"], spans["evidence"])
