"""What is known of the model behind the records: its codebook, and how often it errs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framelens.data.taxonomy import Label, Taxonomy, load_taxonomy
from framelens.errors import FramelensError
from framelens.model.manifest import FILE, read_manifest
from framelens.model.tiers import DEFAULT, TIERS, tier_folder

_EVALUATION = "eval.json"


@dataclass(frozen=True)
class Known:
    """A model by name: what its frames and voices mean, and ``test``, its evaluation on test passages, if there is one.

    ``thresholds``: by frame, the p from which it is present; empty where the model is not installed.
    """

    name: str
    taxonomy: Taxonomy
    thresholds: dict[str, float]
    test: dict[str, Any] | None

    def frame(self, id: str) -> Label:
        """A frame's title and definition; one that no installed model knows is titled by its id."""
        return next((frame for frame in self.taxonomy.frames if frame.id == id), Label(id, id.replace("_", " "), ""))

    def figure(self, name: str) -> dict[str, Any] | None:
        """A figure on test passages that the data determine: its ``value`` and ``interval``."""
        found = (self.test or {}).get("figures", {}).get(name)
        return found if found and found["value"] is not None else None


def known_model(name: str, frames: Sequence[str], folder: Path | None = None) -> Known:
    """What the installed model of that name says of itself.

    :param frames: those of the records; a codebook that lacks one of them is not theirs.
    :param folder: of a model that may be the one, besides those that are installed.
    """
    for candidate in (folder, *_installed()):
        if candidate is None or not (candidate / FILE).is_file():
            continue
        try:
            manifest = read_manifest(candidate)
        except FramelensError:
            continue
        if manifest.name == name and set(frames) <= set(manifest.taxonomy.frame_ids):
            thresholds = dict(zip(manifest.taxonomy.frame_ids, manifest.thresholds, strict=True))
            return Known(name, manifest.taxonomy, thresholds, _test(candidate / _EVALUATION))
    return Known(name, load_taxonomy(), {}, None)


def _installed() -> Iterator[Path]:
    yield DEFAULT
    yield from filter(None, map(tier_folder, TIERS))


def _test(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8")).get("test")
    except (OSError, ValueError, AttributeError):
        return None
    return found if isinstance(found, dict) and "figures" in found and "data" in found else None
