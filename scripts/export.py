"""``framelens export``: the runtime files of a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framelens.errors import FramelensError
from framelens.scripts.exits import guarded, overwriting, quieten, say, show


@guarded
def export(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A trained model folder.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Write the runtime files here.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a model that is there.")] = False,
    fast: Annotated[
        bool, typer.Option("--fast", help="Faster and less exact int8; good for MiniLM, bad for MPNet.")
    ] = False,
    int8_only: Annotated[
        bool, typer.Option("--int8-only", help="Leave out the fp16 weights, which a GPU or further training needs.")
    ] = False,
    check: Annotated[
        str | None,
        typer.Option(
            metavar="INPUT",
            help="Compare with the trained model on these passages; any input of score.",
            show_default="English ones that come with framelens",
        ),
    ] = None,
) -> None:
    """Make the runtime files of a trained model, and say how far they are from it.

    DIR gets int8 ONNX, fp16 safetensors, checksums, the model card, and
    parity.json: how far each file's probabilities, decisions, voices and spans
    are from the trained model's.

    Examples:
      framelens export runs/my-frames -o runs/exported
      framelens export runs/my-frames -o small/ --int8-only --check articles/
    """
    from framelens.eval.card import add_parity
    from framelens.eval.parity import beyond_limits, parity, parity_texts, save_parity
    from framelens.eval.tables import parity_table
    from framelens.model.classifier import FrameClassifier
    from framelens.model.manifest import CLASSIFIER, FILE, ONNX, read_manifest
    from framelens.model.torch_engine import load_torch
    from framelens.training.export import export as write

    if output.resolve() == model.resolve():
        raise FramelensError(f"{output} is the trained model itself; write somewhere else.")
    overwriting(output / FILE, overwrite)
    # A checkpoint that framelens did not train would load too, but has no voices and no spans.
    read_manifest(model)
    quieten()
    trained = FrameClassifier(load_torch(str(model), "cpu"))
    texts, found = parity_texts(check, trained.window)
    manifest = write(model, output, fast, int8_only)
    runtime = {ONNX: FrameClassifier.load(output, "cpu")}
    if not int8_only:
        runtime[CLASSIFIER] = FrameClassifier(load_torch(str(output), "cpu"))
    report = {"from": check or "framelens", "found": found} | parity(trained, runtime, texts)
    save_parity(report, output)
    table = parity_table(report)
    if not add_parity(output, table):
        say(f"{model} has no README.md, so {output} has no model card; 'framelens train' writes one.")
    todo = f"score with: framelens score INPUT --model {output}"
    say(f"{manifest.name} is in {output}: {', '.join(manifest.files)}; {todo}")
    show(table)
    for sentence in beyond_limits(report):
        way_out = "export without --fast" if fast else f"see what that costs: framelens evaluate {output} DATA"
        say(f"{sentence}; {way_out}.")
