"""Runtime files of a trained model: int8 ONNX for the CPU, fp16 safetensors for a GPU."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import onnx
import torch
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers.optimizer import optimize_model
from torch import Tensor, nn
from transformers import AutoTokenizer

from framelens.model.checkpoint import CONFIG, load_checkpoint, save_checkpoint
from framelens.model.manifest import CLASSIFIER, HEADS, ONNX, TOKENIZER, Manifest, write_manifest
from framelens.model.network import FrameNetwork

# What travels with a model besides the files that run.
NOTES = ("README.md", "eval.json")


def export(model: Path, output: Path, fast: bool = False, int8_only: bool = False) -> Manifest:
    """Write the runtime files of a trained model folder.

    :param fast: as for :func:`write_onnx`.
    :param int8_only: leave out the fp16 weights, which a GPU or further training needs.
    :returns: the manifest of the new folder.
    :raises FramelensError: naming the file of the model that is missing or damaged.
    """
    network, manifest, _ = load_checkpoint(model)
    save_checkpoint(output, network, AutoTokenizer.from_pretrained(model), manifest, dtype=torch.float16)
    write_onnx(network.float(), output / ONNX, fast)
    for name in NOTES:
        if (model / name).exists() and model != output:
            shutil.copyfile(model / name, output / name)
    files = [CLASSIFIER, HEADS, CONFIG, TOKENIZER, ONNX]
    if int8_only:
        for name in (CLASSIFIER, HEADS, CONFIG):
            (output / name).unlink()
            files.remove(name)
    return write_manifest(output, manifest, files)


def write_onnx(network: FrameNetwork, path: Path, fast: bool = False) -> None:
    """Trace, fuse and quantise to int8.

    :param fast: quantise the upper half of the layers with one scale for all activations of a batch, not in blocks.
        Up to a quarter faster, and near enough to fp32 for MiniLM-L6 (mean |Δp| 0.004) but not for MPNet, whose
        activations have outliers throughout (0.13; in blocks 0.005), least on processors without VNNI.
    """
    config = network.classifier.config
    network.classifier.set_attn_implementation("eager")
    with tempfile.TemporaryDirectory() as folder:
        traced, fused, blocked = (str(Path(folder, name)) for name in ("traced.onnx", "fused.onnx", "blocked.onnx"))
        ids = torch.ones(2, 8, dtype=torch.int64)
        axes = {name: {0: "passages", 1: "tokens"} for name in ("input_ids", "attention_mask", "tokens")}
        torch.onnx.export(
            _Traceable(network).eval(),
            (ids, torch.ones_like(ids)),
            traced,
            input_names=["input_ids", "attention_mask"],
            output_names=["frames", "voices", "tokens"],
            dynamic_axes=axes | {name: {0: "passages"} for name in ("frames", "voices")},
            opset_version=17,
            dynamo=False,
        )
        optimize_model(
            traced, "bert", num_heads=config.num_attention_heads, hidden_size=config.hidden_size, opt_level=1
        ).save_model_to_file(fused)
        _quantize_blocks(fused, blocked, _lower_half(config.num_hidden_layers) if fast else re.compile(""))
        quantize_dynamic(
            blocked,
            str(path),
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=None if fast else ["Gather", "EmbedLayerNormalization"],
            # Fused operators hide their output types from ONNX's shape inference.
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )


def _lower_half(layers: int) -> re.Pattern[str]:
    """Names of the feed-forward weights of the lower half of the layers, whose activations have most outliers."""
    return re.compile(rf"layer\.({'|'.join(map(str, range((layers + 1) // 2)))})/(intermediate|output)/dense")


def _quantize_blocks(source: str, target: str, chosen: re.Pattern[str]) -> None:
    """Quantise the weights with a chosen name in blocks of 128, each with a scale of its own."""
    model = onnx.load(source)
    others = [node.name for node in model.graph.node if node.op_type == "MatMul" and not chosen.search(node.name)]
    quantizer = MatMulNBitsQuantizer(
        model, bits=8, block_size=128, is_symmetric=True, accuracy_level=4, nodes_to_exclude=others
    )
    quantizer.process()
    quantizer.model.save_model_to_file(target)


class _Traceable(nn.Module):
    """The network with plain tensors out, as the exporter wants them."""

    def __init__(self, network: FrameNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        logits = self.network(input_ids, attention_mask)
        return logits.frames, logits.voices, logits.tokens
