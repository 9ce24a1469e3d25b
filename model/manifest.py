"""What a model folder says of itself: names, codebook, calibration, thresholds, and the SHA-256 of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from framelens.data.taxonomy import ROLES, Taxonomy, parse_taxonomy
from framelens.errors import FramelensError

FILE = "framelens.json"
FORMAT = 1
TOKENIZER = "tokenizer.json"
ONNX = "model.int8.onnx"
CLASSIFIER = "model.safetensors"
HEADS = "heads.safetensors"


@dataclass(frozen=True)
class Calibration:
    """Per frame, in the taxonomy's order: ``p = sigmoid(scale * logit + offset)`` (Platt 1999)."""

    scales: tuple[float, ...]
    offsets: tuple[float, ...]


@dataclass(frozen=True)
class Manifest:
    """All that is needed to run a model besides its weights.

    ``window`` counts tokens, special ones included. ``thresholds`` are calibrated probabilities, one a
    frame; ``span_thresholds`` token probabilities, one a role.
    """

    name: str
    taxonomy: Taxonomy
    window: int
    pad_token_id: int
    calibration: Calibration
    thresholds: tuple[float, ...]
    span_thresholds: tuple[float, ...]
    heads: bool = True
    files: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self)}


def uncalibrated(name: str, taxonomy: Taxonomy, window: int, pad_token_id: int, heads: bool = True) -> Manifest:
    """A manifest whose probabilities are plain sigmoids and whose thresholds are one half."""
    count = len(taxonomy.frames)
    calibration = Calibration((1.0,) * count, (0.0,) * count)
    return Manifest(name, taxonomy, window, pad_token_id, calibration, (0.5,) * count, (0.5, 0.5), heads)


def read_manifest(folder: Path) -> Manifest:
    """Read a model folder's manifest.

    :raises FramelensError: if it is missing, damaged, or of a later format.
    """
    path = folder / FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            raise FramelensError(f"{path}: made by a later framelens; upgrade to use this model.")
        taxonomy = parse_taxonomy(content.pop("taxonomy"), str(path))
        calibration = Calibration(*(tuple(content["calibration"][part]) for part in ("scales", "offsets")))
        content.pop("calibration")
        thresholds, spans = tuple(content.pop("thresholds")), tuple(content.pop("span_thresholds"))
        count = len(taxonomy.frames)
        if {len(calibration.scales), len(calibration.offsets), len(thresholds)} != {count} or len(spans) != len(ROLES):
            raise ValueError("calibration and thresholds do not fit the taxonomy")
        if not isinstance(content["files"], dict):
            raise ValueError("files is not a mapping")
        return Manifest(
            taxonomy=taxonomy, calibration=calibration, thresholds=thresholds, span_thresholds=spans, **content
        )
    except OSError as error:
        raise FramelensError(
            f"{path}: not a framelens model ({error.strerror}); give a folder that framelens train or export wrote."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FramelensError(f"{path}: the file is damaged ({error}); fetch or export the model again.") from None


def write_manifest(folder: Path, manifest: Manifest, names: Iterable[str]) -> Manifest:
    """Write the manifest with the SHA-256 of the named files of the folder, and return it."""
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sorted(names)}
    complete = replace(manifest, files=files)
    (folder / FILE).write_text(json.dumps(complete.to_dict(), indent=2) + "\n", encoding="utf-8")
    return complete


def read_verified(folder: Path, manifest: Manifest, name: str) -> bytes:
    """Read a file of a model folder and check it against the manifest; these bytes are what gets loaded.

    :raises FramelensError: naming the file, if it is missing or its SHA-256 differs.
    """
    path = folder / name
    if name not in manifest.files:
        raise FramelensError(f"{path}: the model's {FILE} does not list this file; run 'framelens export' to make it.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FramelensError(f"{path}: cannot be read ({error.strerror}); fetch or export the model again.") from None
    if hashlib.sha256(content).hexdigest() != manifest.files[name]:
        raise FramelensError(f"{path}: damaged, its SHA-256 is not the one in {FILE}; fetch or export the model again.")
    return content
