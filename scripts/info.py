"""``framelens info``: what this installation is and would use."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from framelens import __version__
from framelens.scripts.completion import model_names
from framelens.scripts.exits import guarded

PACKAGES = ("onnxruntime", "tokenizers", "pyarrow", "torch", "transformers")


@guarded
def info(
    model: Annotated[
        str | None,
        typer.Option(
            help="A model folder, or: accurate.", show_default="the shipped model", autocompletion=model_names
        ),
    ] = None,
) -> None:
    """Show the version, the model, the engine and the devices that would be used.

    It loads the model, and so tells too whether its files are whole.

    Examples:
      framelens info
      framelens info --model accurate
    """
    from framelens.model.classifier import FrameClassifier
    from framelens.model.engines import cuda_available
    from framelens.model.tiers import TIERS, model_folder

    classifier = FrameClassifier.load(model)
    manifest = classifier.manifest
    table = Table.grid(padding=(0, 2))
    table.add_column()
    # A long path goes on in the next line, whole.
    table.add_column(overflow="fold")
    table.add_row("framelens", __version__)
    table.add_row("python", f"{platform.python_version()}, {platform.platform()}")
    table.add_row("model", f"{classifier.name} ({model_folder(model)})")
    for tier in TIERS:
        table.add_row(f"--model {tier}", _tier(tier))
    table.add_row("window", f"{manifest.window} tokens")
    table.add_row("engine", classifier.engine)
    table.add_row("devices", "cuda, cpu" if cuda_available() else "cpu (no CUDA device that torch can use)")
    for frame, threshold in zip(manifest.taxonomy.frames, manifest.thresholds, strict=True):
        table.add_row(frame.id, f"present from p = {threshold:.2f}. {frame.definition}")
    table.add_row("voices", ", ".join(manifest.taxonomy.voice_ids) if manifest.heads else "none")
    for package in PACKAGES:
        table.add_row(package, _version(package))
    Console(highlight=False, soft_wrap=True).print(table)


def _tier(tier: str) -> str:
    from framelens.model.manifest import read_manifest
    from framelens.model.tiers import how_to_install, tier_folder

    folder = tier_folder(tier)
    return f"not installed; {how_to_install(tier)}" if folder is None else f"{read_manifest(folder).name} ({folder})"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed; needed for training and GPUs: pip install 'framelens[train]'"
