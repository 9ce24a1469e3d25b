"""Training from few passages: an encoder that is frozen or contrastively tuned, and regressions on it as heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedGroupKFold
from transformers import set_seed

from framelens.data.annotations import GoldPassage
from framelens.data.taxonomy import Taxonomy
from framelens.errors import FramelensError
from framelens.model.manifest import read_manifest
from framelens.model.network import FrameNetwork
from framelens.training.augmentation import swap_some
from framelens.training.choosing import Fitted, HeldOut
from framelens.training.config import Config
from framelens.training.contrastive import contrast
from framelens.training.encoders import continues, load_encoder, resolve_encoder
from framelens.training.examples import build_dataset
from framelens.training.features import Features, Floats, Rows, frozen_features
from framelens.training.linear import Linear, fit_frame, fit_tokens, fit_voices, frame_loss, voice_loss, write_heads
from framelens.training.material import with_soft
from framelens.training.progress import tell

# With so many dev passages that have a frame, and that lack it, dev alone chooses.
ENOUGH = 50
# Parts that train is dealt into otherwise; contrastive tuning goes through the encoder once for each.
_FOLDS = {"heads": 5, "contrastive": 3}
# Inverse strengths of the penalty on the weights, of the scale of features of unit variance.
_STRENGTHS = (0.001, 0.01, 0.1, 1.0)
# That on the scale of the calibration: what few passages do not show is answered with how common the frame is.
_CALIBRATION = 1.0

Places = NDArray[np.intp]
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class _Part:
    """Passages that are held out, and those learnt from without them, as one network sees both."""

    learnt: Features
    held: Features


def fit_few(config: Config, splits: dict[str, list[GoldPassage]], taxonomy: Taxonomy) -> Fitted:
    """Learn from ``splits["train"]`` as ``encoder.tuning`` says, ``heads`` or ``contrastive``.

    A dev that is large enough chooses the penalties, and later calibration and thresholds. A small one is noise: then
    train is dealt by document into folds, each predicted by a model that has not seen it, and these predictions and
    those of dev choose together. Dev is not learnt from.

    :raises FramelensError: if the encoder cannot be loaded or its frame head is of another kind, if a frame cannot be
        held out, or a loss is no number.
    """
    set_seed(config.seed)
    start, tokenizer = load_encoder(config.encoder, taxonomy)
    padding = tokenizer.pad_token_id or 0
    passages = list(swap_some(with_soft(config.data, splits, taxonomy), config.data.swap, config.seed))
    rows, dev = (
        list(build_dataset(part, taxonomy, tokenizer, config.encoder.window)) for part in (passages, splits["dev"])
    )
    network = _tuned(config, start, rows, padding)
    final = frozen_features(network, rows, padding)
    parts = [_Part(final, frozen_features(network, dev, padding))]
    if not _enough(parts[0].held.frames):
        documents = [passage.document for passage in passages]
        # A teacher's labels are learnt from, and choose nothing.
        soft = np.arange(len(splits["train"]) * (config.data.gold_repeats if config.data.soft else 1), len(rows))
        for rest, held in _deal(final.frames[: len(rows) - len(soft)], documents, config):
            learnt = np.concatenate([rest, soft])
            seen = final
            if config.encoder.tuning == "contrastive":
                other = _tuned(config, start, [rows[place] for place in learnt], padding)
                seen = frozen_features(other, rows, padding)
            parts.append(_Part(seen.take(learnt), seen.take(held)))
    frames, logits = _frame_heads(config, taxonomy, parts)
    # The other heads of a model of the same frames have learnt from more than there is here, on this very encoder.
    keeps = config.encoder.tuning == "heads" and continues(config.encoder, taxonomy)
    heads = [_token_head(network)] * len(parts) if keeps else [fit_tokens(part.learnt) for part in parts]
    write_heads(network, frames, None if keeps else _voice_head(parts), None if keeps else heads[0])
    spans = read_manifest(Path(resolve_encoder(config.encoder.name))).span_thresholds if keeps else None
    return Fitted(network, tokenizer, _held_out(parts, logits, heads), len(rows), strength=_CALIBRATION, spans=spans)


def _tuned(config: Config, start: FrameNetwork, rows: Rows, padding: int) -> FrameNetwork:
    """The network that is to be frozen: the one to start from, or a copy of it that has learnt from the rows."""
    if config.encoder.tuning == "heads":
        return start
    network = deepcopy(start)
    losses = contrast(network, rows, config.schedule, config.seed, padding)
    half = len(losses) // 2
    if half:
        first, last = float(np.mean(losses[:half])), float(np.mean(losses[half:]))
        tell(f"{len(losses):,} steps on pairs of {len(rows):,} passages: loss {first:.3f}, later {last:.3f}.")
    return network


def _deal(frames: Floats, documents: Sequence[str], config: Config) -> Iterator[tuple[Places, Places]]:
    """Places of the passages to learn from and to hold out, by fold; a document is in one fold whole."""
    groups = np.unique(documents[: len(frames)], return_inverse=True)[1]
    if not groups.any():
        raise FramelensError(f"all train passages are of the document {documents[0]}; add annotations of others.")
    # Each fold is to have its share of the rarest frame, then of the next.
    order = np.argsort((frames >= 0.5).sum(0))
    present = frames[:, order] >= 0.5
    rarest = np.where(present.any(1), present.argmax(1), len(order))
    # scikit-learn wants one kind at least that there is enough of for each fold.
    folds = max(2, min(_FOLDS[config.encoder.tuning], int(groups.max()) + 1, int(np.bincount(rarest).max())))
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=config.seed)
    for rest, held in splitter.split(frames, rarest, groups):
        if len(rest) and len(held):
            yield rest, held


def _frame_heads(config: Config, taxonomy: Taxonomy, parts: Sequence[_Part]) -> tuple[Linear, list[Scores]]:
    """The regression of each frame on the passages that the first part learns from, with the penalty that suits.

    :returns: one row a frame; and the logits of what each part holds out, (n, frames), NaN where what is left to learn
        from has a frame always or never.
    """
    layers: list[Linear] = []
    logits = [np.full(part.held.frames.shape, np.nan) for part in parts]
    for column, frame in enumerate(taxonomy.frame_ids):
        positive = config.schedule.positive_weights.get(frame)
        able = [number for number, part in enumerate(parts) if _both(part.learnt.frames[:, column])]
        truth = np.concatenate([parts[number].held.frames[:, column] for number in able])
        if not _both(truth):
            raise FramelensError(
                f"the passages that have {frame}, or those that are without it, are of too few documents to hold some "
                "out; add annotations."
            )
        weights, bias, least = None, None, np.inf
        for strength in _STRENGTHS:
            models = [fit_frame(*_learnt(parts[number], column), strength, positive) for number in able]
            scores = [model(parts[n].held.pooled)[:, 0] for n, model in zip(able, models, strict=True)]
            loss = frame_loss(np.concatenate(scores), truth, positive)
            if loss < least:
                # check_splits sees to it that the first part, which is all of train, is able.
                least, (weights, bias) = loss, models[0]
                for number, score in zip(able, scores, strict=True):
                    logits[number][:, column] = score
        if weights is None or bias is None:
            raise FramelensError(f"{frame}: what was held out has no finite loss; try another encoder.")
        layers.append(Linear(weights, bias))
        _report(frame, parts[0].learnt.frames[:, column], truth, np.concatenate([logits[n][:, column] for n in able]))
    return Linear(*(np.concatenate(part) for part in zip(*layers, strict=True))), logits


def _learnt(part: _Part, column: int) -> tuple[Floats, Floats]:
    """What a frame is learnt from: features and targets."""
    return part.learnt.pooled, part.learnt.frames[:, column]


def _voice_head(parts: Sequence[_Part]) -> Linear | None:
    """The regression of the voices, with the penalty that suits."""
    best, least = None, np.inf
    for strength in _STRENGTHS:
        models = [fit_voices(part.learnt, strength) for part in parts]
        loss = sum(voice_loss(model, part.held) for model, part in zip(models, parts, strict=True) if model is not None)
        if loss < least:
            best, least = models[0], loss
    return best


def _report(frame: str, learnt: Floats, truth: Floats, logits: Scores) -> None:
    """Say how well a frame is told that was learnt from so many passages."""
    judged, known = ~np.isnan(learnt), ~np.isnan(truth)
    score = float(average_precision_score(truth[known] >= 0.5, logits[known]))
    share = float((truth[known] >= 0.5).mean())
    told = f"average precision {score:.2f} on what was held out, {share:.2f} by chance"
    weak = "" if score > share else "; it is not learnt, so add annotations"
    tell(f"{frame}: {(learnt[judged] >= 0.5).sum():,} of {judged.sum():,} passages, {told}{weak}.")


def _held_out(parts: Sequence[_Part], logits: Sequence[Scores], heads: Sequence[Linear]) -> HeldOut:
    """All that was held out, together."""
    truth, scores = np.concatenate([part.held.frames for part in parts]), np.concatenate(logits)
    marks = [mark for part in parts for mark in part.held.marks]
    shape = (len(marks), max(1, *map(len, marks)), *marks[0].shape[1:])
    tokens, padded = np.full(shape, np.nan, np.float32), np.full(shape, np.nan, np.float32)
    states = [(head, state) for part, head in zip(parts, heads, strict=True) for state in part.held.states]
    for place, (mark, (head, state)) in enumerate(zip(marks, states, strict=True)):
        padded[place, : len(mark)] = mark
        tokens[place, : len(mark)] = head(state).reshape(mark.shape)
    return HeldOut(
        frames=np.nan_to_num(scores),
        present=np.where(np.isnan(truth) | np.isnan(scores), -1, truth >= 0.5),
        tokens=tokens,
        marks=padded,
    )


def _token_head(network: FrameNetwork) -> Linear:
    layer = network.heads.token
    return Linear(layer.weight.detach().cpu().numpy(), layer.bias.detach().cpu().numpy())


def _enough(frames: Floats) -> bool:
    counts = [(side & ~np.isnan(frames)).sum(0).min() for side in (frames >= 0.5, frames < 0.5)]
    return bool(min(counts) >= ENOUGH)


def _both(targets: Floats) -> bool:
    """Whether some of the passages have a frame and some lack it."""
    return bool((targets >= 0.5).any() and (targets < 0.5).any())
