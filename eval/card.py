"""The model card: an evaluation for people, as a model folder has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from framelens.eval.tables import cell, figures_table

_CARD = """---
library_name: framelens
pipeline_tag: text-classification
language: en
---
# {name}

Labels how a passage of English text frames. Each frame is an independent probability; where a frame is
present the model also gives the voice that carries it and the words that are its actor and its evidence.

A label says how a text frames, not whether what it says is true, and a frame in the voice `reported` or
`rebutted` is not the author's. Do not use the labels to judge people, or without reading the evidence.

## Measured

{measured}

## Made

{start} `{encoder}` on {passages}, by document apart from dev and test, near-duplicates of either
dropped. {chosen} Several judgements of one passage are averaged. {about}

{history}All figures and the whole configuration are in `eval.json`.
"""

_PARITY = "## Runtime files"

# How a model was made, by encoder.tuning: what begins the sentence, and how the rest was chosen.
_FEW = (
    "Calibration (Platt scaling) and thresholds are fitted on passages that were not learnt from: those of dev, and "
    "where dev is small those of train too, each predicted by a model that had not seen its document."
)
_MADE = {
    "full": (
        "Fine-tuned from",
        "The epoch with the best macro average precision on dev is kept; calibration (Platt scaling) and thresholds "
        "are fitted on dev.",
    ),
    "heads": ("Heads by regression on the frozen encoder", _FEW),
    "contrastive": ("Tuned by pairs of passages (as SetFit does), then heads by regression, from", _FEW),
}


def write_card(folder: Path, name: str, evaluation: dict[str, Any]) -> None:
    """Write the model card (README.md) of a model folder from what ``eval.json`` holds."""
    parts = []
    for split in ("test", "dev"):
        if split in evaluation:
            used = (
                "held out: nothing was chosen on it"
                if split == "test"
                else "used to choose epoch, calibration and thresholds"
            )
            parts.append(f"### {split.capitalize()} ({used})\n\n{figures_table(evaluation[split])}")
    if "baseline" in evaluation:
        figures = evaluation["baseline"]["figures"]
        lines = [
            f"{evaluation['baseline']['model']} on the same split: macro average precision "
            f"{cell(figures['macro/average_precision'])}, macro F1 {cell(figures['macro/f1'])}."
        ]
        parts.append("### Baseline\n\n" + "\n".join(lines))
    if evaluation.get("operating"):
        parts.append(f"### Where frames are rarer\n\n{_operating_table(evaluation['operating'])}")
    training = evaluation["training"]
    start, choice = _MADE[training["config"]["encoder"].get("tuning", "full")]
    searched = ""
    if training.get("trials"):
        searched = (
            f"The settings are the best of {training['trials']} trials on dev, whose figures are therefore too good. "
        )
    history = f"{searched}Macro average precision on dev by epoch: " + ", ".join(
        f"{epoch['eval_macro_ap']:.3f}" for epoch in training["history"]
    )
    passages = f"{training['passages']['gold']:,} annotated passages"
    if training["passages"]["soft"]:
        passages += f" and {training['passages']['soft']:,} that a teacher labelled with probabilities"
    card = _CARD.format(
        name=name,
        measured="\n\n".join(parts),
        encoder=training["config"]["encoder"]["name"].removeprefix("package:"),
        passages=passages,
        about=training["config"]["about"],
        history=history + ".\n\n" if training["history"] else "",
        start=start,
        chosen=choice,
    )
    (folder / "README.md").write_text(card, encoding="utf-8")


def add_parity(folder: Path, table: str) -> bool:
    """Put into a folder's model card, last, how far its runtime files are from the trained model.

    :param table: takes the place of one that an earlier export put there.
    :returns: whether there is a card.
    """
    path = folder / "README.md"
    if not path.is_file():
        return False
    card = path.read_text(encoding="utf-8").split(f"\n{_PARITY}\n")[0].rstrip()
    path.write_text(f"{card}\n\n{_PARITY}\n\n{table}\n\nThe same for machines is in `parity.json`.\n", encoding="utf-8")
    return True


def _operating_table(points: dict[str, Any]) -> str:
    """Both operating points of each frame as a Markdown table."""
    rows = [
        "The probabilities and stored thresholds fit data in which frames are as common as in test. Where they are as "
        "common as here said, these are the figures on test, passages weighed, and the thresholds on p (chosen on dev) "
        "that fit there.",
        "",
        "| frame | prevalence | point | threshold | precision | recall | f1 |",
        "|---|---|---|---|---|---|---|",
    ]
    for frame, found in points.items():
        for name in ("stored", "natural"):
            point = found[name]
            figures = " | ".join(f"{point[part]:.2f}" for part in ("threshold", "precision", "recall", "f1"))
            rows.append(f"| {frame} | {found['prevalence']:.1%} | {name} | {figures} |")
    return "\n".join(rows)
