"""A tiny Whisper with random weights, its formula in NumPy, and its files."""

from __future__ import annotations

import json
import struct

import numpy as np
from scipy.special import erf

WIDTH, N_LAYERS, N_POSITIONS = 128, 2, 60


def tiny_tensors(seed=0):
    """Give random tensors by CTranslate2's names; float16 holds all of them."""
    random = np.random.default_rng(seed)
    shapes = {
        "conv1/weight": (WIDTH, 80, 3),
        "conv1/bias": (WIDTH,),
        "conv2/weight": (WIDTH, WIDTH, 3),
        "conv2/bias": (WIDTH,),
    }
    for k in range(N_LAYERS):
        for block, inner in (("self_attention", 3 * WIDTH), ("ffn", 4 * WIDTH)):
            n_in = WIDTH if block == "self_attention" else inner
            shapes |= {
                f"layer_{k}/{block}/layer_norm/gamma": (WIDTH,),
                f"layer_{k}/{block}/layer_norm/beta": (WIDTH,),
                f"layer_{k}/{block}/linear_0/weight": (inner, WIDTH),
                f"layer_{k}/{block}/linear_0/bias": (inner,),
                f"layer_{k}/{block}/linear_1/weight": (WIDTH, n_in),
                f"layer_{k}/{block}/linear_1/bias": (WIDTH,),
            }
    tensors = {}
    for name, shape in shapes.items():
        size = 1.0 if len(shape) == 1 else 1 / np.sqrt(np.prod(shape[1:]))
        tensors[f"encoder/{name}"] = random.normal(0, size, shape)
    for k in range(N_LAYERS):  # a key has no bias
        tensors[f"encoder/layer_{k}/self_attention/linear_0/bias"][WIDTH : 2 * WIDTH] = 0
    tensors["encoder/position_encodings/encodings"] = positions()
    return {name: value.astype(np.float16).astype(np.float32) for name, value in tensors.items()}


def positions():
    """Give the sinusoids of Vaswani et al. (2017), all sines before all cosines."""
    rates = 1 / 10000 ** (np.arange(WIDTH // 2) / (WIDTH // 2 - 1))
    angles = np.arange(N_POSITIONS)[:, np.newaxis] * rates
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


def hidden(tensors, decibels, n_layers):
    """Give the output of a layer, (moments, width), by the formula in float64."""
    t = {name.removeprefix("encoder/"): value.astype(np.float64) for name, value in tensors.items()}
    x = np.asarray(decibels, np.float64) / 10
    x = (np.maximum(x - x.max(), -8) + 1 + 4) / 4
    for name, stride in (("conv1", 1), ("conv2", 2)):
        padded = np.pad(x, ((1, 1), (0, 0)))
        starts = range(0, len(x), stride)
        sums = [np.einsum("oik,ki->o", t[f"{name}/weight"], padded[s : s + 3]) for s in starts]
        x = gelu(np.array(sums) + t[f"{name}/bias"])
    x = x + positions()[: len(x)]
    for k in range(n_layers):
        attention, feed = f"layer_{k}/self_attention", f"layer_{k}/ffn"
        x = x + attend(t, attention, norm(t, attention, x))
        inner = gelu(linear(t, f"{feed}/linear_0", norm(t, feed, x)))
        x = x + linear(t, f"{feed}/linear_1", inner)
    return x


def attend(t, name, x):
    query, key, value = np.split(linear(t, f"{name}/linear_0", x), 3, axis=1)
    heads = []
    for k in range(0, WIDTH, 64):
        part = slice(k, k + 64)
        scores = query[:, part] @ key[:, part].T / 8
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        heads.append(weights / weights.sum(axis=1, keepdims=True) @ value[:, part])
    return linear(t, f"{name}/linear_1", np.concatenate(heads, axis=1))


def linear(t, name, x):
    return x @ t[f"{name}/weight"].T + t[f"{name}/bias"]


def norm(t, name, x):
    x = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
    return x * t[f"{name}/layer_norm/gamma"] + t[f"{name}/layer_norm/beta"]


def gelu(x):
    return x * (1 + erf(x / np.sqrt(2))) / 2


def ctranslate2_bytes(tensors, version=6, model="WhisperSpec"):
    """Give a model.bin with these tensors in float16, and one of a decoder."""
    out = struct.pack("<I", version) + text(model) + struct.pack("<II", 3, len(tensors) + 1)
    for name, value in (*tensors.items(), ("decoder/embeddings/weight", np.ones((2, 3)))):
        data = value.astype("<f2").tobytes()
        sizes = struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape)
        out += text(name) + sizes + struct.pack("<BI", 4, len(data)) + data
    return out + struct.pack("<I", 1) + text("decoder/projection/weight") + text("decoder/…")


def text(name):
    encoded = name.encode() + b"\0"
    return struct.pack("<H", len(encoded)) + encoded


def safetensors_bytes(tensors):
    """Give a model.safetensors with these tensors under Hugging Face's names."""
    there = {"model.encoder.embed_positions.weight": "position_encodings/encodings"}
    there |= {
        f"model.encoder.conv{k}.{part}": f"conv{k}/{part}"
        for k in (1, 2)
        for part in ("weight", "bias")
    }
    values = {new: tensors[f"encoder/{old}"] for new, old in there.items()}
    for k in range(N_LAYERS):
        new, old = f"model.encoder.layers.{k}", f"encoder/layer_{k}"
        for part, greek in (("weight", "gamma"), ("bias", "beta")):
            thirds = np.split(tensors[f"{old}/self_attention/linear_0/{part}"], 3)
            for name, third in zip("qkv", thirds, strict=True):
                if (name, part) != ("k", "bias"):
                    values[f"{new}.self_attn.{name}_proj.{part}"] = third
            values |= {
                f"{new}.self_attn.out_proj.{part}": tensors[
                    f"{old}/self_attention/linear_1/{part}"
                ],
                f"{new}.fc1.{part}": tensors[f"{old}/ffn/linear_0/{part}"],
                f"{new}.fc2.{part}": tensors[f"{old}/ffn/linear_1/{part}"],
                f"{new}.self_attn_layer_norm.{part}": tensors[
                    f"{old}/self_attention/layer_norm/{greek}"
                ],
                f"{new}.final_layer_norm.{part}": tensors[f"{old}/ffn/layer_norm/{greek}"],
            }
    values["model.decoder.embed_tokens.weight"] = np.ones((2, 3), np.float32)
    head, data = {"__metadata__": {"format": "pt"}}, b""
    for name, value in values.items():
        raw = value.astype("<f4").tobytes()
        offsets = [len(data), len(data) + len(raw)]
        head[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": offsets}
        data += raw
    written = json.dumps(head).encode()
    return struct.pack("<Q", len(written)) + written + data
