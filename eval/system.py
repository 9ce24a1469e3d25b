"""What is measured: a model or a baseline, by name."""

from __future__ import annotations

from dataclasses import dataclass

from framelens.data.taxonomy import Taxonomy
from framelens.model.classifier import FrameClassifier


@dataclass(frozen=True)
class System:
    """A model or a baseline as figures need it.

    ``engine``: what runs it, in words. ``thresholds``: the p, 0 to 1, from which each frame counts as
    present, in the order of the taxonomy's frames.
    """

    name: str
    engine: str
    taxonomy: Taxonomy
    thresholds: tuple[float, ...]

    @classmethod
    def of(cls, classifier: FrameClassifier) -> System:
        """A classifier with its stored thresholds."""
        return cls(classifier.name, classifier.engine, classifier.taxonomy, classifier.manifest.thresholds)
