"""The preset has pyAudioAnalysis' features of a signal that is taken as it is, in streams too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import serfast
from helpers.pyaudioanalysis import SPEECH, expected, normalized, signals
from helpers.spectral import BACKENDS
from helpers.streams import assert_same_bits, divide, push
from serfast import presets
from serfast.cli.main import main
from serfast.compat.pyaudioanalysis import ShortTermFeatures
from serfast.errors import ParameterError
from serfast.streaming.running import RunningStatistics

GRID = [
    (8000, 0.05, 0.025),
    (8000, 0.0223, 0.01),
    (16000, 0.025, 0.01),
    (16000, 0.0507, 0.0213),
    (22050, 0.05, 0.025),
    (44100, 0.02, 0.034),
]
BROAD = ("speech", "clipped", "noise", "noise above silence")
"""Of these, float32's rounding fills no band: the cepstrum is compared."""


def heard(rate: int) -> dict[str, Any]:
    """The signals of the definitions, normalised, and without digital silence."""
    made = {name: normalized(signal) for name, signal in signals(rate).items()}
    hiss = np.random.default_rng(5).normal(0, 1e-3, len(made["speech"]))
    made["speech"] = made["speech"] + hiss
    made["clipped"] = made["clipped"] + hiss
    made["noise above silence"] = np.where(np.arange(len(hiss)) < rate // 4, hiss, 300 * hiss)
    part = slice(rate // 8, rate * 3 // 8)  # the middle, where what is half silent begins
    return {name: signal[part].astype(np.float32) for name, signal in made.items()}


def rows(signal: Any, rate: int, window: float, step: float, backend: str = "native") -> Any:
    spec = presets.pyaudioanalysis(rate, window=window, step=step)
    return serfast.Extractor(spec, backend)(signal).astype(np.float64)


def assert_near(name: str, given: Any, wanted: Any) -> None:
    """Each column, within float32's rounding; roll-offs may fall on the next bin in few rows."""
    assert given.shape == wanted.shape
    error = np.abs(given - wanted)
    columns = presets.pyaudioanalysis(deltas=False).columns
    cepstrum = [column.startswith("mfcc") for column in columns]
    rolloff = columns.index("spectral_rolloff")
    assert (error[:, rolloff] > 1e-6).mean() <= 1 / 20, name
    error[:, rolloff] = 0
    if name in ("half silent", "integers"):  # constant there: rounding counts with k²
        spread = columns.index("spectral_spread")
        assert error[:, spread].max() <= 2e-3
        error[:, spread] = 0
    worst = error.max(axis=0, initial=0)
    if name in BROAD:
        assert worst[cepstrum].max() <= 2e-4, (name, worst)
    others = worst[np.logical_not(cepstrum)].max()
    print(f"{name}: {others:.1e}, cepstrum {worst[cepstrum].max():.1e}")
    assert others <= 2e-5, (name, dict(zip(columns, worst, strict=True)))


@pytest.mark.parametrize(("rate", "window", "step"), GRID)
def test_features_are_the_definitions(rate: int, window: float, step: float) -> None:
    for name, signal in heard(rate).items():
        wanted = expected(signal, rate, int(rate * window), int(rate * step)).T
        assert_near(name, rows(signal, rate, window, step)[:, :34], wanted)


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_back_end_has_them(backend: str) -> None:
    signal = heard(16000)["speech"]
    wanted = expected(signal, 16000, 400, 160).T
    assert_near("speech", rows(signal, 16000, 0.025, 0.01, backend)[:, :34], wanted)


def test_changes_follow_the_features() -> None:
    given = rows(heard(16000)["speech"], 16000, 0.05, 0.025)
    assert not given[0, 34:].any()
    wanted = np.diff(given[:, :34], axis=0)
    np.testing.assert_allclose(given[1:, 34:], wanted, rtol=1e-6, atol=1e-6)
    spec = presets.pyaudioanalysis(deltas=False)
    assert len(spec.columns) == 34
    assert presets.pyaudioanalysis().columns[34:] == tuple(f"delta_{c}" for c in spec.columns)


def test_columns_have_pyaudioanalysis_names_in_its_order() -> None:
    signal = heard(16000)["speech"]
    features, names = ShortTermFeatures.feature_extraction(signal, 16000, 800, 400)
    assert presets.pyaudioanalysis().columns == tuple(name.replace(" ", "_") for name in names)
    assert rows(signal, 16000, 0.05, 0.025).shape == features.T.shape


@pytest.mark.parametrize("lengths", [[1], [160], [777, 3, 0], [5000]])
def test_a_stream_has_the_bits_of_the_recording(lengths: list[int]) -> None:
    extractor = serfast.Extractor(presets.pyaudioanalysis())
    for signal in heard(16000).values():
        assert_same_bits(push(extractor.stream(), divide(signal, lengths)), extractor(signal))


def test_no_row_waits_for_a_later_one() -> None:
    stream = serfast.Extractor(presets.pyaudioanalysis()).stream()
    assert stream.latency.samples == 800
    assert len(stream.accept(np.zeros(800, np.float32))) == 1


def test_statistics_are_means_and_then_deviations() -> None:
    spec, statistics = presets.pyaudioanalysis(), presets.pyaudioanalysis_statistics()
    given = rows(heard(16000)["speech"], 16000, 0.05, 0.025)
    wanted = np.concatenate([given.mean(axis=0), given.std(axis=0)])
    np.testing.assert_allclose(statistics(given, spec.columns), wanted, rtol=1e-9, atol=1e-12)
    names = statistics.names(spec.columns)
    assert (names[0], names[68]) == ("zcr_mean", "zcr_std")
    assert len(names) == 136
    assert presets.usual_statistics(spec) == statistics


def test_mid_term_windows_of_a_stream_are_those_of_the_recording() -> None:
    """A window of 1 s every 0.5 s: 39 rows every 20, as MidTermFeatures has them."""
    spec = presets.pyaudioanalysis()
    extractor, statistics = serfast.Extractor(spec), presets.pyaudioanalysis_statistics()
    signal = np.tile(heard(16000)["speech"], 5)
    whole = extractor(signal)
    running = RunningStatistics(statistics, spec.columns, window=39, hop=20)
    stream = extractor.stream()
    summaries = [
        summary
        for chunk in divide(signal, [321])
        for summary in running.accept(stream.accept(chunk))
    ]
    assert len(summaries) == 1 + (len(whole) - 39) // 20
    for i, summary in enumerate(summaries):
        window = whole[20 * i : 20 * i + 39].astype(float)
        wanted = np.concatenate([window.mean(axis=0), window.std(axis=0)])
        np.testing.assert_allclose(summary.vector, wanted, rtol=1e-6, atol=1e-6)


def test_the_command_line_writes_the_statistics_of_a_recording(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert main(["extract", str(SPEECH), "-o", str(out), "--preset", "pyaudioanalysis",
                 "--statistics"]) == 0  # fmt: skip
    header, row = (line.split(",") for line in out.read_text().splitlines())
    spec, statistics = presets.pyaudioanalysis(), presets.pyaudioanalysis_statistics()
    assert tuple(header[5:]) == statistics.names(spec.columns)
    signal, _ = serfast.load(SPEECH, sample_rate=16000)
    wanted = statistics(serfast.Extractor(spec)(signal), spec.columns)
    np.testing.assert_allclose(np.array(row[5:], dtype=float), wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sample_rate": 6000}, "sample_rate must be > 68.. Hz, the highest edge of a band"),
        ({"window": 0.005}, "frame must be of more bins"),
        ({"window": 0}, "window must be a finite number > 0"),
        ({"step": 1e-6}, "step in samples must be an int >= 1, got 0"),
        ({"step": "10ms"}, "step must be a finite number > 0"),
        ({"deltas": 1}, "deltas must be True or False, got 1"),
    ],
)
def test_what_is_impossible_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        presets.pyaudioanalysis(**arguments)


def test_zeros_have_no_sign() -> None:
    frame = np.array([0, 1, 0, -1, -1, 1, 1, 0], np.float32)
    spec = serfast.FeatureSpec(
        hop_length=8, center=False, features=[serfast.SignChangeRate(frame_length=8)]
    )
    for backend in BACKENDS:  # half a change five times, and a whole one
        assert serfast.Extractor(spec, backend)(frame)[0, 0] == pytest.approx(3 / 7)


def test_the_entropy_of_equal_parts_is_their_logarithm() -> None:
    for n_parts in (1, 2, 7, 512):
        feature = serfast.EnergyEntropy(frame_length=512, n_parts=n_parts)
        spec = serfast.FeatureSpec(hop_length=512, center=False, features=[feature])
        for backend in BACKENDS:
            bits = serfast.Extractor(spec, backend)(np.ones(512, np.float32))[0, 0]
            whole = (512 // n_parts) * n_parts / 512  # the rest is in the total alone
            wanted = whole * (np.log2(n_parts) - np.log2(whole))
            assert bits == pytest.approx(wanted, abs=1e-5)


def test_more_parts_than_samples_have_no_entropy() -> None:
    features = [
        serfast.EnergyEntropy(frame_length=100, n_parts=101),
        serfast.SpectralPartEntropy(n_fft=100, n_parts=4096),
    ]
    spec = serfast.FeatureSpec(hop_length=100, center=False, features=features)
    for backend in BACKENDS:
        given = serfast.Extractor(spec, backend)(np.ones(100, np.float32))
        np.testing.assert_array_equal(given, 0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: serfast.SignChangeRate(frame_length=1), "frame_length must be an int >= 2, got 1"),
        (lambda: serfast.EnergyEntropy(n_parts=0), "n_parts must be an int >= 1, got 0"),
        (lambda: serfast.EnergyEntropy(n_parts=5000), "n_parts must be an int <= 4096, got 5000"),
        (lambda: serfast.SpectralPartEntropy(power=1.0), "power must be one of 2.0, got 1.0"),
        (lambda: serfast.RelativeRolloff(share=1.0), "share must be > 0 and < 1, got 1.0"),
        (lambda: serfast.SemitoneChroma(power=1.0), "power must be one of 2.0, got 1.0"),
        (lambda: serfast.LinearLogCepstrum(power=2.0), "power must be one of 1.0, got 2.0"),
        (lambda: serfast.LinearLogCepstrum(n_mfcc=41), "n_mfcc must be an int <= 40, got 41"),
        (lambda: serfast.RowDifference(3), "feature must be a feature, got 3"),
    ],
)
def test_fields_have_rules(make: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()
