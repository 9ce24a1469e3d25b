"""What runs the network: onnxruntime on the CPU, torch where there is a GPU."""

from __future__ import annotations

import os
import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from framelens.errors import FramelensError
from framelens.model.manifest import CLASSIFIER, FILE, ONNX, TOKENIZER, Manifest, read_manifest, read_verified

Device = Literal["auto", "cpu", "cuda"]
DEVICES: tuple[Device, ...] = get_args(Device)
Floats = NDArray[np.float32]
HUB_NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*")

_PACKED = {
    "session.optimized_model_external_initializers_file_name": "weights.bin",
    "session.optimized_model_external_initializers_min_size_in_bytes": "1024",
    "session.save_external_prepacked_constant_initializers": "1",
}


class Scores(NamedTuple):
    """Logits as arrays; shapes as in :class:`framelens.model.network.Logits`."""

    frames: Floats
    voices: Floats
    tokens: Floats


class Engine(Protocol):
    """Runs one padded batch."""

    description: str

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Scores: ...


class Model(NamedTuple):
    """An engine with its weights loaded, and what is needed to read its scores."""

    engine: Engine
    manifest: Manifest
    tokenizer: bytes


class OnnxEngine:
    """int8 weights on onnxruntime.

    :param weights: an ONNX file, as bytes or as a path.
    :param threads: how many cores it computes on; without it, all.
    :param packed: write the weights here, packed for this machine, for others to map into memory; their file is beside.
    """

    def __init__(self, weights: bytes | str, threads: int | None = None, packed: Path | None = None) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
        options.intra_op_num_threads = cores if threads is None else threads
        options.log_severity_level = 3
        if packed is not None:
            options.optimized_model_filepath = str(packed)
            for key, value in _PACKED.items():
                options.add_session_config_entry(key, value)
        self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        self.description = f"onnxruntime {onnxruntime.__version__}, int8, CPU"

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Scores:
        return Scores(*self._session.run(["frames", "voices", "tokens"], {"input_ids": ids, "attention_mask": mask}))


def load_model(name: str, device: Device = "auto", threads: int | None = None) -> Model:
    """Load a model folder, or a Hugging Face checkpoint by folder or name.

    ``auto`` takes CUDA where there is a GPU that torch can use and the folder has weights for it, else the
    CPU; on the CPU the ONNX file is run where the folder has one, else torch in fp32.

    :param threads: how many cores the CPU engine computes on; without it, all.
    :raises FramelensError: if files are missing or damaged, or the device cannot be had.
    """
    if device not in DEVICES:
        raise FramelensError(f"{device!r} is not a device; choose one of {', '.join(DEVICES)}.")
    folder = Path(name)
    if (folder / FILE).is_file():
        manifest = read_manifest(folder)
        if device == "cuda" and CLASSIFIER not in manifest.files:
            raise FramelensError(f"{name} has int8 weights only, which run on the CPU; leave out --device cuda.")
        cuda = device == "cuda" or (device == "auto" and CLASSIFIER in manifest.files and cuda_available())
        if not cuda and ONNX in manifest.files:
            engine = OnnxEngine(read_verified(folder, manifest, ONNX), threads)
            return Model(engine, manifest, read_verified(folder, manifest, TOKENIZER))
    elif not folder.exists() and not HUB_NAME.fullmatch(name):
        raise FramelensError(f"{name}: there is no such folder; give a model folder, or none for the shipped model.")
    if find_spec("torch") is None or find_spec("transformers") is None:
        raise FramelensError(f"{name} runs on torch here; install it with: pip install 'framelens[train]'.")
    from framelens.model.torch_engine import load_torch

    if threads is not None:
        import torch

        torch.set_num_threads(threads)
    return load_torch(name, torch_device() if device == "auto" else device)


def torch_device() -> str:
    """Where torch computes by itself: ``cuda`` where it can, else ``cpu``."""
    return "cuda" if cuda_available() else "cpu"


def cuda_available() -> bool:
    """Whether torch can use a GPU; does not import torch, which takes seconds, where there is surely none."""
    if not (shutil.which("nvidia-smi") or Path("/proc/driver/nvidia/version").exists()) or find_spec("torch") is None:
        return False
    import torch

    return torch.cuda.is_available()
