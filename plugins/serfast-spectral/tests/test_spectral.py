"""The six measures: librosa's where librosa has them, else the formula in plain NumPy."""

from __future__ import annotations

import json

import librosa
import numpy as np
import pytest

import serfast
import serfast_spectral as spectral
from serfast.cli.main import main
from serfast.errors import ParameterError
from serfast.testing.checks import check_feature

RATE, N_FFT, HOP = 16000, 512, 160
GRID = {"n_fft": N_FFT, "hop_length": HOP, "center": True, "pad_mode": "constant"}
ALL = [getattr(spectral, name) for name in spectral.__all__]


def signal() -> np.ndarray:
    """A gliding harmonic tone, noise, a click, and silence: 3 s."""
    random = np.random.default_rng(11)
    t = np.arange(RATE) / RATE
    phase = 2 * np.pi * (110 * t + 60 * t**2)
    tone = sum(np.sin(h * phase) / h for h in range(1, 12)) * 0.2
    noise = random.normal(size=RATE) * np.linspace(1e-4, 0.3, RATE)
    quiet = np.zeros(RATE)
    quiet[9000] = 0.7
    return np.concatenate([tone, noise, quiet]).astype(np.float32)


Y = signal()
MAGNITUDE = np.abs(librosa.stft(Y.astype(np.float64), **GRID))


def rows(*features: serfast.features.Feature, backend: str = "native") -> np.ndarray:
    spec = serfast.FeatureSpec(sample_rate=RATE, hop_length=HOP, features=features)
    return serfast.Extractor(spec, backend=backend)(Y)


def worst(found: np.ndarray, expected: np.ndarray, scale: np.ndarray | float = 0.0) -> float:
    """Largest difference, relative to the expected value or to `scale` if that is larger."""
    size = np.maximum(np.abs(expected), scale)
    difference = np.abs(found - expected)
    return float(np.max(np.divide(difference, size, out=np.zeros_like(size), where=size > 0)))


@pytest.mark.parametrize("backend", ["native", "numba", "reference"])
@pytest.mark.parametrize(
    ("feature", "function", "limit"),
    [
        (spectral.SpectralCentroid(), librosa.feature.spectral_centroid, 1e-5),
        (spectral.SpectralBandwidth(), librosa.feature.spectral_bandwidth, 1e-4),
        (spectral.SpectralFlatness(), librosa.feature.spectral_flatness, 5e-3),
    ],
    ids=["centroid", "bandwidth", "flatness"],
)
def test_parity_with_librosa(feature, function, limit, backend) -> None:
    rate = {} if function is librosa.feature.spectral_flatness else {"sr": RATE}
    expected = function(S=MAGNITUDE, **rate)[0]
    found = rows(feature, backend=backend)[:, 0]
    error = worst(found, expected)
    middle = np.median(np.abs(found - expected) / np.maximum(expected, 1e-30))
    print(f"{feature.columns[0]}, {backend}: median {middle:.1e}, worst {error:.1e} <= {limit:g}")
    assert middle <= 1e-6
    assert found.shape == expected.shape
    assert error <= limit
    assert np.ptp(expected) > 0.1 * expected.max()  # it isn't constant


@pytest.mark.parametrize("share", [0.05, 0.5, 0.85, 0.99])
def test_rolloff_is_librosas_but_for_ties(share: float) -> None:
    expected = librosa.feature.spectral_rolloff(S=MAGNITUDE, sr=RATE, roll_percent=share)[0]
    found = rows(spectral.SpectralRolloff(share=share))[:, 0]
    total = MAGNITUDE.cumsum(axis=0)
    bins = np.rint(expected / (RATE / N_FFT)).astype(int)
    margin = np.abs(total - share * total[-1]).min(axis=0) / np.maximum(total[-1], 1e-30)
    tied = (margin < 1e-6) & (total[-1] > 0)
    print(f"rolloff {share}: {int(tied.sum())} of {len(found)} rows tied")
    assert tied.mean() < 0.01
    np.testing.assert_array_equal(found[~tied], (bins * RATE / N_FFT)[~tied])
    assert np.abs(found - expected).max() <= RATE / N_FFT


