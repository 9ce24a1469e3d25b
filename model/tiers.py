"""The models that have a name of their own: the shipped one, and tiers that are distributions beside it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from framelens.errors import FramelensError
from framelens.model.manifest import FILE

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
    folder = tier_folder(name)
    if folder is None:
        raise FramelensError(f"the model {name!r} is not installed; {how_to_install(name)}.")
    return str(folder)


def tier_folder(tier: str) -> Path | None:
    """The model folder of a tier, or None where its package is not installed, or has no model in it."""
    spec = find_spec(TIERS[tier])
    for package in (spec.submodule_search_locations or ()) if spec is not None else ():
        if (Path(package) / "weights" / FILE).is_file():
            return Path(package) / "weights"
    return None


def how_to_install(tier: str) -> str:
    """What a user does to have a tier; its distribution is the folder of its name in the repository."""
    return f"in a clone of framelens: pip install ./{tier}"
