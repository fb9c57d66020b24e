"""A tiny CAM++ with random weights, its formula in NumPy, and its file."""

from __future__ import annotations

import io
import struct
import zipfile

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

CHANNELS, GROWTH, NARROW = 4, 6, 10
N_LAYERS = {1: 2, 2: 3, 3: 1}
DILATION = {1: 1, 2: 2, 3: 2}


def tiny_tensors(seed=0):
    """Give random tensors by the checkpoint's names, as float32."""
    random = np.random.default_rng(seed)
    tensors = {}

    def weight(name, *shape):
        scale = np.sqrt(2 / np.prod(shape[1:]))
        tensors[f"{name}.weight"] = random.normal(0, scale, shape)

    def norm(name, width):
        tensors[f"{name}.weight"] = random.uniform(0.5, 1.5, width)
        tensors[f"{name}.bias"] = random.normal(0, 0.3, width)
        tensors[f"{name}.running_mean"] = random.normal(0, 0.3, width)
        tensors[f"{name}.running_var"] = random.uniform(0.5, 2, width)

    for k, width in ((1, 1), (2, CHANNELS)):
        weight(f"head.conv{k}", CHANNELS, width, 3, 3)
        norm(f"head.bn{k}", CHANNELS)
    for layer in (1, 2):
        for part in (0, 1):
            name = f"head.layer{layer}.{part}"
            for k in (1, 2):
                weight(f"{name}.conv{k}", CHANNELS, CHANNELS, 3, 3)
                norm(f"{name}.bn{k}", CHANNELS)
        weight(f"head.layer{layer}.0.shortcut.0", CHANNELS, CHANNELS, 1, 1)
        norm(f"head.layer{layer}.0.shortcut.1", CHANNELS)
    width = 12
    weight("xvector.tdnn.linear", width, CHANNELS * 10, 5)
    norm("xvector.tdnn.nonlinear.batchnorm", width)
    for block, n_layers in N_LAYERS.items():
        for layer in range(1, n_layers + 1):
            name = f"xvector.block{block}.tdnnd{layer}"
            norm(f"{name}.nonlinear1.batchnorm", width)
            weight(f"{name}.linear1", NARROW, width, 1)
            norm(f"{name}.nonlinear2.batchnorm", NARROW)
            weight(f"{name}.cam_layer.linear_local", GROWTH, NARROW, 3)
            for k, (n_out, n_in) in enumerate(((NARROW // 2, NARROW), (GROWTH, NARROW // 2)), 1):
                weight(f"{name}.cam_layer.linear{k}", n_out, n_in, 1)
                tensors[f"{name}.cam_layer.linear{k}.bias"] = random.normal(0, 1, n_out)
            width += GROWTH
        norm(f"xvector.transit{block}.nonlinear.batchnorm", width)
        weight(f"xvector.transit{block}.linear", width // 2, width, 1)
        width //= 2
    return {name: value.astype(np.float32) for name, value in tensors.items()}


def hidden(tensors, rows, block):
    """Give the output of a block's transit layer, (moments, width), in float64."""
    t = {name: value.astype(np.float64) for name, value in tensors.items()}
    x = rows.astype(np.float64).T
    x = np.maximum(x, x.max() - 22)
    x = (x - x.mean(axis=1, keepdims=True))[np.newaxis]
    x = relu(norm(t, plane(t, x, "head.conv1"), "head.bn1"))
    for layer in (1, 2):
        for part in (0, 1):
            name, stride = f"head.layer{layer}.{part}", 2 - part
            y = relu(norm(t, plane(t, x, f"{name}.conv1", stride), f"{name}.bn1"))
            y = norm(t, plane(t, y, f"{name}.conv2"), f"{name}.bn2")
            if part == 0:
                x = norm(t, plane(t, x, f"{name}.shortcut.0", stride), f"{name}.shortcut.1")
            x = relu(x + y)
    x = relu(norm(t, plane(t, x, "head.conv2", 2), "head.bn2"))
    x = x.reshape(-1, x.shape[-1])
    x = line(t["xvector.tdnn.linear.weight"], x, stride=2)
    x = relu(norm(t, x, "xvector.tdnn.nonlinear.batchnorm"))
    for k in range(1, block + 1):
        for layer in range(1, N_LAYERS[k] + 1):
            x = np.concatenate([x, dense(t, x, f"xvector.block{k}.tdnnd{layer}", DILATION[k])])
        x = relu(norm(t, x, f"xvector.transit{k}.nonlinear.batchnorm"))
        x = line(t[f"xvector.transit{k}.linear.weight"], x)
    return x.T


def relu(x):
    return np.maximum(x, 0)


def norm(t, x, name):
    """Normalise each channel, which is the first axis, by the training's mean and variance."""
    mean, variance, gain, shift = (
        t[f"{name}.{part}"].reshape(-1, *(1,) * (x.ndim - 1))
        for part in ("running_mean", "running_var", "weight", "bias")
    )
    return (x - mean) / np.sqrt(variance + 1e-5) * gain + shift


def plane(t, x, name, stride=1):
    """Convolve (channels, bands, rows); the stride is that of the bands."""
    weight = t[f"{name}.weight"]
    edge = weight.shape[-1] // 2
    padded = np.pad(x, ((0, 0), (edge, edge), (edge, edge)))
    windows = sliding_window_view(padded, weight.shape[2:], axis=(1, 2))[:, ::stride]
    return np.einsum("oiab,iftab->oft", weight, windows)


def line(weight, x, stride=1, dilation=1):
    """Convolve (channels, rows) over the rows."""
    size = weight.shape[-1]
    reach = size // 2 * dilation
    padded = np.pad(x, ((0, 0), (reach, reach)))
    shifted = [padded[:, k * dilation :][:, : x.shape[1]] for k in range(size)]
    return np.einsum("oik,kit->ot", weight, np.array(shifted))[:, ::stride]


def dense(t, x, name, dilation):
    """Give the channels that one layer adds."""
    y = line(t[f"{name}.linear1.weight"], relu(norm(t, x, f"{name}.nonlinear1.batchnorm")))
    y = relu(norm(t, y, f"{name}.nonlinear2.batchnorm"))
    cam = f"{name}.cam_layer"
    local = line(t[f"{cam}.linear_local.weight"], y, dilation=dilation)
    context = np.empty_like(y)
    for start in range(0, y.shape[1], 100):
        segment = y[:, start : start + 100]
        context[:, start : start + 100] = (y.mean(axis=1) + segment.mean(axis=1))[:, np.newaxis]
    biases = [t[f"{cam}.linear{k}.bias"][:, np.newaxis] for k in (1, 2)]
    context = relu(line(t[f"{cam}.linear1.weight"], context) + biases[0])
    context = line(t[f"{cam}.linear2.weight"], context) + biases[1]
    return local / (1 + np.exp(-context))


def checkpoint_bytes(tensors, *, kind="FloatStorage", strides=None, extra=b""):
    """Give a file as PyTorch makes of a state dictionary.

    Its pickle is written by hand: each tensor is a call with its storage, offset, size and strides.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        entries = b""
        for place, (name, value) in enumerate(tensors.items()):
            archive.writestr(f"archive/data/{place}", b"skipped_" + value.tobytes())
            offset = 8 // value.itemsize
            steps = strides or [stride // value.itemsize for stride in value.strides]
            entries += text(name) + b"ctorch._utils\n_rebuild_tensor_v2\n("
            entries += b"(" + text("storage") + f"ctorch\n{kind}\n".encode() + text(str(place))
            entries += text("cpu") + number(offset + value.size) + b"tQ" + number(offset)
            entries += (
                numbers(value.shape) + numbers(steps) + b"\x89ccollections\nOrderedDict\n)RtR"
            )
        archive.writestr("archive/data.pkl", b"\x80\x02}(" + entries + extra + b"u.")
    return file.getvalue()


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def number(value):
    return b"J" + struct.pack("<i", value)


def numbers(values):
    return b"(" + b"".join(map(number, values)) + b"t"
