"""The five features: the formulas in NumPy and float64, the contract, and the former names."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import numpy as np
import pytest

import serfast
import serfast_spectral as spectral
from helpers.spectral import BACKENDS, FREQUENCIES, RATE, SPECTRA, Y, rows, worst
from serfast.cli.main import main
from serfast.errors import ParameterError, UnknownPluginError
from serfast.program.planner import program_of
from serfast.testing.checks import check_feature

ALL = [getattr(spectral, name) for name in spectral.__all__]
OF_SPECTRA = [cls for cls in ALL if issubclass(cls, serfast.SpectrumFeature)]
HEARD = SPECTRA[1.0].max(axis=0) > 0
every_backend = pytest.mark.parametrize("backend", BACKENDS)
names = {"ids": lambda cls: cls.__name__}


def moments(power: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The variance, the third and the fourth moment of the frequencies, weighed by spectra."""
    share = SPECTRA[power][:, HEARD] / SPECTRA[power][:, HEARD].sum(axis=0)
    off = FREQUENCIES[:, np.newaxis] - FREQUENCIES @ share
    return tuple((off**n * share).sum(axis=0) for n in (2, 3, 4))


@every_backend
@pytest.mark.parametrize(("power", "limits"), [(1.0, (1e-3, 5e-3)), (2.0, (1e-6, 5e-6))])
def test_skewness_and_kurtosis(power: float, limits: tuple[float, float], backend: str) -> None:
    second, third, fourth = moments(power)
    both = spectral.SpectralSkewness(power=power), spectral.SpectralKurtosis(power=power)
    found = rows(*both, backend=backend)
    skew = worst(found[HEARD, 0], third / second**1.5, 1.0)
    kurtosis = worst(found[HEARD, 1], fourth / second**2)
    middle = np.median(np.abs(found[HEARD, 1] * second**2 / fourth - 1))
    print(f"skewness {skew:.1e}, kurtosis {kurtosis:.1e}, power {power:g}, {backend}")
    assert skew <= limits[0]
    assert kurtosis <= limits[1]
    assert middle <= 1e-6
    assert not found[~HEARD].any()
    assert found[HEARD, 0].max() > 1
    assert found[HEARD, 0].min() < 0.1


@every_backend
@pytest.mark.parametrize("power", SPECTRA)
@pytest.mark.parametrize(("fmin", "fmax"), [(0, 500), (500, 1500), (0, 8000)])
def test_slope_of_levels(fmin: float, fmax: float, power: float, backend: str) -> None:
    """NumPy fits a polynomial of degree 1."""
    inside = np.clip(FREQUENCIES, fmin, fmax) == FREQUENCIES
    level = 20 / power * np.log10(np.maximum(SPECTRA[power][inside], 1e-5**power))
    expected = np.polyfit(FREQUENCIES[inside], level, 1)[0]
    feature = spectral.SpectralTilt(fmin=fmin, fmax=fmax, power=power, amin=1e-5**power)
    found = rows(feature, backend=backend)[:, 0]
    error = worst(found, expected, np.abs(expected).max())
    print(f"slope {fmin}-{fmax} Hz, power {power:g}, {backend}: worst {error:.1e} of the largest")
    assert error <= 1e-4
    assert np.ptp(expected) > 1e-3


@every_backend
def test_linear_slope(backend: str) -> None:
    inside = (FREQUENCIES >= 100) & (FREQUENCIES <= 4000)
    band = SPECTRA[1.0][inside]
    slope = np.polyfit(FREQUENCIES[inside], band, 1)[0]
    expected = slope / np.where(HEARD, band.sum(axis=0), 1)
    feature = spectral.SpectralTilt(fmin=100, fmax=4000, decibel=False, power=1.0)
    found = rows(feature, backend=backend)[:, 0]
    error = worst(found, expected, np.abs(expected).max())
    print(f"linear slope, {backend}: worst {error:.1e} of the largest")
    assert error <= 1e-5
    assert not found[~HEARD].any()


