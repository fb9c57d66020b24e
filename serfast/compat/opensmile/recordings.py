"""Recordings are read here with all their channels, which `serfast.load` would average."""

from __future__ import annotations

from typing import Any

from ...audio import load
from ...errors import AudioError
from ...forking import forks_wait

__all__ = ["read"]


def read(path: Any) -> tuple[Any, int]:
    """Give the samples of a file, shape (n_channels, n_samples), and their rate [Hz].

    What soundfile can't read is given to :func:`serfast.load`, and is mono then.

    Raises
    ------
    AudioError
        If nothing reads it: the message names the file.
    """
    try:
        with forks_wait:
            import soundfile  # optional: files
    except ImportError:
        signal, rate = load(path)
        return signal[None], rate
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (RuntimeError, OSError):
        signal, rate = load(path)
        return signal[None], rate
    if not len(samples):
        raise AudioError(f"{path} must hold samples, got none")
    return samples.T, int(rate)
