"""kaldi-native-fbank beside serfast's Kaldi presets, on a grid of rates, sizes and signals."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import kaldi_native_fbank as knf
import numpy as np

import serfast
from serfast import presets
from serfast.features.spec import FeatureSpec

__all__ = ["Case", "conformance", "random_case", "theirs"]

Rows = np.ndarray[Any, np.dtype[np.float32]]

RATES = (8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 96000)

DEPTH = 1e-6
"""Bands with less power than this share of the frame's loudest bin aren't compared.

They are 60 dB below it, where float32's rounding noise in the toolkit's transform is seen.
"""

CHOICES: dict[str, tuple[Any, ...]] = {
    "num_mel_bins": (23, 26, 40, 64, 80),
    "low_freq": (20.0, 0.0, 64.0),
    "high_freq": (0.0, -400.0, 3600.0),
    "frame_length_ms": (16.0, 20.0, 25.0, 32.0, 64.0),
    "frame_shift_ms": (5.0, 10.0, 12.5, 20.0, 40.0),
    "snip_edges": (True, False),
    "preemph_coeff": (0.97, 0.5, 0.0),
    "remove_dc_offset": (True, False),
    "window_type": presets.kaldi.WINDOWS,
    "blackman_coeff": (0.42, 0.4),
    "round_to_power_of_two": (True, False),
    "use_energy": (True, False),
    "raw_energy": (True, False),
    "energy_floor": (0.0, 1.0),
    "htk_compat": (True, False),
}
FBANK_CHOICES = {"use_log_fbank": (True, True, False), "use_power": (True, False)}
MFCC_CHOICES = {"num_ceps": (13, 20), "cepstral_lifter": (22.0, 0.0, 10.0)}

PLACES = {"sample_rate": "samp_freq", "num_mel_bins": "num_bins"}
"""Arguments of a preset whose option has another name."""


@dataclasses.dataclass(frozen=True, eq=False)
class Case:
    """A case is the kind, "fbank" or "mfcc", the preset's arguments, a scale and a signal."""

    kind: str
    fields: dict[str, Any]
    scale: float
    signal: Rows

    def spec(self) -> FeatureSpec:
        """Give the preset's spec."""
        made = {"fbank": presets.kaldi_fbank, "mfcc": presets.kaldi_mfcc}[self.kind]
        return made(**self.fields, sample_scale=self.scale)

    def theirs(self) -> Rows:
        """Give kaldi-native-fbank's rows; it raises ValueError for what it refuses."""
        return theirs(self.kind, self.fields, self.signal * np.float32(self.scale))

    def errors(self, backend: str = "native") -> Rows:
        """Give the difference of each value that is compared, and 0 for others.

        That of bands without a logarithm is taken of their logarithms.
        """
        expected, spec = self.theirs(), self.spec()
        actual = serfast.Extractor(spec, backend)(self.signal)
        assert actual.shape == expected.shape
        error = np.abs(actual - expected)
        for feature in spec.features:
            if not isinstance(feature, serfast.MelPower):
                continue
            columns = [spec.columns.index(name) for name in feature.columns]
            if not isinstance(feature, serfast.LogMel):
                ratio = np.maximum(actual[:, columns], 1e-30) / np.maximum(
                    expected[:, columns], 1e-30
                )
                error[:, columns] = np.abs(np.log(ratio))
            loud = self._loud(feature, spec)
            if isinstance(feature, serfast.MFCC):
                loud = loud.all(axis=1, keepdims=True)
            error[:, columns] *= loud
        return error

    def _loud(self, feature: Any, spec: FeatureSpec) -> Any:
        """Tell which bands aren't too quiet, for each row."""
        made = []
        for kind in (serfast.PowerSpectrum, serfast.MelPower):
            fields = {f.name: getattr(feature, f.name) for f in dataclasses.fields(kind)}
            one = kind(**fields | {"name": None})
            made.append(serfast.Extractor(dataclasses.replace(spec, features=(one,)))(self.signal))
        spectrum, bands = made
        return bands > spectrum.max(axis=1, keepdims=True) * DEPTH ** (feature.power / 2)


def theirs(kind: str, fields: dict[str, Any], samples: Any) -> Rows:
    """Give kaldi-native-fbank's rows of a preset's arguments, without dither."""
    opts = knf.FbankOptions() if kind == "fbank" else knf.MfccOptions()
    opts.frame_opts.dither = 0
    for name, value in fields.items():
        name = PLACES.get(name, name)
        parts = (opts.frame_opts, opts.mel_opts, opts)
        setattr(next(part for part in parts if hasattr(part, name)), name, value)
    online = knf.OnlineFbank(opts) if kind == "fbank" else knf.OnlineMfcc(opts)
    online.accept_waveform(opts.frame_opts.samp_freq, samples)
    online.input_finished()
    rows = [online.get_frame(t) for t in range(online.num_frames_ready)]
    return np.array(rows, np.float32).reshape(-1, online.dim)


def signals(rate: float, rng: np.random.Generator) -> Iterator[Rows]:
    """Give noise, a voice-like sound in a room's noise, and noise beside a constant."""
    n = int(0.4 * rate)
    t = np.arange(n) / rate
    noise = rng.standard_normal(n)
    tones = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, int(rate / 2 / 120)))
    yield (0.1 * noise).astype(np.float32)
    yield (0.2 * np.asarray(tones) + 0.002 * noise).astype(np.float32)
    yield (0.05 + 0.05 * noise).astype(np.float32)


def random_case(kind: str, rate: float, rng: np.random.Generator) -> Iterator[Case]:
    """Give cases with the same random arguments, one for each signal."""
    choices = CHOICES | (FBANK_CHOICES if kind == "fbank" else MFCC_CHOICES)
    fields = {name: values[rng.integers(len(values))] for name, values in choices.items()}
    fields["sample_rate"] = float(rate)
    scale = (1.0, 32768.0)[rng.integers(2)]
    for signal in signals(rate, rng):
        yield Case(kind, fields, scale, signal)


def conformance(seed: int = 0, trials: int = 4) -> list[tuple[str, str, float, float]]:
    """Give a row for each feature: convention, feature, worst and median error over the grid."""
    rng = np.random.default_rng(seed)
    rows = []
    for kind in ("fbank", "mfcc"):
        errors = []
        for rate in RATES:
            for _ in range(trials):
                for case in random_case(kind, rate, rng):
                    try:
                        errors.append(case.errors().ravel())
                    except ValueError:  # both refuse it; the tests compare the refusals
                        break
        every = np.concatenate(errors)
        peer = f"kaldi-native-fbank {knf.__version__}"
        rows.append((peer, f"kaldi_{kind}", float(every.max()), float(np.median(every))))
    return rows