@every_backend
@pytest.mark.parametrize("power", SPECTRA)
def test_decrease(power: float, backend: str) -> None:
    spectrum = SPECTRA[power][:, HEARD]
    k = np.arange(1, len(spectrum))
    expected = ((spectrum[1:] - spectrum[0]) / k[:, np.newaxis]).sum(axis=0)
    expected /= spectrum[1:].sum(axis=0)
    found = rows(spectral.SpectralDecrease(power=power), backend=backend)[:, 0]
    error = worst(found[HEARD], expected, np.abs(expected).max())
    print(f"decrease, power {power:g}, {backend}: worst {error:.1e} of the largest")
    assert error <= 1e-5
    assert not found[~HEARD].any()
    assert expected.min() < 0 < expected.max()


@every_backend
@pytest.mark.parametrize("back", [0, 1, 9, 500])
def test_running_mean(back: int, backend: str) -> None:
    mel = serfast.LogMel(n_mels=3)
    found = rows(mel, spectral.RunningMean(mel, back=back), backend=backend).astype(np.float64)
    x = found[:, :3]
    expected = [x[max(0, t - back) : t + 1].mean(axis=0) for t in range(len(x))]
    np.testing.assert_allclose(found[:, 3:], expected, rtol=1e-6)


def test_a_running_mean_waits_for_nothing() -> None:
    spec = serfast.FeatureSpec(features=[spectral.RunningMean(serfast.RMS(), back=20)])
    assert serfast.Extractor(spec).stream().latency.samples == 256
    assert spec.columns == ("mean_rms",)


def test_one_transform_serves_all_and_mfcc() -> None:
    spec = serfast.FeatureSpec(features=[serfast.MFCC(), *(cls() for cls in OF_SPECTRA)])
    assert len(program_of(spec).spectra) == 1


def test_stream_deltas_and_threads_have_the_batchs_bits() -> None:
    features = [cls(n_fft=400) for cls in OF_SPECTRA]
    features += [serfast.Delta(features[0]), spectral.RunningMean(serfast.SpectralFlux(), back=5)]
    extractor = serfast.Extractor(serfast.FeatureSpec(features=features))
    batch = extractor(Y)
    for sizes in ([1, 160, 161, 7000], [48000], [0, 333]):
        stream, parts, begin = extractor.stream(), [], 0
        while begin < len(Y):
            for size in sizes:
                parts.append(stream.accept(Y[begin : begin + size]))
                begin += size
        parts.append(stream.flush())
        np.testing.assert_array_equal(np.concatenate(parts).view("u4"), batch.view("u4"))
    for each in extractor.map([Y] * 6, threads=3):
        np.testing.assert_array_equal(each.view("u4"), batch.view("u4"))


@pytest.mark.parametrize("cls", ALL, **names)
def test_contract(cls) -> None:
    feature = cls(n_fft=400, name="own") if cls in OF_SPECTRA else cls(serfast.RMS(), name="own")
    check_feature(feature, tolerance=1e-3)


def test_json_names_the_package() -> None:
    slope = spectral.SpectralTilt(fmax=900, name="r", n_fft=400)
    spec = serfast.FeatureSpec(features=[slope, spectral.RunningMean(slope, back=3)])
    text = spec.to_json()
    stored = json.loads(text)["features"]
    assert (stored[0]["type"], stored[0]["package"]) == ("SpectralTilt", "serfast-spectral")
    assert (stored[1]["type"], stored[1]["package"]) == ("RunningMean", "serfast-spectral")
    assert (stored[1]["back"], stored[1]["feature"]) == (3, stored[0])
    assert serfast.FeatureSpec.from_json(text) == spec
    assert serfast.FeatureSpec.from_json(text).to_json() == text


