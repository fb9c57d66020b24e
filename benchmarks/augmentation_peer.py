"""Copies per second of audiomentations, for `benchmarks.augmentation`, in a process of its own.

    PYTHON -m benchmarks.augmentation_peer FOLDER SECONDS

FOLDER holds signal.npy (float32, 16 kHz) and the folders noises and rooms. The answer is JSON: the
versions, and the seconds a copy takes by the text of serfast's alteration of the same kind. This
file works without serfast.
"""

from __future__ import annotations

import json
import random
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from .timing import mean_seconds

RATE = 16000
PACKAGES = ("audiomentations", "pyroomacoustics", "fast-mp3-augment", "numpy")


def transforms(folder: Path) -> Mapping[str, Callable[[], Any]]:
    """Give what makes each transform, by the text of the same alteration here."""
    import audiomentations as peer  # optional: only this measurement needs it

    return {
        "tempo=1.1": lambda: peer.TimeStretch(1.1, 1.1, leave_length_unchanged=False, p=1),
        "pitch=2": lambda: peer.PitchShift(2, 2, p=1),
        "gain=-6": lambda: peer.Gain(-6, -6, p=1),
        "clip=6": lambda: peer.ClippingDistortion(10, 10, p=1),
        "white=20": lambda: peer.AddGaussianSNR(20, 20, p=1),
        "noise=20": lambda: peer.AddColorNoise(20, 20, -3.01, -3.01, p=1),
        "noises=FOLDER:20": lambda: peer.AddBackgroundNoise(folder / "noises", 20, 20, p=1),
        "room=0.4": lambda: peer.RoomSimulator(
            min_target_rt60=0.4,
            max_target_rt60=0.4,
            min_mic_distance=0.35,
            calculation_mode="rt60",
            use_ray_tracing=False,
            leave_length_unchanged=True,
            p=1,
        ),
        "rooms=FOLDER": lambda: peer.ApplyImpulseResponse(folder / "rooms", p=1),
        "lowpass=4000": lambda: peer.LowPassFilter(4000, 4000, 24, 24, zero_phase=True, p=1),
        "mp3=32": lambda: peer.Mp3Compression(32, 32, p=1),
    }


def measured(folder: Path, seconds: float) -> dict[str, Any]:
    """Give versions and times; a transform that can't be made has its reason."""
    signal = np.load(folder / "signal.npy")
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002  # the peer draws from the global generator
    times: dict[str, float | str] = {}
    for name, make in transforms(folder).items():
        try:
            transform = make()
            transform(signal, RATE)
        except Exception as error:  # a package that it needs is missing, whatever it raises
            times[name] = f"{type(error).__name__}: {error}"
            continue
        call = partial(transform, signal, RATE)
        times[name] = mean_seconds(call, seconds, time.process_time)
    return {"versions": {name: _version(name) for name in PACKAGES}, "times": times}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(measured(Path(sys.argv[1]), float(sys.argv[2]))))
