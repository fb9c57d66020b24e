"""What the two ratios of bands share: which bins a band has, and the rules for the fields."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.spectral import BACKENDS, RATE
from serfast.errors import ParameterError
from serfast.features.band_ratio import BandRatio, bins_between

every_ratio = pytest.mark.parametrize("cls", [serfast.AlphaRatio, serfast.HammarbergIndex])
every_backend = pytest.mark.parametrize("backend", BACKENDS)


@pytest.mark.parametrize(
    ("band", "closed", "expected"),
    [
        ((0, 500), True, (0, 6)),  # bins are 100 Hz apart
        ((0, 500), False, (0, 5)),
        ((1, 499), True, (1, 5)),
        ((700, 9000), True, (7, 9)),
        ((10, 90), True, (0, 0)),
        ((900, 950), True, (0, 0)),
    ],
)
def test_bins_of_a_band(band: tuple[int, int], closed: bool, expected: tuple[int, int]) -> None:
    assert bins_between(16, 1600.0, *band, closed=closed) == expected


@every_ratio
@every_backend
def test_a_band_that_ends_above_half_the_rate_ends_there(
    cls: type[BandRatio], backend: str
) -> None:
    y = np.random.default_rng(5).normal(0, 0.1, 4000).astype(np.float32)
    made = [cls(), cls(fmax=4000.0)]
    spec = serfast.FeatureSpec(sample_rate=8000, hop_length=80, features=[made[0]])
    other = serfast.FeatureSpec(sample_rate=8000, hop_length=80, features=[made[1]])
    found = serfast.Extractor(spec, backend)(y)
    np.testing.assert_array_equal(found, serfast.Extractor(other, backend)(y))
    assert np.ptp(found) > 1


@every_ratio
@every_backend
def test_silence_and_a_band_without_a_bin_are_0(cls: type[BandRatio], backend: str) -> None:
    loud = np.random.default_rng(6).normal(0, 0.1, 900).astype(np.float32)
    empty = cls(n_fft=16, fmin=1100.0, split=1900.0)  # bins are 1000 Hz apart
    for feature, y in ((cls(), 0 * loud), (empty, loud)):
        spec = serfast.FeatureSpec(sample_rate=RATE, features=[feature])
        found = serfast.Extractor(spec, backend)(y)
        assert len(found)
        assert not found.any()


@every_ratio
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fmin": -1.0}, r"^fmin must be a finite number >= 0, got -1\.0$"),
        ({"fmin": 100.0, "split": 100.0}, r"^split must be > 100 Hz \(fmin\), got 100\.0$"),
        ({"split": 300.0, "fmax": 200.0}, r"^fmax must be > 300 Hz \(split\), got 200\.0$"),
        ({"fmax": float("inf")}, "^fmax must be a finite number, got inf$"),
        ({"power": 1.0}, r"^power must be 2\.0 for a level in decibels, got 1\.0$"),
        ({"amin": 0.0}, r"^amin must be a finite number >= 1\.17549e-38 and <= 1e\+30, got 0\.0$"),
    ],
)
def test_bad_parameters_are_refused(
    cls: type[BandRatio], arguments: dict[str, float], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        cls(**arguments)


@every_ratio
def test_a_split_at_half_the_rate_is_refused(cls: type[BandRatio]) -> None:
    message = r"^split must be < 2000 Hz \(half the sample rate\), got 2000\.0$"
    with pytest.raises(ParameterError, match=message):
        serfast.FeatureSpec(sample_rate=4000, features=[cls(split=2000.0)])
