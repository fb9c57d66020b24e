"""Options become a FeatureSpec here, or are refused with what isn't there."""

from __future__ import annotations

import dataclasses
from typing import Any

from ... import _checks as checks
from ...features import LogMel, MelPower
from ...features.spec import FeatureSpec
from ...presets import kaldi_fbank, kaldi_mfcc
from .options import (
    FbankOptions,
    FrameExtractionOptions,
    MelBanksOptions,
    MfccOptions,
    WhisperFeatureOptions,
)

__all__ = ["fbank_spec", "mfcc_spec", "whisper_spec"]


def fbank_spec(opts: FbankOptions) -> FeatureSpec:
    """Give the spec of filter banks; samples count as they are given."""
    if opts.use_log_fbank and not opts.use_log_floor:
        checks.refuse("use_log_floor", "True (log(x + eps) isn't there)", "False")
    spec = kaldi_fbank(
        **_shared(opts.frame_opts, opts.mel_opts),
        use_energy=opts.use_energy,
        raw_energy=opts.raw_energy,
        energy_floor=opts.energy_floor,
        htk_compat=opts.htk_compat,
        use_log_fbank=opts.use_log_fbank,
        use_power=opts.use_power,
    )
    features = tuple(
        dataclasses.replace(one, amin=opts.eps) if isinstance(one, LogMel) else one
        for one in spec.features
    )
    return dataclasses.replace(spec, features=features)


def mfcc_spec(opts: MfccOptions) -> FeatureSpec:
    """Give the spec of cepstral coefficients."""
    return kaldi_mfcc(
        **_shared(opts.frame_opts, opts.mel_opts),
        num_ceps=opts.num_ceps,
        cepstral_lifter=opts.cepstral_lifter,
        use_energy=opts.use_energy,
        raw_energy=opts.raw_energy,
        energy_floor=opts.energy_floor,
        htk_compat=opts.htk_compat,
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


def _shared(frames: FrameExtractionOptions, bands: MelBanksOptions) -> dict[str, Any]:
    """Give the arguments that both presets have."""
    for name in ("htk_mode", "is_librosa", "floor_to_int_bin"):
        if getattr(bands, name):
            checks.refuse(name, "False (its mel bands aren't there)", "True")
    if frames.dither != 0:
        checks.warn("dither adds noise in kaldi-native-fbank: these rows are without it")
    return {
        "sample_rate": frames.samp_freq,
        "frame_length_ms": frames.frame_length_ms,
        "frame_shift_ms": frames.frame_shift_ms,
        "snip_edges": frames.snip_edges,
        "preemph_coeff": frames.preemph_coeff,
        "remove_dc_offset": frames.remove_dc_offset,
        "window_type": frames.window_type,
        "blackman_coeff": frames.blackman_coeff,
        "round_to_power_of_two": frames.round_to_power_of_two,
        "num_mel_bins": bands.num_bins,
        "low_freq": bands.low_freq,
        "high_freq": bands.high_freq,
        "sample_scale": 1.0,
    }
