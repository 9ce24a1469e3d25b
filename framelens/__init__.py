"""A classifier of narrative framing: who is blamed, who protects, what threatens, in whose voice, by which words.

>>> from framelens import FrameClassifier
>>> clf = FrameClassifier.load()
>>> clf.predict(["The ministry let the dam crack and the valley drowned."])[0]["blame_attribution"].present
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from framelens.errors import FramelensError

if TYPE_CHECKING:
    from framelens.data.records import FrameResult, Prediction, Record, Span
    from framelens.model.classifier import FrameClassifier

__version__ = "0.1.0"

__all__ = ["FrameClassifier", "FrameResult", "FramelensError", "Prediction", "Record", "Span", "__version__"]

# Loaded on first use, so that the command line's --help does not wait for onnxruntime.
_LAZY = {
    "FrameClassifier": "framelens.model.classifier",
    "FrameResult": "framelens.data.records",
    "Prediction": "framelens.data.records",
    "Record": "framelens.data.records",
    "Span": "framelens.data.records",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'framelens' has no attribute {name!r}")
