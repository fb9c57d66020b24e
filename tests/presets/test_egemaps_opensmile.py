"""openSMILE's descriptors hold against their formulas in NumPy, in float64, at several rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import serfast
from serfast import presets

RATES = (8000, 16000, 22050, 44100)


def signal_of(sample_rate: int) -> Any:
    t = np.arange(sample_rate // 2) / sample_rate
    tones = sum(np.cos(2 * np.pi * 140 * k * t) / k for k in range(1, 20)) / 10
    fade = np.minimum(1, 3 * t)
    noise = np.random.default_rng(11).normal(0, 0.01, len(t))
    return ((tones + noise) * fade).astype(np.float32)


def powers_of(signal: Any, sample_rate: int) -> tuple[Any, float]:
    """Give |X|² of each frame of 20 ms, of samples as openSMILE scales them, and the bin width."""
    hop, length = round(0.01 * sample_rate), round(0.02 * sample_rate)
    n_fft = 1 << (length - 1).bit_length()
    x = signal.astype(float) * 32768 / 32767
    window = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(length) / (length - 1))
    n = (len(x) - length) // hop + 1
    frames = np.stack([x[i * hop : i * hop + length] * window for i in range(n)])
    return np.abs(np.fft.rfft(frames, n_fft)) ** 2, sample_rate / n_fft


def mel_bands(power: Any, width: float, top: float) -> Any:
    """Give the energy in 26 triangles that are straight in mel, without HTK's outer bins."""
    k = np.arange(power.shape[1])
    mel = 1127 * np.log(1 + k * width / 700)
    edges = np.linspace(1127 * np.log(1 + 20 / 700), 1127 * np.log(1 + top / 700), 28)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rise, fall = (mel - low) / (middle - low), (high - mel) / (high - middle)
    weights = np.maximum(np.minimum(rise, fall), 0)
    weights[:, (k < int(20 / width + 1.5)) | (k > int(top / width - 0.5))] = 0
    return power @ weights.T


def slope(power: Any, width: float, low: float, high: float) -> Any:
    a, b = low / width, high / width
    k = np.arange(int(a), int(b) + 1)
    w = np.ones(len(k))
    w[0] = 1 - (a - int(a)) if a > int(a) else 1
    w[-1] = b - int(b) if b > int(b) else 1
    n, x = len(k) - 1, w * k * width
    y = 10 * np.log10(np.maximum(power[:, k], 1e-14))
    return y @ (n * x - w * x.sum()) / (n * (x @ x) - x.sum() ** 2)


def expected_of(signal: Any, sample_rate: int) -> dict[str, Any]:
    power, width = powers_of(signal, sample_rate)
    f = np.arange(power.shape[1]) * width
    top = min(8000.0, sample_rate / 2)
    bands = mel_bands(power, width, top)
    edges = np.linspace(1127 * np.log(1 + 20 / 700), 1127 * np.log(1 + top / 700), 28)
    w2 = (2 * np.pi * 700 * (np.exp(edges[1:-1] / 1127) - 1)) ** 2
    heard = 1e32 * (w2 + 56.8e6) * w2**2 / ((w2 + 6.3e6) ** 2 * (w2 + 0.38e9))
    heard /= 1.7e31 + w2**3.5
    levels = np.log(np.maximum(bands * 32767**2, 1))
    k, b = np.arange(1, 5)[:, None], np.arange(26)
    cosines = np.sqrt(2 / 26) * np.cos(np.pi * k * (b + 0.5) / 26)
    cosines *= 1 + 11 * np.sin(np.pi * k / 22)
    low, high = f < 1000, (f >= 1000) & (f <= 5000)
    strong, weak = power[:, f < 2000], power[:, (f >= 2000) & (f <= 5000)]
    change = np.diff(np.sqrt(power[:, f < 5000]), axis=0, prepend=np.sqrt(power[:1, f < 5000]))
    return {
        "loudness": np.mean((heard * np.maximum(bands, 9.3e-10)) ** 0.33, axis=1),
        "alpha_ratio": 10 * np.log10(power[:, high].sum(axis=1) / power[:, low].sum(axis=1)),
        "hammarberg_index": 10 * np.log10(strong.max(axis=1) / weak.max(axis=1)),
        "spectral_slope_0_500": slope(power, width, 0, 500),
        "spectral_slope_500_1500": slope(power, width, 500, 1500),
        "spectral_flux": np.sqrt(np.mean(change**2, axis=1)),
        **{f"mfcc_{i + 1}": column for i, column in enumerate((levels @ cosines.T).T)},
    }


@pytest.mark.parametrize("sample_rate", RATES)
def test_the_spectral_descriptors_are_those_of_the_formulas(sample_rate: int) -> None:
    signal = signal_of(sample_rate)
    spec = presets.egemaps_opensmile(sample_rate)
    rows = serfast.Extractor(spec)(signal)
    for name, values in expected_of(signal, sample_rate).items():
        column = rows[2:, spec.columns.index(name)]
        scale = np.abs(values).max()
        np.testing.assert_allclose(column, values[2 : len(rows)], atol=2e-4 * scale, err_msg=name)


