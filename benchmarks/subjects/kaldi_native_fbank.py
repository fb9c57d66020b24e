"""kaldi-native-fbank: Kaldi's filter bank, and MFCC of librosa's mel bank in natural logarithms."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..works import Work, spec
from . import Array, Call

if TYPE_CHECKING:
    import serfast

DISTRIBUTION = "kaldi-native-fbank"
INSTALL = "pip install kaldi-native-fbank"
FLOOR = 2.0**-23
"""Least power whose logarithm it takes: the epsilon of float32."""


def mfcc(work: Work, y: Array) -> Call:
    """Make the call of `OnlineMfcc`, which takes the whole signal and gives each frame alone."""
    import kaldi_native_fbank as kaldi  # optional: a peer

    options = kaldi.MfccOptions()
    frames, bands = options.frame_opts, options.mel_opts
    frames.samp_freq = work.sample_rate
    # the number of samples is rounded down to an integer there
    frames.frame_length_ms = 1000 * (work.frame_length + 0.1) / work.sample_rate
    frames.frame_shift_ms = 1000 * (work.hop_length + 0.1) / work.sample_rate
    frames.window_type = "hann"
    frames.dither = frames.preemph_coeff = 0
    frames.remove_dc_offset = False
    bands.num_bins, bands.low_freq, bands.is_librosa = work.n_mels, 0, True
    options.num_ceps, options.use_energy, options.cepstral_lifter = work.n_mfcc, False, 0

    def call() -> Array:
        online = kaldi.OnlineMfcc(options)
        online.accept_waveform(work.sample_rate, y)
        online.input_finished()
        return np.stack([online.get_frame(i) for i in range(online.num_frames_ready)])

    return call


def fbank(work: Work, y: Array) -> Call:
    """Make the call of `OnlineFbank` with a Hamming window that gives the rows as one array."""
    rows = row_by_row(work, y)
    return lambda: np.stack(rows())


def row_by_row(work: Work, y: Array) -> Call:
    """Make the call that takes each row alone."""
    import kaldi_native_fbank as kaldi  # optional: a peer

    return online_fbank(kaldi, work, y)


def online_fbank(kaldi: Any, work: Work, y: Array) -> Call:
    """Make that call of the package, or of one with the same names, of samples scaled as int16.

    It gives the rows in a list: to stack them takes NumPy as long, whoever made them.
    """
    options = kaldi.FbankOptions()
    options.frame_opts.samp_freq, options.frame_opts.dither = work.sample_rate, 0
    options.frame_opts.window_type = "hamming"
    options.mel_opts.num_bins = work.n_mels
    scaled = y * np.float32(32768)

    def call() -> list[Array]:
        online = kaldi.OnlineFbank(options)
        online.accept_waveform(work.sample_rate, scaled)
        online.input_finished()
        return [online.get_frame(i) for i in range(online.num_frames_ready)]

    return call


def exact(work: Work, y: Array) -> serfast.FeatureSpec:
    """Give its conventions as fields of a spec."""
    return spec(work, center=False, amin=FLOOR, top_db=None)


MAKE = {"mfcc": mfcc, "kaldi": fbank, "kaldi_online": row_by_row}
EXACT = {"mfcc": exact, **dict.fromkeys(("kaldi", "kaldi_online"), lambda work, y: spec(work))}
ROWS = {"mfcc": lambda result: result * (10 / math.log(10))}