def test_flux_is_the_distance_of_magnitudes() -> None:
    before = np.concatenate([MAGNITUDE[:, :1], MAGNITUDE[:, :-1]], axis=1)
    expected = np.sqrt(((MAGNITUDE - before) ** 2).sum(axis=0))
    loudness = np.sqrt((MAGNITUDE**2).sum(axis=0))
    found = rows(spectral.SpectralFlux())[:, 0]
    error = worst(found, expected, np.maximum(loudness, np.roll(loudness, 1)))
    print(f"flux: worst difference {error:.1e} of the magnitude's norm")
    assert error <= 1e-6
    assert found[0] == 0
    assert found[1:101].min() > 0


def test_entropy_is_that_of_power() -> None:
    power = np.maximum(MAGNITUDE**2, 1e-10)
    share = power / power.sum(axis=0)
    expected = -(share * np.log(share)).sum(axis=0) / np.log(len(share))
    found = rows(spectral.SpectralEntropy())[:, 0]
    error = worst(found, expected)
    print(f"entropy: worst relative difference {error:.1e}")
    assert error <= 1e-5
    assert expected.min() < 0.5
    assert found.max() == pytest.approx(1)


def test_one_transform_serves_all_and_mfcc() -> None:
    spec = serfast.FeatureSpec(features=[serfast.MFCC(), *(cls() for cls in ALL)])
    from serfast.program.planner import program_of

    assert len(program_of(spec).spectra) == 1


def test_stream_deltas_and_threads_have_the_batchs_bits() -> None:
    features = [cls(n_fft=400) for cls in ALL]
    features += [serfast.Delta(spectral.SpectralFlux(n_fft=400)), spectral.SpectralFlux(name="x")]
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


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_contract(cls) -> None:
    check_feature(cls(n_fft=400, name="own"), tolerance=1e-3)


def test_json_names_the_package() -> None:
    spec = serfast.FeatureSpec(features=[spectral.SpectralRolloff(share=0.9, name="r", n_fft=400)])
    text = spec.to_json()
    [feature] = json.loads(text)["features"]
    assert (feature["type"], feature["package"]) == ("SpectralRolloff", "serfast-spectral")
    assert serfast.FeatureSpec.from_json(text) == spec
    assert serfast.FeatureSpec.from_json(text).to_json() == text


def test_extract_on_the_command_line(tmp_path) -> None:
    import soundfile

    spec = serfast.FeatureSpec(features=[cls() for cls in ALL])
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
        (lambda: spectral.SpectralRolloff(share=1.0), "share must be > 0 and < 1, got 1.0"),
        (lambda: spectral.SpectralRolloff(share=float("nan")), "share must be a finite number"),
        (lambda: spectral.SpectralRolloff(share="all"), "share must be a finite number"),
        (lambda: spectral.SpectralFlatness(amin=0.0), "amin must be a positive number"),
        (lambda: spectral.SpectralEntropy(amin=1e-300), "amin must be a positive number"),
        (lambda: spectral.SpectralCentroid(power=1.0), "power must be 2.0, got 1.0"),
        (lambda: spectral.SpectralFlux(n_fft=1), "n_fft must be an int >= 2"),
    ],
)
def test_bad_parameters_are_refused(make, message) -> None:
    with pytest.raises(ParameterError, match=message):
        make()


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_odd_sizes_and_silence(cls) -> None:
    for n_fft in (2, 3, 441):
        spec = serfast.FeatureSpec(features=[cls(n_fft=n_fft)], hop_length=50)
        for y in (np.zeros(900, np.float32), np.full(900, -1, np.float32)):
            assert np.isfinite(serfast.Extractor(spec)(y)).all()
