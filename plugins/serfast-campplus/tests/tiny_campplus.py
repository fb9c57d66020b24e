"""A tiny CAM++ with random weights, its formula by PyTorch's functions, and its file."""

from __future__ import annotations

import io

import numpy as np
import torch
from torch.nn.functional import avg_pool1d, batch_norm, conv1d, conv2d, relu

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
    t = {name: torch.from_numpy(value.astype(np.float64)) for name, value in tensors.items()}

    def norm(x, name):
        parts = (t[f"{name}.{k}"] for k in ("running_mean", "running_var", "weight", "bias"))
        return batch_norm(x, *parts)

    def plane(x, name, behind, stride=1):
        weight = t[f"{name}.weight"]
        y = conv2d(x, weight, stride=(stride, 1), padding=weight.shape[-1] // 2)
        return norm(y, behind)

    x = torch.from_numpy(rows.astype(np.float64)).T[None, None]
    x = torch.maximum(x, x.max() - 22)
    x = x - x.mean(dim=-1, keepdim=True)
    x = relu(plane(x, "head.conv1", "head.bn1"))
    for layer in (1, 2):
        for part in (0, 1):
            name, stride = f"head.layer{layer}.{part}", 2 - part
            y = relu(plane(x, f"{name}.conv1", f"{name}.bn1", stride))
            y = plane(y, f"{name}.conv2", f"{name}.bn2")
            short = f"{name}.shortcut"
            x = relu(y + (x if part else plane(x, f"{short}.0", f"{short}.1", stride)))
    x = relu(plane(x, "head.conv2", "head.bn2", 2)).flatten(1, 2)
    x = conv1d(x, t["xvector.tdnn.linear.weight"], stride=2, padding=2)
    x = relu(norm(x, "xvector.tdnn.nonlinear.batchnorm"))
    for k in range(1, block + 1):
        for layer in range(1, N_LAYERS[k] + 1):
            x = torch.cat([x, _dense(x, t, norm, f"xvector.block{k}.tdnnd{layer}", DILATION[k])], 1)
        x = relu(norm(x, f"xvector.transit{k}.nonlinear.batchnorm"))
        x = conv1d(x, t[f"xvector.transit{k}.linear.weight"])
    return x[0].T.numpy()


def _dense(x, t, norm, name, dilation):
    y = conv1d(relu(norm(x, f"{name}.nonlinear1.batchnorm")), t[f"{name}.linear1.weight"])
    y = relu(norm(y, f"{name}.nonlinear2.batchnorm"))
    cam = f"{name}.cam_layer"
    weight = t[f"{cam}.linear_local.weight"]
    local = conv1d(y, weight, padding=dilation, dilation=dilation)
    segments = avg_pool1d(y, 100, 100, ceil_mode=True).repeat_interleave(100, dim=-1)
    context = y.mean(dim=-1, keepdim=True) + segments[..., : y.shape[-1]]
    context = relu(conv1d(context, t[f"{cam}.linear1.weight"], t[f"{cam}.linear1.bias"]))
    context = conv1d(context, t[f"{cam}.linear2.weight"], t[f"{cam}.linear2.bias"])
    return local * torch.sigmoid(context)


def checkpoint_bytes(tensors):
    """Give the file that PyTorch makes of a state dictionary."""
    state = {name: torch.from_numpy(value) for name, value in tensors.items()}
    state["head.bn1.num_batches_tracked"] = torch.tensor(7)
    file = io.BytesIO()
    torch.save(state, file)
    return file.getvalue()
