"""The works that packages are compared in, by name, with their parameters.

Parameters are those of librosa: centred frames, Slaney's mel scale, decibel, `top_db=80` below the
recording's loudest band. A feature of the catalogue becomes a work once another package has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import serfast
    from serfast.features.base import Feature
    from serfast.features.framing import PadMode

Array = np.ndarray[Any, np.dtype[np.float32]]

BLOCK = 256
"""Frames in a block of the spectrum that is measured alone."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """One line of the table: `kind` is the function that each package has for it."""

    key: str
    title: str
    kind: str
    unit: str
    """The unit of the result and of its error; "" for a plain number."""
    frame_length: int
    sample_rate: int = 16000
    hop_length: int = 160
    n_mels: int = 0
    n_mfcc: int = 0
    fmin: float = 65.0
    fmax: float = 600.0
    """The range of F0 ends there [Hz]."""
    n_samples: int | None = None
    """Length of the signal, which is repeated for it; None takes the signal as it is."""

    def samples(self, y: Array) -> Array:
        """Give the samples of a signal that are worked on."""
        return y if self.n_samples is None else np.resize(y, self.n_samples)


WORKS = (
    Work(key="mfcc-512", title="MFCC, 16 kHz, 512/160, 40 mels, 13", kind="mfcc", unit="dB",
         frame_length=512, n_mels=40, n_mfcc=13),
    Work(key="mfcc-2048", title="MFCC, 22.05 kHz, 2048/512, 128 mels, 20", kind="mfcc", unit="dB",
         frame_length=2048, sample_rate=22050, hop_length=512, n_mels=128, n_mfcc=20),
    Work(key="logmel-400", title="log-mel, 16 kHz, 400/160, 80 mels", kind="logmel", unit="dB",
         frame_length=400, n_mels=80),
    Work(key="whisper", title="Whisper's log-mel, 30 s, 400/160, 80 mels", kind="whisper", unit="",
         frame_length=400, n_mels=80, n_samples=480_000),
    Work(key="kaldi", title="Kaldi's log filter bank, 16 kHz, 400/160, 80 mels", kind="kaldi",
         unit="", frame_length=400, n_mels=80),
    Work(key="kaldi-online", title="the same by `OnlineFbank`, row by row", kind="kaldi_online",
         unit="", frame_length=400, n_mels=80),
    Work(key="mel-512", title="mel power, 16 kHz, 512/160, 40 mels", kind="mel",
         unit="of the frame's peak", frame_length=512, n_mels=40),
    Work(key="mel-2048", title="mel power, 22.05 kHz, 2048/512, 128 mels", kind="mel",
         unit="of the frame's peak", frame_length=2048, sample_rate=22050, hop_length=512,
         n_mels=128),
    Work(key="rms", title="RMS, 512/160", kind="rms", unit="", frame_length=512),
    Work(key="zcr", title="zero-crossing rate, 512/160", kind="zcr", unit="", frame_length=512),
    Work(key="yin", title="YIN, 16 kHz, 1024/160, 65–600 Hz", kind="yin", unit="Hz",
         frame_length=1024),
    Work(key="pyin", title="pYIN (`compat.librosa.pyin`), 16 kHz, 1024/160, 65–600 Hz", kind="pyin",
         unit="Hz", frame_length=1024),
    Work(key="row", title="one row: RMS, ZCR, 40 log-mel, 20 MFCC (512), YIN (1024)", kind="row",
         unit="mixed", frame_length=512, n_mels=40, n_mfcc=20),
    *(Work(key=f"spectrum-{n}",
           title=f"windowed power spectrum, {n}, block of {BLOCK} frames; others: FFT alone",
           kind="spectrum", unit="of the frame's peak", frame_length=n, hop_length=n,
           n_samples=BLOCK * n)
      for n in (512, 2048)),
)  # fmt: skip

YIN_LENGTH = 1024
"""Frame length of the row's YIN."""


def spec(
    work: Work, *, center: bool = True, pad_mode: PadMode = "constant", **changes: Any
) -> serfast.FeatureSpec:
    """Give the work as serfast's spec; `changes` are other fields of its log-mel or MFCC."""
    import serfast  # optional: workers of other packages don't have it

    if work.kind == "whisper":
        return serfast.presets.whisper(work.n_mels)
    if work.kind in ("kaldi", "kaldi_online"):
        return serfast.presets.kaldi_fbank(
            work.sample_rate, num_mel_bins=work.n_mels, window_type="hamming"
        )
    mel: dict[str, Any] = {
        "n_fft": work.frame_length,
        "n_mels": work.n_mels,
        "top_db": 80.0,
        **changes,
    }
    frame: dict[str, Any] = {"frame_length": work.frame_length}
    pitch: dict[str, Any] = {"fmin": work.fmin, "fmax": work.fmax}
    features: list[Feature]
    if work.kind == "mfcc":
        features = [serfast.MFCC(n_mfcc=work.n_mfcc, **mel)]
    elif work.kind == "logmel":
        features = [serfast.LogMel(**mel)]
    elif work.kind == "mel":
        features = [serfast.MelPower(n_fft=work.frame_length, n_mels=work.n_mels)]
    elif work.kind == "rms":
        features = [serfast.RMS(**frame)]
    elif work.kind == "zcr":
        features = [serfast.ZeroCrossingRate(**frame)]
    elif work.kind == "yin":
        features = [serfast.YIN(**frame, **pitch)]
    elif work.kind == "spectrum":
        center, features = False, [serfast.PowerSpectrum(n_fft=work.frame_length)]
    else:
        energies = [serfast.RMS(**frame), serfast.ZeroCrossingRate(**frame)]
        levels = [serfast.LogMel(**mel), serfast.MFCC(n_mfcc=work.n_mfcc, **mel)]
        features = [*energies, *levels, serfast.YIN(frame_length=YIN_LENGTH, **pitch)]
    return serfast.FeatureSpec(
        sample_rate=work.sample_rate,
        hop_length=work.hop_length,
        center=center,
        pad_mode=pad_mode,
        features=tuple(features),
    )
