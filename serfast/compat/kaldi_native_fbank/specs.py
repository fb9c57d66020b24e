"""Options become a FeatureSpec here, or are refused with what isn't there."""

from __future__ import annotations

from typing import Any, cast

from ... import _checks as checks
from ...features import MelPower
from ...features.mel import filter_bank
from ...features.spec import FeatureSpec
from ...presets import kaldi_parts as kaldi
from .options import (
    FbankOptions,
    FrameExtractionOptions,
    MelBanksOptions,
    MfccOptions,
    WhisperFeatureOptions,
)

__all__ = [
    "HTK_FLOOR",
    "bank_fields",
    "fbank_spec",
    "mfcc_spec",
    "transform_length",
    "whisper_spec",
]

SMALLEST = 1.2e-38
"""No power is below this where a guard is added to it."""

HTK_FLOOR = 1.0
"""With htk_mode, smaller bands are raised to it."""


def fbank_spec(opts: FbankOptions) -> FeatureSpec:
    """Give the spec of filter banks; samples count as they are given."""
    frames = opts.frame_opts
    bands = bank_fields(frames, opts.mel_opts)
    if opts.use_log_fbank:
        bands |= _floor(opts)
    elif opts.mel_opts.htk_mode:
        checks.refuse("htk_mode", "False for use_log_fbank=False (bands have no floor)", "True")
    features = kaldi.fbank_features(
        _spectrum(frames),
        bands,
        use_energy=opts.use_energy,
        raw_energy=opts.raw_energy,
        energy_floor=opts.energy_floor,
        htk_compat=opts.htk_compat,
        use_log_fbank=opts.use_log_fbank,
        use_power=opts.use_power,
    )
    return kaldi.kaldi_spec(
        frames.samp_freq, frames.frame_shift_ms, frames.snip_edges, 1.0, features
    )


def mfcc_spec(opts: MfccOptions) -> FeatureSpec:
    """Give the spec of cepstral coefficients."""
    frames = opts.frame_opts
    bands = bank_fields(frames, opts.mel_opts)
    if opts.mel_opts.htk_mode:
        bands["amin"] = HTK_FLOOR
    features = kaldi.mfcc_features(
        _spectrum(frames),
        bands,
        num_ceps=opts.num_ceps,
        cepstral_lifter=opts.cepstral_lifter,
        use_energy=opts.use_energy,
        raw_energy=opts.raw_energy,
        energy_floor=opts.energy_floor,
        htk_compat=opts.htk_compat,
    )
    return kaldi.kaldi_spec(
        frames.samp_freq, frames.frame_shift_ms, frames.snip_edges, 1.0, features
    )


def whisper_spec(opts: WhisperFeatureOptions) -> FeatureSpec:
    """Give the spec of Whisper's power in mel bands, in frames as Kaldi lays them."""
    return FeatureSpec(
        sample_rate=16000,
        hop_length=160,
        center_offset=80,
        min_row_samples=80,
        pad_mode="symmetric",
        features=(MelPower(n_fft=400, n_mels=opts.dim),),
    )


def bank_fields(frames: FrameExtractionOptions, bands: MelBanksOptions) -> dict[str, Any]:
    """Give the fields of a mel bank by name."""
    rate, n_fft = frames.samp_freq, transform_length(frames)
    edges = kaldi.band_edges(rate, bands.low_freq, bands.high_freq)
    fields = _librosa_fields(bands) if bands.is_librosa else {}
    made = kaldi.kaldi_bands(rate, n_fft, bands.num_bins, edges, **fields)
    if bands.htk_mode and not bands.is_librosa and bands.low_freq != 0:
        made["first_bin"] = _first_bin_of_htk(rate, n_fft, made)
    return made


def transform_length(frames: FrameExtractionOptions) -> int:
    """Give the number of samples of a transform."""
    return int(_spectrum(frames)["n_fft"])


def _librosa_fields(bands: MelBanksOptions) -> dict[str, Any]:
    """Give what librosa's mel banks have otherwise than Kaldi's."""
    if bands.norm not in ("", "slaney"):
        checks.fail("norm", "'' or 'slaney'", bands.norm)
    if bands.floor_to_int_bin and bands.norm:
        checks.fail("norm", "'' for floor_to_int_bin=True (areas in bins aren't there)", bands.norm)
    return {
        "htk": not bands.use_slaney_mel_scale,
        "mel_norm": bands.norm or None,
        "triangle_axis": "hz",
        "edge_rounding": "lower_bin" if bands.floor_to_int_bin else None,
    }


def _first_bin_of_htk(rate: float, n_fft: int, bands: dict[str, Any]) -> int:
    """Give the first bin that counts if the first one of the first band doesn't, as in HTK."""
    weights = filter_bank(sample_rate=rate, n_fft=n_fft, **bands, warn=lambda message: None)
    first = 1 + int((weights[0] > 0).argmax())
    if weights[1:, :first].any():
        checks.refuse("htk_mode", "False for bands so narrow (the second one shares bins)", "True")
    return first


def _floor(opts: FbankOptions) -> dict[str, Any]:
    """Give the fields that keep the logarithm finite."""
    if opts.use_log_floor:
        return {"amin": max(opts.eps, HTK_FLOOR) if opts.mel_opts.htk_mode else opts.eps}
    if opts.mel_opts.htk_mode:
        checks.refuse("htk_mode", "False for use_log_floor=False (bands have no floor)", "True")
    return {"power_offset": opts.eps, "amin": SMALLEST}


def _spectrum(frames: FrameExtractionOptions) -> dict[str, Any]:
    """Give the fields of a spectrum by name."""
    return kaldi.kaldi_spectrum(
        frames.samp_freq,
        frames.frame_length_ms,
        frames.preemph_coeff,
        frames.remove_dc_offset,
        cast("kaldi.KaldiWindow", frames.window_type),
        frames.blackman_coeff,
        frames.round_to_power_of_two,
    )
