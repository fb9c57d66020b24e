"""A broad set of specs: every feature, awkward frame lengths and hops, every convention.

A feature that is added to the catalogue comes by itself: unless another spec has it, it gets a spec
of its own, named after its class.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle

import numpy as np

import serfast
from helpers import catalogue

SIZES = (2, 3, 5, 7, 16, 100, 256, 400, 441, 480, 512, 960, 1024, 1103, 1200, 2048)
RATE = catalogue.RATE


def broad_specs() -> dict[str, serfast.FeatureSpec]:
    """Give specs at 16 kHz by name."""
    pads = cycle(("constant", "edge", "reflect"))
    hops = cycle((1, 7, 33, 160, 161, 255))
    centers = cycle((True, True, False))
    named = {
        f"n_fft={n_fft}": serfast.FeatureSpec(
            sample_rate=RATE,
            hop_length=next(hops) if n_fft > 100 else 61,
            pad_mode=next(pads),
            center=next(centers),
            features=_features(n_fft),
        )
        for n_fft in SIZES
    }
    named |= {"conventions": _conventions(), "librosa": serfast.presets.librosa(RATE)}
    return {**named, **_others(named.values())}


def _others(specs: Iterable[serfast.FeatureSpec]) -> dict[str, serfast.FeatureSpec]:
    """Give the built-in features that these specs don't have, each with its derivative."""
    there = {type(feature) for spec in specs for feature in spec.features}
    missing = [name for name, feature in catalogue.EXAMPLES.items() if type(feature) not in there]
    return {name: catalogue.with_delta(name) for name in missing}


def _features(n_fft: int) -> list[serfast.PowerSpectrum | serfast.RMS | serfast.YIN]:
    """Give every feature over frames of n_fft samples."""
    n_mels = max(1, min(64, n_fft // 16))
    mel = {"n_fft": n_fft, "n_mels": n_mels}
    features = [
        serfast.RMS(frame_length=n_fft),
        serfast.ZeroCrossingRate(frame_length=n_fft),
        serfast.PowerSpectrum(n_fft=n_fft),
        serfast.MelPower(**mel),
        serfast.LogMel(**mel, window="hamming"),
        serfast.MFCC(**mel, n_mfcc=min(13, n_mels)),
    ]
    if n_fft >= 100:
        fmin = 2.02 * RATE / n_fft
        features.append(serfast.YIN(frame_length=n_fft, fmin=fmin, fmax=4 * fmin))
    return features


def _conventions() -> serfast.FeatureSpec:
    """Give one spec with everything that differs between toolkits."""
    weights = tuple(np.linspace(0.1, 1, 400))
    return serfast.FeatureSpec(
        sample_rate=RATE,
        center=False,
        sample_scale=32768.0,
        features=[
            serfast.PowerSpectrum(n_fft=512, win_length=400, window=weights, power=1.0),
            serfast.LogMel(
                n_fft=512, win_length=400, preemphasis=0.97, remove_dc=True, n_mels=23,
                fmin=20, htk=True, mel_norm=None, log="ln", amin=1.1920929e-07,
            ),
            serfast.MFCC(
                n_fft=512, win_length=400, preemphasis=0.97, remove_dc=True, n_mels=23,
                fmin=20, htk=True, mel_norm=None, log="ln", amin=1.1920929e-07, lifter=22,
            ),
            serfast.LogMel(name="relative", n_mels=64, ref="max", top_db=60.0),
            serfast.MFCC(name="dct1", dct_type=1, dct_norm=None, top_db=80.0),
            serfast.MFCC(name="dct3", dct_type=3),
        ],
    )  # fmt: skip
