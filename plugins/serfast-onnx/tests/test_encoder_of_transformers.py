"""Encoders that transformers makes: tiny random ones, exported as docs/embeddings.md says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from helpers.pages import examples
from serfast_onnx import ENCODERS

TINY = {
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "conv_dim": (16,) * 7,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 4,
}
(EXPORT,) = (block for block in examples("docs/embeddings.md") if "torch.onnx.export" in block)


@pytest.mark.parametrize("family", ["Wav2Vec2", "Hubert", "WavLM"])
def test_the_pages_export_gives_the_models_vectors(family: str, tmp_path: Path, lacking) -> None:
    try:
        import torch
        import transformers
    except ImportError as error:
        lacking(f"transformers not found: pip install transformers torch ({error})")
    torch.manual_seed(0)
    model = getattr(transformers, f"{family}Model")(
        getattr(transformers, f"{family}Config")(**TINY)
    )
    code = EXPORT.replace('"wav2vec2.onnx"', repr(str(tmp_path / "tiny.onnx")))
    lines = [line for line in code.splitlines() if "from_pretrained" not in line]
    assert len(lines) == len(code.splitlines()) - 1
    names = {"model": model, "LAYERS": 2}
    exec("\n".join(line for line in lines if not line.startswith("LAYERS")), names)
    data = (tmp_path / "tiny.onnx").read_bytes()
    card = {"licence": "MIT", "normalise": "zero-mean-unit-variance"}
    embedder = ENCODERS.open(data, ENCODERS.complete(data, card))
    assert len(model.encoder.layers) == 2
    for n in (400, 16000, 23456):
        y = np.random.default_rng(n).normal(0.1, 0.1, n).astype(np.float32)
        x = (y - y.mean()) / np.sqrt(y.var() + 1e-7)
        with torch.no_grad():
            frames = model.eval()(torch.tensor(x[None])).last_hidden_state[0].numpy()
        expected = np.concatenate([frames.mean(axis=0), frames.std(axis=0)])
        np.testing.assert_allclose(embedder.vectors([y])[0], expected, atol=1e-5)
