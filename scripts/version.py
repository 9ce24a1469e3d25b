"""What ``framelens --version`` says."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from framelens import __version__
from framelens.errors import FramelensError
from framelens.model.manifest import read_manifest
from framelens.model.tiers import DEFAULT


def version_line() -> str:
    """Version, shipped model and its engine, with neither loaded."""
    try:
        name = read_manifest(DEFAULT).name
    except FramelensError as error:
        return f"framelens {__version__}, without its model: {error}"
    # Whether torch can use a GPU is known only when it is imported, which takes seconds.
    gpu = "; framelens info says whether a GPU is used" if shutil.which("nvidia-smi") and find_spec("torch") else ""
    return f"framelens {__version__}, {name} on onnxruntime {_version('onnxruntime')} (int8, CPU{gpu})"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"
