"""The encoder that a run starts from."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError
from framelens.model.manifest import FILE, read_manifest
from framelens.model.network import FrameNetwork, build_network
from framelens.model.tiers import DEFAULT_NAME, TIERS, model_folder
from framelens.training.config import Encoder


def load_encoder(encoder: Encoder, taxonomy: Taxonomy) -> tuple[FrameNetwork, PreTrainedTokenizerBase]:
    """A network on the encoder that a config names, and the encoder's tokenizer.

    :raises FramelensError: if the encoder is missing or cannot be loaded.
    """
    folder = resolve_encoder(encoder.name)
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return build_network(folder, taxonomy, encoder.layers), AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise FramelensError(
            f"{encoder.name}: the encoder cannot be loaded ({reason}); give encoder.name another."
        ) from None


def continues(encoder: Encoder, taxonomy: Taxonomy) -> bool:
    """Whether the encoder is a model folder of the same taxonomy, whole, so that its heads go on where they were."""
    if encoder.layers is not None:
        return False
    folder = Path(resolve_encoder(encoder.name))
    return (folder / FILE).is_file() and read_manifest(folder).taxonomy == taxonomy


def resolve_encoder(name: str) -> str:
    """The folder or hub name behind an encoder's name.

    :param name: ``default`` for the shipped model, a tier, ``package:NAME`` for a folder in an installed Python
        package, or a folder or hub name, which is returned as it is.
    :raises FramelensError: if the package is not installed or holds no encoder.
    """
    if name == DEFAULT_NAME or name in TIERS:
        return model_folder(name)
    if not name.startswith("package:"):
        return name
    package = name.removeprefix("package:")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FramelensError(f"{name}: the package is not installed; run: pip install {package.replace('_', '-')}.")
    found = sorted(Path(spec.origin).parent.rglob("config.json"), key=lambda path: len(path.parts))
    if not found:
        raise FramelensError(f"{name}: the package holds no encoder (no config.json).")
    return str(found[0].parent)
