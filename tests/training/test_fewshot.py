"""Training from few passages, on a tiny encoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import AutoTokenizer, pipeline, set_seed

from framelens.data import gold_passages, load_annotations, load_taxonomy
from framelens.data.annotations import GoldPassage
from framelens.errors import FramelensError
from framelens.model.calibration import fit_calibration
from framelens.model.checkpoint import load_checkpoint
from framelens.model.network import FrameNetwork, build_network
from framelens.training import fewshot, run
from framelens.training.choosing import chosen
from framelens.training.config import Config, Schedule
from framelens.training.contrastive import contrast, draw_pairs
from framelens.training.examples import build_dataset
from framelens.training.features import Features, frozen_features
from framelens.training.fewshot import fit_few
from framelens.training.linear import Linear, fit_frame, fit_tokens, fit_voices, frame_loss, write_heads
from framelens.training.material import check_splits

Command = Callable[..., CompletedProcess[str]]
EXAMPLES = Path(__file__).parents[2] / "examples"
TAXONOMY = load_taxonomy()
PASSAGES = gold_passages(load_annotations(EXAMPLES / "annotated.jsonl", TAXONOMY))

WITHOUT = [passage for passage in PASSAGES if not passage.frames["threat_inflation"].present][:60]


def config(encoder: Path, output: Path, tuning: str, **schedule: Any) -> Config:
    return Config.model_validate(
        {
            "name": "tiny",
            "data": {"annotations": [str(EXAMPLES / "annotated.jsonl")], "dev": 0.1, "test": 0.4},
            "encoder": {"name": str(encoder), "window": 32, "tuning": tuning},
            "schedule": {"epochs": 0.5, "batch_size": 16, "learning_rate": 1e-3} | schedule,
            "output": str(output),
        }
    )


def features(network: FrameNetwork, passages: list[GoldPassage], encoder: Path) -> Features:
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    return frozen_features(network, list(build_dataset(passages, TAXONOMY, tokenizer, 32)), tokenizer.pad_token_id)


@pytest.fixture(scope="module", params=["heads", "contrastive"])
def model(request: pytest.FixtureRequest, tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp(request.param) / "model"
    assert run.train(config(tiny_encoder, folder, request.param)) is not None
    return folder


def test_the_encoder_learns_by_pairs_alone(model: Path, tiny_encoder: Path) -> None:
    before, after = load_file(tiny_encoder / "model.safetensors"), load_file(model / "model.safetensors")
    frozen = model.parent.name.startswith("heads")
    for name, weight in before.items():
        # Positions beyond the longest passage, types and words that none has are not learnt.
        # A bias of keys moves all weights of attention alike.
        if frozen or not ("embeddings" in name or name.endswith("key.bias")):
            assert torch.equal(after[f"bert.{name}"], weight) is frozen, name


def test_plain_transformers_gives_the_same_probabilities(model: Path) -> None:
    texts = [passage.text for passage in PASSAGES[:8]]
    network, manifest, _ = load_checkpoint(model)
    tokenizer = AutoTokenizer.from_pretrained(model)
    said = pipeline("text-classification", model=str(model), top_k=None)(texts)
    for text, answers in zip(texts, said, strict=True):
        encoded = tokenizer(text, return_tensors="pt")
        with torch.inference_mode():
            ours = torch.sigmoid(network(encoded["input_ids"], encoded["attention_mask"]).frames)[0]
        theirs = {answer["label"]: answer["score"] for answer in answers}
        np.testing.assert_allclose([theirs[frame] for frame in manifest.taxonomy.frame_ids], ours, atol=1e-4)
    assert manifest.calibration.scales != (1.0, 1.0, 1.0)


def test_it_is_exported_and_scores(framelens: Command, model: Path, tmp_path: Path) -> None:
    done = framelens("export", model, "-o", tmp_path / "exported")
    assert done.returncode == 0, done.stderr
    done = framelens("score", EXAMPLES / "articles" / "state_column.txt", "--model", tmp_path / "exported")
    assert done.returncode == 0, done.stderr
    assert '"blame_attribution"' in done.stdout


def test_the_frame_head_is_the_regression(tiny_encoder: Path) -> None:
    network = build_network(str(tiny_encoder), TAXONOMY)
    found = features(network, PASSAGES[:120], tiny_encoder)
    hard = np.where(np.isnan(found.frames), np.nan, (found.frames >= 0.5).astype(np.float32)).astype(np.float32)
    layers = [fit_frame(found.pooled, column, 0.5) for column in hard.T]
    write_heads(network, Linear(*map(np.concatenate, zip(*layers, strict=True))), None, None)
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    text = tokenizer(PASSAGES[130].text, truncation=True, max_length=32, return_tensors="pt")
    with torch.inference_mode():
        ours = torch.sigmoid(network.cpu().eval()(text["input_ids"], text["attention_mask"]).frames)[0].numpy()
    other = features(network, [PASSAGES[130]], tiny_encoder)
    for column in range(3):
        known = ~np.isnan(hard[:, column])
        regression = LogisticRegression(C=0.5, class_weight="balanced", max_iter=2000)
        regression = make_pipeline(StandardScaler(), regression)
        regression.fit(found.pooled[known], hard[known, column])
        assert regression.predict_proba(other.pooled)[0, 1] == pytest.approx(ours[column], abs=2e-3)


def test_a_probability_counts_as_a_share_of_a_yes_and_a_no() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3)).astype(np.float32)
    sure = (x[:, 0] > 0).astype(np.float32)
    strict, mild = (fit_frame(x, np.abs(sure - doubt), 100.0) for doubt in (0.02, 0.25))
    assert np.abs(strict.weight).max() > 1.5 * np.abs(mild.weight).max()
    unjudged = np.where(np.arange(200) < 100, sure, np.nan).astype(np.float32)
    np.testing.assert_allclose(fit_frame(x, unjudged, 1.0).weight, fit_frame(x[:100], sure[:100], 1.0).weight)
    # The answer lies lower where a present frame weighs less than as much as an absent one.
    assert fit_frame(x, sure, 1.0, 0.1).bias < fit_frame(x, sure, 1.0).bias
    assert frame_loss(strict(x)[:, 0], sure) < frame_loss(np.zeros(200), sure) == pytest.approx(np.log(2))


def test_voices_and_words_are_learnt(tiny_encoder: Path) -> None:
    """From features that tell them, which those of an encoder that knows nothing do not."""
    found = features(build_network(str(tiny_encoder), TAXONOMY), PASSAGES[:60], tiny_encoder)
    rows, frames = np.nonzero(~np.isnan(found.voices).any(-1))
    mean = np.random.default_rng(0).normal(size=found.mean.shape).astype(np.float32)
    mean[rows, :3] += 8 * found.voices[rows, frames]
    marks = [np.nan_to_num(mark, nan=0.0) for mark in found.marks]
    states = [np.pad(mark.reshape(len(mark), 6), ((0, 0), (0, 26))) for mark in marks]
    told = replace(found, mean=mean, states=states)
    voices = fit_voices(told, 0.1)
    assert voices is not None
    right = voices(mean[rows]).argmax(1) == found.voices[rows, frames].argmax(1)
    assert right.mean() > 0.9
    truth = np.concatenate(found.marks).reshape(-1, 6)
    said = fit_tokens(told)(np.concatenate(states)) > 0
    assert (said == (truth > 0.5))[~np.isnan(truth)].mean() > 0.95


@pytest.mark.parametrize("kinds", [0, 1, 2])
def test_voices_that_few_or_none_named(tiny_encoder: Path, kinds: int) -> None:
    found = features(build_network(str(tiny_encoder), TAXONOMY), PASSAGES[:40], tiny_encoder)
    named = ~np.isnan(found.voices).any(-1)
    only = np.full_like(found.voices, np.nan)
    for number, (row, frame) in enumerate(np.argwhere(named) if kinds else ()):
        only[row, frame] = np.eye(3)[number % kinds]
    voices = fit_voices(replace(found, voices=only), 0.1)
    if not kinds:
        assert voices is None
    else:
        assert voices is not None
        assert (voices(found.mean).argmax(1) < kinds).all()
        assert np.isfinite(voices.weight).all()


def test_pairs_bring_passages_of_a_frame_together(tiny_encoder: Path) -> None:
    # Heads and dropout are drawn at random.
    set_seed(0)
    network = build_network(str(tiny_encoder), TAXONOMY)
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    rows = list(build_dataset(PASSAGES[:80], TAXONOMY, tokenizer, 32))
    head, voices = network.frame_layer.weight.detach().clone(), network.heads.voice.weight.detach().clone()

    def gap() -> float:
        """How much nearer pairs with the same frame are than pairs with and without it, as cosines."""
        read = frozen_features(network, rows, 0)
        pairs, same = next(draw_pairs(read.frames, 400, 400, seed=9))
        first, second = torch.from_numpy(read.pooled[pairs.T])
        cosines = torch.nn.functional.cosine_similarity(first, second)
        return (cosines[same == 1].mean() - cosines[same == 0].mean()).item()

    before = gap()
    losses = contrast(network, rows, Schedule(epochs=24, batch_size=32, learning_rate=5e-3), 0, 0)
    assert len(losses) == 120
    assert gap() > before + 0.1
    assert torch.equal(network.frame_layer.weight, head)
    assert torch.equal(network.heads.voice.weight, voices)
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_frames_take_turns_in_pairs_with_and_without_them() -> None:
    frames = np.array([[0.98, 0.02], [0.75, np.nan], [0.02, 0.02], [0.25, 0.98], [0.02, 0.98]], np.float32)
    pairs, same = (np.concatenate(parts) for parts in zip(*draw_pairs(frames, 40, 16, seed=1), strict=True))
    assert pairs.shape == (40, 2)
    assert same.sum() == 20
    for (one, other), alike in zip(pairs, same, strict=True):
        assert one != other
        first, second = frames[one] >= 0.5, frames[other] >= 0.5
        assert (first & second).any() if alike else (first != second).any()
    # Nobody has the second frame twice here.
    pairs, _ = next(draw_pairs(frames[:4], 40, 40, seed=1))
    assert set(pairs[:, 0]) == {0, 1}
    assert not list(draw_pairs(frames[2:3], 40, 40, seed=1))


def test_a_small_dev_chooses_together_with_folds_of_train(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    splits = {"train": PASSAGES[:80], "dev": PASSAGES[80:100], "test": []}
    made = config(tiny_encoder, tmp_path, "heads")
    few = fit_few(made, splits, TAXONOMY).held_out
    assert len(few.frames) == 100
    present = np.array([[passage.frames[frame].present for frame in TAXONOMY.frame_ids] for passage in PASSAGES[:100]])
    assert few.present.sum(0).tolist() == present.sum(0).tolist()
    # Predicted by others than the final model, and not at random.
    monkeypatch.setattr(fewshot, "ENOUGH", 1)
    alone = fit_few(made, splits, TAXONOMY).held_out
    assert len(alone.frames) == 20
    assert few.tokens.shape == few.marks.shape


def test_the_heads_of_a_model_of_the_same_frames_go_on(model: Path, tmp_path: Path) -> None:
    assert run.train(config(model, tmp_path / "next", "heads")) is not None
    before, after = (load_file(folder / "heads.safetensors") for folder in (model, tmp_path / "next"))
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_heads_of_a_whole_encoder_are_not_kept_on_fewer_layers(model: Path, tmp_path: Path) -> None:
    made = config(model, tmp_path / "next", "heads")
    fewer = made.model_copy(update={"encoder": made.encoder.model_copy(update={"layers": 1})})
    assert run.train(fewer) is not None
    before, after = (load_file(folder / "heads.safetensors") for folder in (model, tmp_path / "next"))
    assert not torch.equal(before["token.weight"], after["token.weight"])


def test_span_thresholds_of_heads_that_go_on_stay_where_nobody_marked(model: Path, tmp_path: Path) -> None:
    made = config(model, tmp_path, "heads")
    splits = {"train": PASSAGES[:80], "dev": PASSAGES[80:100], "test": []}
    few = fit_few(made, splits, TAXONOMY)
    bare = replace(few.held_out, marks=np.where(few.held_out.marks > 0, 0, few.held_out.marks))
    kept = load_checkpoint(model)[1].span_thresholds
    assert few.spans == kept
    blank = load_checkpoint(model)[1]
    assert chosen(blank, replace(few, held_out=bare)).span_thresholds == kept


def test_a_ranking_that_is_chance_is_not_turned_round() -> None:
    logits = np.linspace(-2, 2, 40)[:, None]
    calibration = fit_calibration(logits, (logits < 0).astype(np.int64))
    assert calibration.scales[0] > 0
    mild, strong = (fit_calibration(logits, (logits > 0).astype(np.int64), strength) for strength in (0.01, 100.0))
    assert mild.scales[0] < strong.scales[0]


@pytest.mark.parametrize(
    ("passages", "message"),
    [
        (
            [p for p in PASSAGES if not p.frames["threat_inflation"].present][:60],
            "no train passage has threat_inflation",
        ),
        (
            [p for p in PASSAGES if not p.frames["threat_inflation"].present][:60]
            + [p for p in PASSAGES if p.frames["threat_inflation"].present][:3],
            "only 3 of 63 train passages has threat_inflation, and encoder.tuning: heads needs 4",
        ),
    ],
)
def test_too_few_with_a_frame_are_refused(
    tiny_encoder: Path, tmp_path: Path, passages: list[GoldPassage], message: str
) -> None:
    with pytest.raises(FramelensError, match=message):
        check_splits(config(tiny_encoder, tmp_path, "heads"), {"train": passages, "dev": [], "test": []}, TAXONOMY)


def test_a_frame_of_one_document_cannot_be_held_out(tiny_encoder: Path, tmp_path: Path) -> None:
    passages = [
        replace(p, source="s", doc_id="one" if p.frames["threat_inflation"].present else p.doc_id)
        for p in PASSAGES[:100]
    ]
    splits = {"train": passages[:90], "dev": [p for p in passages[90:] if p.doc_id != "one"], "test": []}
    with pytest.raises(FramelensError, match=r"have threat_inflation, or .* are of too few documents"):
        fit_few(config(tiny_encoder, tmp_path, "heads"), splits, TAXONOMY)
    one = [replace(passage, source="s", doc_id="one") for passage in PASSAGES[:60]]
    with pytest.raises(FramelensError, match="all train passages are of the document s/one"):
        fit_few(config(tiny_encoder, tmp_path, "heads"), {"train": one, "dev": PASSAGES[60:70]}, TAXONOMY)


def test_a_dev_without_a_passage_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match="there is no dev passage"):
        check_splits(config(tiny_encoder, tmp_path, "heads"), {"train": PASSAGES, "dev": [], "test": []}, TAXONOMY)


def test_there_is_nothing_to_resume(tiny_encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(FramelensError, match="contrastive writes no checkpoints; run without --resume"):
        run.train(config(tiny_encoder, tmp_path, "contrastive"), resume=True)


def test_the_command_says_how_well_each_frame_is_told(framelens: Command, tiny_encoder: Path, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(config(tiny_encoder, tmp_path / "model", "heads").model_dump_json())
    done = framelens("train", path)
    assert done.returncode == 0, done.stderr
    for frame in TAXONOMY.frame_ids:
        assert f"framelens: {frame}: " in done.stderr
    assert "average precision" in done.stderr
    card = (tmp_path / "model" / "README.md").read_text()
    assert "Heads by regression on the frozen encoder" in card
    assert "by epoch" not in card