def test_silence_has_openSMILEs_slopes_and_loudness() -> None:
    spec = presets.egemaps_opensmile()
    row = dict(zip(spec.columns, serfast.Extractor(spec)(np.zeros(4000))[3], strict=True))
    levels = np.full((1, 257), 1e-14)
    assert row["spectral_slope_0_500"] == pytest.approx(slope(levels, 31.25, 0, 500)[0], rel=1e-5)
    expected = slope(levels, 31.25, 500, 1500)[0]
    assert row["spectral_slope_500_1500"] == pytest.approx(expected, rel=1e-5)
    assert row["loudness"] == pytest.approx(expected_of(np.zeros(4000), 16000)["loudness"][0])
    for name in ("subharmonic_f0", "jitter_local", "spectral_flux", "mfcc_1", "alpha_ratio"):
        assert row[name] == 0


@pytest.mark.parametrize("sample_rate", [8000, 16000, 48000])
def test_a_stream_has_the_bits_of_its_recording(sample_rate: int) -> None:
    signal = signal_of(sample_rate)
    extractor = serfast.Extractor(presets.egemaps_opensmile(sample_rate))
    stream = extractor.stream()
    parts = [stream.accept(chunk) for chunk in np.array_split(signal, 23)]
    np.testing.assert_array_equal(np.concatenate([*parts, stream.flush()]), extractor(signal))


def test_the_functionals_have_the_published_names_in_order() -> None:
    columns = presets.egemaps_opensmile().columns
    names = presets.egemaps_opensmile_statistics().names(columns)
    paper = presets.egemaps_statistics().names(presets.egemaps().columns)
    assert names == paper
    minimal = presets.gemaps_opensmile_statistics().names(columns)
    assert minimal == presets.gemaps_statistics().names(presets.gemaps().columns)


def test_compat_of_the_papers_presets_gives_these_ones() -> None:
    assert presets.egemaps(compat="opensmile") == presets.egemaps_opensmile()
    assert presets.gemaps(compat="opensmile") == presets.gemaps_opensmile()
    assert presets.egemaps(compat=None) == presets.egemaps() != presets.egemaps_opensmile()
    for missing in ("zero", "nan"):
        extended = presets.egemaps_statistics(missing, compat="opensmile")
        assert extended == presets.egemaps_opensmile_statistics(missing)
        minimal = presets.gemaps_statistics(missing, compat="opensmile")
        assert minimal == presets.gemaps_opensmile_statistics(missing)
    assert presets.usual_statistics(presets.gemaps_opensmile()) == (
        presets.gemaps_opensmile_statistics()
    )


def test_the_smaller_set_has_the_numbers_of_the_larger_one() -> None:
    signal, values = signal_of(16000), {}
    for spec in (presets.gemaps_opensmile(), presets.egemaps_opensmile()):
        statistics = presets.usual_statistics(spec)
        vector = statistics(serfast.Extractor(spec)(signal), spec.columns)
        values[len(vector)] = dict(zip(statistics.names(spec.columns), vector, strict=True))
    assert values[62].items() <= values[88].items()


def test_what_silence_lacks_is_nan_if_asked() -> None:
    spec = presets.egemaps(compat="opensmile")
    statistics = presets.egemaps_statistics("nan", compat="opensmile")
    vector = statistics(serfast.Extractor(spec)(np.zeros(8000)), spec.columns)
    values = dict(zip(statistics.names(spec.columns), vector, strict=True))
    assert np.isnan(values["F0semitoneFrom27.5Hz_sma3nz_amean"])
    assert np.isnan(values["MeanVoicedSegmentLengthSec"])
    assert values["VoicedSegmentsPerSec"] == 0


@pytest.mark.parametrize(
    "make",
    [presets.egemaps, presets.gemaps, presets.egemaps_statistics, presets.gemaps_statistics],
)
@pytest.mark.parametrize("value", ["x", "", True, b"opensmile", ["opensmile"]])
def test_another_compat_is_refused(make: Any, value: Any) -> None:
    with pytest.raises(serfast.ParameterError) as error:
        make(compat=value)
    assert str(error.value) == f"compat must be None or 'opensmile', got {value!r}"


@pytest.mark.parametrize("rate", [0, 2000, 4299.9, 384001, 1e7])
def test_a_rate_that_is_too_low_or_too_high_is_refused(rate: float) -> None:
    rule = "sample_rate must be a finite number >= 4300 and <= 384000"
    for make in (presets.egemaps_opensmile, presets.gemaps_opensmile):
        with pytest.raises(serfast.ParameterError, match=rule):
            make(rate)


@pytest.mark.parametrize("rate", [4300, 384000])
def test_the_lowest_and_the_highest_rate_have_finite_rows(rate: int) -> None:
    signal = np.random.default_rng(0).normal(0, 0.1, rate // 5)
    for make in (presets.egemaps_opensmile, presets.gemaps_opensmile):
        assert np.isfinite(serfast.Extractor(make(rate))(signal)).all()
