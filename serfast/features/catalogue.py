"""The catalogue lists every built-in feature, in the order in which samples become features.

Each feature has one line. A feature that is imported here can stand in the JSON of a FeatureSpec by
its name alone, and is a name of ``serfast`` and ``serfast.features``. Back ends, benchmarks, tests
of closeness, row hashes and pages read this list.
"""

# ruff: noqa: I001  (the order is that of the pipeline; every name is exported)

from .base import Feature as _Feature

from .energy import RMS as RMS
from .energy import ZeroCrossingRate as ZeroCrossingRate
from .sign_changes import SignChangeRate as SignChangeRate
from .mean_square import MeanSquare as MeanSquare
from .part_entropy import EnergyEntropy as EnergyEntropy
from .spectrum import PowerSpectrum as PowerSpectrum
from .mel import MelPower as MelPower
from .mel import LogMel as LogMel
from .mfcc import MFCC as MFCC
from .pitch import YIN as YIN
from .f0_candidates import F0Candidates as F0Candidates
from .f0_path import F0Path as F0Path
from .f0 import F0 as F0
from .delta import Delta as Delta
from .row_difference import RowDifference as RowDifference
from .pcen import PCEN as PCEN
from .running_normalization import RunningNormalization as RunningNormalization
from .sliding_normalization import SlidingNormalization as SlidingNormalization
from .prior_normalization import PriorNormalization as PriorNormalization
from .utterance_normalization import UtteranceNormalization as UtteranceNormalization
from .relative_level import RelativeLevel as RelativeLevel
from .rasta import RASTA as RASTA
from .noise_floor import NoiseFloor as NoiseFloor
from .noise_floor import NoiseSubtraction as NoiseSubtraction
from .spectral_centroid import SpectralCentroid as SpectralCentroid
from .spectral_bandwidth import SpectralBandwidth as SpectralBandwidth
from .spectral_rolloff import SpectralRolloff as SpectralRolloff
from .spectral_flatness import SpectralFlatness as SpectralFlatness
from .spectral_entropy import SpectralEntropy as SpectralEntropy
from .spectral_flux import SpectralFlux as SpectralFlux
from .relative_centroid import RelativeCentroid as RelativeCentroid
from .relative_centroid import RelativeSpread as RelativeSpread
from .relative_rolloff import RelativeRolloff as RelativeRolloff
from .relative_flux import RelativeFlux as RelativeFlux
from .part_entropy import SpectralPartEntropy as SpectralPartEntropy
from .linear_log_cepstrum import LinearLogCepstrum as LinearLogCepstrum
from .spectral_contrast import SpectralContrast as SpectralContrast
from .spectral_slope import SpectralSlope as SpectralSlope
from .alpha_ratio import AlphaRatio as AlphaRatio
from .hammarberg_index import HammarbergIndex as HammarbergIndex
from .loudness import Loudness as Loudness
from .log_energy import LogEnergy as LogEnergy
from .log_spectral_energy import LogSpectralEnergy as LogSpectralEnergy
from .chroma import Chroma as Chroma
from .semitone_chroma import SemitoneChroma as SemitoneChroma
from .formants import Formants as Formants
from .harmonic_formants import HarmonicFormants as HarmonicFormants
from .bandlimited_formants import BandlimitedFormants as BandlimitedFormants
from .subharmonics import SubharmonicCandidates as SubharmonicCandidates
from .candidate_harmonics import CandidateHarmonics as CandidateHarmonics
from .subharmonic_f0 import SubharmonicF0 as SubharmonicF0
from .harmonic_differences import HarmonicDifferences as HarmonicDifferences
from .median_smoothing import MedianSmoothing as MedianSmoothing
from .cpp import CPP as CPP
from .hnr import HNR as HNR
from .hnr import AutocorrelationHNR as AutocorrelationHNR
from .period_perturbation import PeriodPerturbation as PeriodPerturbation
from .jitter import Jitter as Jitter
from .shimmer import Shimmer as Shimmer

FEATURES: dict[str, type[_Feature]] = {
    name: value
    for name, value in tuple(globals().items())
    if isinstance(value, type) and issubclass(value, _Feature) and value is not _Feature
}
"""This table has every built-in feature under the name that a spec's JSON uses."""
