"""What latency.py measures: a call of each package that takes 160 samples and gives a row.

This file works without serfast, since the other packages may have an interpreter of their own.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from .child import bench_file, installed, on_one_core
from .recordings import speech_like

__all__ = ["HOP", "RATE", "SUBJECTS", "WARM_UP", "Subject", "measure"]

RATE, HOP, WARM_UP = 16000, 160, 10_000

Chunk = Any
Call = Callable[[Chunk], Any]
"""A function that takes the next 160 samples and gives the next row."""


class Subject(NamedTuple):
    """What is measured: a package, what of it, and how to make the call."""

    package: str
    work: str
    make: Callable[[], Call]
    as_list: bool = False


# --- serfast ------------------------------------------------------------------------------------


def mfcc(serfast: Any) -> Any:
    """Give MFCC 512/160, 40 mels, 13."""
    return serfast.FeatureSpec(features=(serfast.MFCC(n_fft=512, n_mels=40, n_mfcc=13),))


def yin(serfast: Any) -> Any:
    """Give YIN 1024/160, 65 to 600 Hz."""
    return serfast.FeatureSpec(features=(serfast.YIN(frame_length=1024, fmin=65, fmax=600),))


def row(serfast: Any) -> Any:
    """Give the 57 columns of `serfast bench`: energies, log-mel, MFCC and YIN."""
    from serfast.bench.settings import whole_row  # optional: another package may be measured

    return whole_row()


def new_rows(spec: Callable[[Any], Any]) -> Call:
    """Make the call of `accept` as it is: each row in an array of its own."""
    import serfast  # optional: another package may be measured

    call: Call = serfast.Extractor(spec(serfast)).stream().accept
    return call


def into_out(spec: Callable[[Any], Any]) -> Call:
    """Make the call of `accept` with out=: each row into the same array."""
    import serfast  # optional: another package may be measured

    extractor = serfast.Extractor(spec(serfast))
    out = np.empty((1, len(extractor.columns)), dtype=np.float32)
    return partial(extractor.stream().accept, out=out)


def drop_in() -> Call:
    """Make the call of the drop-in for kaldi-native-fbank, with Kaldi's filter bank."""
    import serfast.compat.kaldi_native_fbank as kaldi  # optional: another package may be measured

    return fbank_call(kaldi)


# --- Peers --------------------------------------------------------------------------------------


def kaldi_mfcc() -> Call:
    """Make the call of OnlineMfcc with the same frame, hop, bands and coefficients, no extras."""
    import kaldi_native_fbank as kaldi  # optional: a peer

    options = kaldi.MfccOptions()
    options.frame_opts.samp_freq = RATE
    options.frame_opts.frame_length_ms = 32
    options.frame_opts.frame_shift_ms = 10
    options.frame_opts.window_type = "hanning"
    options.frame_opts.dither = 0
    options.frame_opts.preemph_coeff = 0
    options.frame_opts.remove_dc_offset = False
    options.mel_opts.num_bins = 40
    options.num_ceps = 13
    options.use_energy = False
    online = kaldi.OnlineMfcc(options)

    def call(chunk: Chunk) -> Any:
        online.accept_waveform(RATE, chunk)
        ready = online.num_frames_ready
        return online.get_frame(ready - 1) if ready else None

    return call


def kaldi_fbank() -> Call:
    """Make the call of OnlineFbank with Kaldi's own options, 80 bands."""
    import kaldi_native_fbank as kaldi  # optional: a peer

    return fbank_call(kaldi)


def fbank_call(kaldi: Any) -> Call:
    """Make the call of a program that takes each row when it is ready, and forgets it then."""
    options = kaldi.FbankOptions()
    options.frame_opts.dither = 0
    options.mel_opts.num_bins = 80
    online = kaldi.OnlineFbank(options)

    def call(chunk: Chunk) -> Any:
        online.accept_waveform(RATE, chunk)
        ready = online.num_frames_ready
        if not ready:
            return None
        row = online.get_frame(ready - 1)
        online.pop(1)
        return row

    return call


def aubio_mfcc() -> Call:
    """Make the call of aubio's phase vocoder and MFCC of its spectrum."""
    import aubio  # optional: a peer

    vocoder, mfcc = aubio.pvoc(512, HOP), aubio.mfcc(512, 40, 13, RATE)
    return lambda chunk: mfcc(vocoder(chunk))


def aubio_pitch() -> Call:
    """Make the call of aubio's yinfft, alone."""
    import aubio  # optional: a peer

    call: Call = aubio.pitch("yinfft", 1024, HOP, RATE)
    return call


FBANK = "OnlineFbank 400/160/80"
DROP_IN = f"compat.kaldi_native_fbank, {FBANK}"

SUBJECTS = (
    Subject("serfast", "MFCC 512/160/40/13", partial(new_rows, mfcc)),
    Subject("serfast", "MFCC 512/160/40/13, out=", partial(into_out, mfcc)),
    Subject("kaldi-native-fbank", "OnlineMfcc 512/160/40/13, chunk an array", kaldi_mfcc),
    Subject("kaldi-native-fbank", "OnlineMfcc 512/160/40/13, chunk a list", kaldi_mfcc, True),
    Subject("aubio", "pvoc + mfcc 512/160/40/13", aubio_mfcc),
    Subject("serfast", f"{DROP_IN}, chunk an array", drop_in),
    Subject("kaldi-native-fbank", f"{FBANK}, chunk an array", kaldi_fbank),
    Subject("serfast", f"{DROP_IN}, chunk a list", drop_in, True),
    Subject("kaldi-native-fbank", f"{FBANK}, chunk a list", kaldi_fbank, True),
    Subject("serfast", "whole row with YIN", partial(new_rows, row)),
    Subject("serfast", "whole row with YIN, out=", partial(into_out, row)),
    Subject("serfast", "YIN 1024/160 alone, out=", partial(into_out, yin)),
    Subject("aubio", "pitch yinfft 1024/160 alone", aubio_pitch),
)


# --- The measurement ----------------------------------------------------------------------------


def measure(index: int, n_chunks: int) -> dict[str, Any]:
    """Give the time of each call of a subject after the warm-up [ns], or why there is none."""
    subject = SUBJECTS[index]
    version = installed(subject.package)
    if version is None:
        return {"missing": f"not installed: pip install {subject.package}"}
    call = subject.make()
    samples = speech_like(60, RATE).reshape(-1, HOP)
    chunks = samples.tolist() if subject.as_list else [chunk.copy() for chunk in samples]
    on_one_core()
    call_times = bench_file("laps").call_times
    times, _ = call_times(call, chunks, warm_up=WARM_UP, calls=n_chunks)
    row = call(chunks[0])
    if not (row if isinstance(row, int) else np.size(row) if row is not None else 0):
        raise RuntimeError(f"{subject.package}, {subject.work}: the last chunk gave no row")
    return {
        "version": version,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "ns": times.tolist(),
    }
