"""``framelens export``: the runtime files of a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framelens.errors import FramelensError
from framelens.scripts.exits import guarded, overwriting, quieten, say


@guarded
def export(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A trained model folder.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Write the runtime files here.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a model that is there.")] = False,
    fast: Annotated[
        bool, typer.Option("--fast", help="Faster and less exact int8; good for MiniLM, bad for MPNet: use --check.")
    ] = False,
    int8_only: Annotated[
        bool, typer.Option("--int8-only", help="Leave out the fp16 weights, which a GPU or further training needs.")
    ] = False,
    check: Annotated[
        str | None, typer.Option(metavar="INPUT", help="Compare int8 with fp32 on these passages; any input of score.")
    ] = None,
) -> None:
    """Make the runtime files of a trained model: int8 ONNX, fp16 safetensors, checksums.

    Example: framelens export runs/mine -o exported/ --check articles/
    """
    from framelens.model.manifest import FILE
    from framelens.training.export import compare
    from framelens.training.export import export as write

    if output.resolve() == model.resolve():
        raise FramelensError(f"{output} is the trained model itself; write somewhere else.")
    overwriting(output / FILE, overwrite)
    quieten()
    manifest = write(model, output, fast, int8_only)
    say(f"{manifest.name} is in {output}: {', '.join(manifest.files)}.")
    if check is not None:
        typer.echo(compare(model, output, check))
