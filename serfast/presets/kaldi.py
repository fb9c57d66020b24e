"""Kaldi's filter banks and MFCC as FeatureSpecs, with Kaldi's own parameters."""

from __future__ import annotations

from ..features.spec import FeatureSpec
from .kaldi_parts import (
    INT16,
    WINDOWS,
    KaldiWindow,
    band_edges,
    fbank_features,
    kaldi_bands,
    kaldi_spec,
    kaldi_spectrum,
    mfcc_features,
)

__all__ = ["WINDOWS", "KaldiWindow", "kaldi_fbank", "kaldi_mfcc"]


def kaldi_fbank(
    sample_rate: float = 16000,
    *,
    num_mel_bins: int = 23,
    low_freq: float = 20.0,
    high_freq: float = 0.0,
    frame_length_ms: float = 25.0,
    frame_shift_ms: float = 10.0,
    snip_edges: bool = True,
    preemph_coeff: float = 0.97,
    remove_dc_offset: bool = True,
    window_type: KaldiWindow = "povey",
    blackman_coeff: float = 0.42,
    round_to_power_of_two: bool = True,
    use_energy: bool = False,
    raw_energy: bool = True,
    energy_floor: float = 0.0,
    htk_compat: bool = False,
    use_log_fbank: bool = True,
    use_power: bool = True,
    sample_scale: float = INT16,
) -> FeatureSpec:
    """Take the filter banks of Kaldi's compute-fbank-feats, without dither.

    Parameters
    ----------
    sample_rate : float
        Samples per second [Hz].
    num_mel_bins : int
        There are this many bands.
    low_freq, high_freq : float
        They are the lower edge of the first band and the upper edge of the last one [Hz]. If
        high_freq <= 0, it is relative to half the sample rate.
    frame_length_ms, frame_shift_ms : float
        A frame is this long, and the next one begins so much later [ms].
    snip_edges : bool
        If True, only frames that lie in the signal make a row. If False, there is a row for each
        shift, frames lie around its middle, and the signal is mirrored at both ends.
    preemph_coeff : float
        The pre-emphasis within a frame, 0 to 1.
    remove_dc_offset : bool
        If True, the mean of each frame is subtracted first.
    window_type : {"povey", "hanning", "hamming", "blackman", "rectangular", "sine", "hann"}
        All are symmetric but "hann".
    blackman_coeff : float
        It is the mean of the window "blackman".
    round_to_power_of_two : bool
        If True, zeros complete the frame to a power of two before it is transformed.
    use_energy : bool
        If True, there is a column more, the logarithm of the frame's energy.
    raw_energy : bool
        If True, that is the energy before pre-emphasis and window.
    energy_floor : float
        A smaller energy is raised to it, >= 0.
    htk_compat : bool
        If True, the energy comes last; else it comes first.
    use_log_fbank : bool
        If True, the bands are natural logarithms.
    use_power : bool
        If True, the bands hold power; else magnitude.
    sample_scale : float
        The samples are multiplied by it: 32768 gives the integers that Kaldi takes. Programs that
        give samples in [-1, 1) to kaldi-native-fbank or torchaudio need 1.

    Returns
    -------
    FeatureSpec

    Raises
    ------
    ParameterError
        If a parameter breaks its rule; Kaldi ends the program then.

    Notes
    -----
    It agrees with kaldi-native-fbank 1.23 to 1e-4 (natural logarithm): docs/conformance.md has the
    figures. Kaldi adds noise to the samples (dither); nobody can reproduce that, so compare with
    ``dither=0``.

    Examples
    --------
    >>> spec = kaldi_fbank(num_mel_bins=80)
    >>> len(spec.columns), spec.hop_length, spec.frame_lengths
    (80, 160, (400,))
    """
    spectrum = kaldi_spectrum(
        sample_rate,
        frame_length_ms,
        preemph_coeff,
        remove_dc_offset,
        window_type,
        blackman_coeff,
        round_to_power_of_two,
    )
    features = fbank_features(
        spectrum,
        kaldi_bands(
            sample_rate,
            spectrum["n_fft"],
            num_mel_bins,
            band_edges(sample_rate, low_freq, high_freq),
        ),
        use_energy=use_energy,
        raw_energy=raw_energy,
        energy_floor=energy_floor,
        htk_compat=htk_compat,
        use_log_fbank=use_log_fbank,
        use_power=use_power,
    )
    return kaldi_spec(sample_rate, frame_shift_ms, snip_edges, sample_scale, features)


def kaldi_mfcc(
    sample_rate: float = 16000,
    *,
    num_ceps: int = 13,
    cepstral_lifter: float = 22.0,
    num_mel_bins: int = 23,
    low_freq: float = 20.0,
    high_freq: float = 0.0,
    frame_length_ms: float = 25.0,
    frame_shift_ms: float = 10.0,
    snip_edges: bool = True,
    preemph_coeff: float = 0.97,
    remove_dc_offset: bool = True,
    window_type: KaldiWindow = "povey",
    blackman_coeff: float = 0.42,
    round_to_power_of_two: bool = True,
    use_energy: bool = True,
    raw_energy: bool = True,
    energy_floor: float = 0.0,
    htk_compat: bool = False,
    sample_scale: float = INT16,
) -> FeatureSpec:
    """Take the coefficients of Kaldi's compute-mfcc-feats, without dither.

    Parameters
    ----------
    sample_rate : float
        Samples per second [Hz].
    num_ceps : int
        There are this many columns, 1 to num_mel_bins.
    cepstral_lifter : float
        L > 0 multiplies coefficient n by 1 + L/2 · sin(π n / L); 0 changes nothing.
    num_mel_bins, low_freq, high_freq, frame_length_ms, frame_shift_ms, snip_edges, preemph_coeff
        They mean the same as in :func:`kaldi_fbank`.
    remove_dc_offset, window_type, blackman_coeff, round_to_power_of_two, raw_energy, energy_floor
        They mean the same as in :func:`kaldi_fbank`.
    use_energy : bool
        If True, the logarithm of the frame's energy takes the place of coefficient 0.
    htk_compat : bool
        If True, the energy or coefficient 0 comes last, and coefficient 0 is sqrt(2) times as
        large.
    sample_scale : float
        It means the same as in :func:`kaldi_fbank`.

    Returns
    -------
    FeatureSpec

    Raises
    ------
    ParameterError
        If a parameter breaks its rule; Kaldi ends the program then.

    Notes
    -----
    It agrees with kaldi-native-fbank 1.23: docs/conformance.md has the figures.

    Examples
    --------
    >>> kaldi_mfcc(num_ceps=3).columns
    ('log_energy', 'mfcc_1', 'mfcc_2')
    >>> kaldi_mfcc(num_ceps=3, use_energy=False, htk_compat=True).columns
    ('mfcc_1', 'mfcc_2', 'mfcc_0')
    """
    spectrum = kaldi_spectrum(
        sample_rate,
        frame_length_ms,
        preemph_coeff,
        remove_dc_offset,
        window_type,
        blackman_coeff,
        round_to_power_of_two,
    )
    features = mfcc_features(
        spectrum,
        kaldi_bands(
            sample_rate,
            spectrum["n_fft"],
            num_mel_bins,
            band_edges(sample_rate, low_freq, high_freq),
        ),
        num_ceps=num_ceps,
        cepstral_lifter=cepstral_lifter,
        use_energy=use_energy,
        raw_energy=raw_energy,
        energy_floor=energy_floor,
        htk_compat=htk_compat,
    )
    return kaldi_spec(sample_rate, frame_shift_ms, snip_edges, sample_scale, features)
