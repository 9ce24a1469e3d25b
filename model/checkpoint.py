"""Save and load a network: safetensors only, verified, readable by plain transformers."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file
from transformers import AutoConfig, AutoModelForSequenceClassification, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from framelens.data.taxonomy import Label, Taxonomy, load_taxonomy
from framelens.errors import FramelensError
from framelens.model.manifest import (
    CLASSIFIER,
    HEADS,
    TOKENIZER,
    Manifest,
    read_manifest,
    read_verified,
    uncalibrated,
    write_manifest,
)
from framelens.model.network import FrameNetwork

CONFIG = "config.json"


def save_checkpoint(
    folder: Path,
    network: FrameNetwork,
    tokenizer: PreTrainedTokenizerBase,
    manifest: Manifest,
    dtype: torch.dtype = torch.float32,
) -> Manifest:
    """Write a model folder: classifier and heads as safetensors, tokenizer, configuration, manifest.

    :returns: the manifest with the files' SHA-256.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.to(dtype) for name, tensor in network.classifier.state_dict().items()}
    network.classifier.save_pretrained(folder, state_dict=state)
    save_file(
        {name: tensor.to(dtype).contiguous() for name, tensor in network.heads.state_dict().items()}, folder / HEADS
    )
    tokenizer.save_pretrained(folder)
    for name in (CLASSIFIER, HEADS):
        # safetensors keeps its files from other users.
        (folder / name).chmod(0o644)
    return write_manifest(folder, manifest, [CLASSIFIER, HEADS, CONFIG, TOKENIZER])


def load_checkpoint(folder: Path) -> tuple[FrameNetwork, Manifest, bytes]:
    """Load a model folder for inference, in fp32; weights in half precision are widened.

    :returns: the network in evaluation mode, its manifest, and the bytes of its ``tokenizer.json``.
    :raises FramelensError: naming the file that is missing or damaged.
    """
    manifest = read_manifest(folder)
    read_verified(folder, manifest, CONFIG)
    config = AutoConfig.from_pretrained(folder)
    classifier = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)  # type: ignore[no-untyped-call]
    network = FrameNetwork(classifier, manifest.taxonomy)
    for name, module in ((CLASSIFIER, network.classifier), (HEADS, network.heads)):
        try:
            module.load_state_dict(load(read_verified(folder, manifest, name)))
        except (SafetensorError, RuntimeError) as error:
            reason = str(error).splitlines()[0]
            raise FramelensError(f"{folder / name}: does not fit {CONFIG} ({reason}).") from None
    return network.float().eval(), manifest, read_verified(folder, manifest, TOKENIZER)


def load_foreign(name: str) -> tuple[FrameNetwork, Manifest, bytes]:
    """Load a sequence classifier that transformers knows but framelens did not make.

    Its labels become the frames; it has no voices and no spans.

    :param name: a folder or, where a hub can be reached, a hub name.
    """
    from transformers import AutoTokenizer

    previous = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        classifier, loading = AutoModelForSequenceClassification.from_pretrained(
            name, dtype=torch.float32, use_safetensors=True, output_loading_info=True
        )
        if loading["missing_keys"]:
            raise ValueError("it is an encoder without a trained classification head")
        tokenizer = AutoTokenizer.from_pretrained(name, use_fast=True)
        # transformers makes up an empty tokenizer where the files are missing.
        if not tokenizer.is_fast or len(tokenizer) < classifier.config.vocab_size // 2:
            raise ValueError("it has no tokenizer that fits")
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:200]
        raise FramelensError(
            f"{name}: neither a framelens model nor a Hugging Face checkpoint ({reason}); give the folder of one."
        ) from None
    finally:
        transformers_logging.set_verbosity(previous)
    labels = [classifier.config.id2label[index] for index in sorted(classifier.config.id2label)]
    frames = tuple(Label(label, label, "") for label in labels)
    taxonomy = Taxonomy(Path(name).name, "", frames, load_taxonomy().voices)
    window = min(512, tokenizer.model_max_length, getattr(classifier.config, "max_position_embeddings", 512))
    manifest = uncalibrated(Path(name).name, taxonomy, window, tokenizer.pad_token_id or 0, heads=False)
    return FrameNetwork(classifier, taxonomy).eval(), manifest, json_bytes(tokenizer)


def json_bytes(tokenizer: PreTrainedTokenizerBase) -> bytes:
    """The bytes of a fast tokenizer's ``tokenizer.json``."""
    return str(tokenizer.backend_tokenizer.to_str()).encode()