def test_extract_on_the_command_line(tmp_path: Path) -> None:
    import soundfile  # optional: only this test needs it

    features = [*(cls() for cls in OF_SPECTRA), spectral.RunningMean(serfast.RMS())]
    spec = serfast.FeatureSpec(features=features)
    (tmp_path / "spec.json").write_text(spec.to_json())
    soundfile.write(tmp_path / "y.wav", Y, RATE, subtype="FLOAT")
    out = tmp_path / "rows.npz"
    arguments = [str(tmp_path / "y.wav"), "--spec", str(tmp_path / "spec.json"), "-o", str(out)]
    assert main(["extract", *arguments]) == 0
    with np.load(out) as stored:
        tables = [stored[name] for name in stored.files if stored[name].ndim == 2]
    assert any(np.array_equal(table, serfast.Extractor(spec)(Y)) for table in tables)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: spectral.SpectralTilt(fmin=-1), r"^fmin must be >= 0 and < fmax .*, got -1$"),
        (
            lambda: spectral.SpectralTilt(fmin=500),
            r"^fmin must be >= 0 and < fmax \(500 Hz\), got",
        ),
        (lambda: spectral.SpectralTilt(fmax=float("nan")), "^fmax must be a finite number"),
        (lambda: spectral.SpectralTilt(fmax="all"), "^fmax must be a finite number, got 'all'"),
        (lambda: spectral.SpectralTilt(amin=0.0), "^amin must be >= 1.17549e-38"),
        (lambda: spectral.SpectralTilt(decibel=1), "^decibel must be True or False, got 1"),
        (lambda: spectral.SpectralKurtosis(power=3.0), r"^power must be one of 1\.0, 2\.0"),
        (lambda: spectral.SpectralDecrease(n_fft=1), "^n_fft must be an int >= 2"),
        (lambda: spectral.RunningMean(serfast.RMS(), back=1001), "^back must be an int <= 1000"),
        (lambda: spectral.RunningMean("rms"), "^feature must be a feature, got 'rms'"),
    ],
)
def test_bad_parameters_are_refused(make, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()


def test_a_band_beyond_half_the_rate_is_refused() -> None:
    message = r"^fmax must be <= 8000 Hz \(half the sample rate\), got 8001$"
    with pytest.raises(ParameterError, match=message):
        serfast.FeatureSpec(features=[spectral.SpectralTilt(fmax=8001)])


@pytest.mark.parametrize("cls", OF_SPECTRA, **names)
def test_odd_sizes_and_silence(cls) -> None:
    impulse = np.zeros(900, np.float32)
    impulse[450] = 1
    for n_fft in (2, 3, 441):
        spec = serfast.FeatureSpec(features=[cls(n_fft=n_fft)], hop_length=50)
        for y in (np.zeros(900, np.float32), np.full(900, -1, np.float32), impulse):
            assert np.isfinite(serfast.Extractor(spec)(y)).all()


# --- What has moved into serfast ----------------------------------------------------------------


@pytest.mark.parametrize("name", spectral.BUILT_IN)
def test_former_names_give_serfasts_classes(name: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"serfast_spectral.{name} is serfast.{name} now"):
        assert getattr(spectral, name) is getattr(serfast, name)


def test_other_names_are_unknown() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'SpectralRoundness'"):
        spectral.SpectralRoundness  # noqa: B018
    with pytest.raises(ImportError):
        importlib.import_module("serfast_spectral.level")


@pytest.mark.parametrize("name", spectral.BUILT_IN)
def test_a_stored_spec_of_version_0_1_is_told_what_to_write(name: str) -> None:
    stored = {"type": name, "package": "serfast-spectral", "n_fft": 400, "power": 2.0}
    data = {"format": 1, "features": [stored]}
    power = getattr(serfast, name)().power
    message = (
        f"feature '{name}' must come from the package 'serfast-spectral', .* {name} is built into "
        f'serfast now: leave "package" out, and take "power": {power} or what else its fields are'
    )
    with pytest.raises(UnknownPluginError, match=message):
        serfast.FeatureSpec.from_dict(data)
    del stored["package"]
    stored["power"] = power
    [feature] = serfast.FeatureSpec.from_dict(data).features
    assert feature == getattr(serfast, name)(n_fft=400)
