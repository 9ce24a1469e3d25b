"""What a run was asked for, so that going on with it by another command is noticed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from framelens import __version__
from framelens.data.shards import VERSION
from framelens.model.classifier import FrameClassifier
from framelens.model.tiers import model_folder
from framelens.scripts.inputs import Inputs

# What a weights file of a Hugging Face checkpoint, which has no manifest of ours, is called.
WEIGHTS = ("*.safetensors", "*.bin", "*.onnx")


def identity(inputs: Inputs, classifier: FrameClassifier, model: str | None, options: dict[str, Any]) -> dict[str, Any]:
    """All that the records of a run depend on, as JSON holds it.

    :param model: as the user named it.
    :param options: those that change records or shards, by their names on the command line.
    """
    return {
        "format": VERSION,
        "framelens": __version__,
        "model": {"name": classifier.name, "sha256": _digest(classifier, model)},
        "engine": classifier.engine,
        "options": options,
        "inputs": inputs.fingerprint(),
    }


def difference(then: dict[str, Any], now: dict[str, Any], inputs: Inputs) -> str | None:
    """The first thing in which a run differs from the one that was begun, in words; None where it is the same."""
    for key, name in (("framelens", "framelens"), ("engine", "the engine")):
        if then[key] != now[key]:
            return f"{name} was {then[key]} and is {now[key]}"
    if then["model"] != now["model"]:
        names = [then["model"]["name"], now["model"]["name"]]
        return f"the model was {names[0]} and is {names[1] if len(set(names)) > 1 else 'another of this name'}"
    for option in now["options"]:
        values = [run["options"].get(option) for run in (then, now)]
        if values[0] != values[1]:
            was, now_is = ("not given" if value is None else value for value in values)
            return f"--{option} was {was} and is {now_is}"
    if then["inputs"] != now["inputs"]:
        was, now_is = (f"{run['inputs']['files']:,} files of {run['inputs']['bytes']:,} bytes" for run in (then, now))
        changed = f"; the last changed is {inputs.last_changed()}" if len(inputs) else ""
        if was == now_is:
            return f"the inputs have other names or times of change{changed}"
        return f"the inputs were {was} and are {now_is}{changed}"
    return None


def _digest(classifier: FrameClassifier, model: str | None) -> str:
    """Of the model's manifest, which has the digests of its files; of a checkpoint without one, of its weights too."""
    manifest = classifier.manifest.to_dict()
    digest = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode())
    folder = Path(model_folder(model))
    if not manifest["files"] and folder.is_dir():
        for file in sorted(file for pattern in WEIGHTS for file in folder.glob(pattern)):
            with open(file, "rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()
