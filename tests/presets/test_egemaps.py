"""GeMAPS and eGeMAPS: the published names, known signals, bad signals, streams and windows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import serfast
from helpers import signals
from helpers.bundles import make
from helpers.pages import ROOT, examples
from serfast import presets
from serfast.models.bundle import Bundle
from serfast.statistics import Statistics
from serfast.statistics.functionals import FUNCTIONALS, SELECTION_FUNCTIONALS
from serfast.streaming.running import RunningStatistics
from serfast.training.recipe import Recipe

RATE = 16000
SPEC, STATISTICS = presets.egemaps(), presets.egemaps_statistics()

COURSE = (
    *("amean", "stddevNorm", "percentile20.0", "percentile50.0", "percentile80.0", "pctlrange0-2"),
    *("meanRisingSlope", "stddevRisingSlope", "meanFallingSlope", "stddevFallingSlope"),
)
PITCH = [f"F0semitoneFrom27.5Hz_sma3nz_{name}" for name in COURSE]
LOUDNESS = [f"loudness_sma3_{name}" for name in COURSE]


def pairs(*names: str) -> list[str]:
    """Mean and coefficient of variation of each."""
    return [f"{name}_{word}" for name in names for word in ("amean", "stddevNorm")]


VOICE = pairs(
    *("jitterLocal_sma3nz", "shimmerLocaldB_sma3nz", "HNRdBACF_sma3nz"),
    *("logRelF0-H1-H2_sma3nz", "logRelF0-H1-A3_sma3nz"),
)
FORMANTS = pairs(
    *("F1frequency_sma3nz", "F1bandwidth_sma3nz", "F1amplitudeLogRelF0_sma3nz"),
    *("F2frequency_sma3nz", "F2bandwidth_sma3nz", "F2amplitudeLogRelF0_sma3nz"),
    *("F3frequency_sma3nz", "F3bandwidth_sma3nz", "F3amplitudeLogRelF0_sma3nz"),
)
BALANCE = pairs(
    *("alphaRatioV_sma3nz", "hammarbergIndexV_sma3nz"),
    *("slopeV0-500_sma3nz", "slopeV500-1500_sma3nz"),
)
UNVOICED = [
    *("alphaRatioUV_sma3nz_amean", "hammarbergIndexUV_sma3nz_amean"),
    *("slopeUV0-500_sma3nz_amean", "slopeUV500-1500_sma3nz_amean"),
]
TIMES = [
    *("loudnessPeaksPerSec", "VoicedSegmentsPerSec"),
    *("MeanVoicedSegmentLengthSec", "StddevVoicedSegmentLengthSec"),
    *("MeanUnvoicedSegmentLength", "StddevUnvoicedSegmentLength"),
]
EXTENDED = [
    *PITCH,
    *LOUDNESS,
    *pairs("spectralFlux_sma3", *(f"mfcc{k}_sma3" for k in range(1, 5))),
    *VOICE,
    *FORMANTS,
    *BALANCE,
    *pairs("spectralFluxV_sma3nz", *(f"mfcc{k}V_sma3nz" for k in range(1, 5))),
    *UNVOICED,
    "spectralFluxUV_sma3nz_amean",
    *TIMES,
    "equivalentSoundLevel_dBp",
]
MINIMAL = [
    *PITCH,
    *LOUDNESS,
    *VOICE,
    *(name for name in FORMANTS if not name.startswith(("F2band", "F3band"))),
    *BALANCE,
    *UNVOICED,
    *TIMES,
]


@pytest.fixture(scope="module")
def extractor() -> serfast.Extractor:
    return serfast.Extractor(SPEC)


@pytest.fixture(scope="module")
def measure(extractor: serfast.Extractor) -> Callable[[Any], dict[str, float]]:
    """Give the parameters of samples at 16 kHz, by their names."""
    prepared = STATISTICS.over(SPEC.columns)

    def parameters(y: Any) -> dict[str, float]:
        values = prepared(extractor(np.asarray(y, np.float32))).tolist()
        return dict(zip(EXTENDED, values, strict=True))

    return parameters


def tone(seconds: float, hz: float = 200.0, level: float = 0.3) -> np.ndarray:
    """A voice with harmonics that fall by 6 dB an octave."""
    t = np.arange(round(seconds * RATE)) / RATE
    return level * sum(np.sin(2 * np.pi * k * hz * t) / k for k in range(1, 20))


def test_the_names_are_those_published_in_their_order() -> None:
    assert len(set(EXTENDED)) == 88
    assert list(STATISTICS.names(SPEC.columns)) == EXTENDED
    minimal = presets.gemaps()
    assert len(set(MINIMAL)) == 62
    assert list(presets.gemaps_statistics().names(minimal.columns)) == MINIMAL


def test_the_smaller_set_has_the_numbers_of_the_larger_one(measure: Any) -> None:
    y = signals.voice(RATE, RATE, seed=3)
    spec = presets.gemaps()
    values = presets.gemaps_statistics()(serfast.Extractor(spec)(y), spec.columns)
    larger = measure(y)
    assert values.tolist() == [larger[name] for name in MINIMAL]


def test_a_steady_voice_between_pauses(measure: Any) -> None:
    pause = np.zeros(RATE // 2)
    y = np.concatenate([pause, tone(0.5), pause, tone(0.3), pause])
    values = measure(y)
    assert values["F0semitoneFrom27.5Hz_sma3nz_amean"] == pytest.approx(
        12 * np.log2(200 / 27.5), abs=0.2
    )
    assert values["VoicedSegmentsPerSec"] == pytest.approx(2 / 2.31, rel=0.01)
    assert values["MeanVoicedSegmentLengthSec"] == pytest.approx(0.4, abs=0.05)
    assert values["StddevVoicedSegmentLengthSec"] == pytest.approx(0.1, abs=0.02)
    assert values["MeanUnvoicedSegmentLength"] == pytest.approx(0.5, abs=0.05)
    assert values["logRelF0-H1-H2_sma3nz_amean"] == pytest.approx(6.02, abs=0.5)
    level = 10 * np.log10(np.mean(y**2))
    assert values["equivalentSoundLevel_dBp"] == pytest.approx(level, abs=0.2)
    assert values["HNRdBACF_sma3nz_amean"] > 15
    assert values["jitterLocal_sma3nz_amean"] < 0.002
    assert values["alphaRatioUV_sma3nz_amean"] == pytest.approx(0, abs=3)


def test_cepstra_have_the_lifter_of_htk(measure: Any, extractor: serfast.Extractor) -> None:
    y = signals.voice(RATE, RATE, seed=5)
    rows = extractor(y).astype(float)
    place = SPEC.columns.index("mfcc_1")
    padded = np.pad(rows, [(1, 1), (0, 0)], mode="edge")
    smooth = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    values = measure(y)
    for k in range(1, 5):
        lifter = 1 + 11 * np.sin(np.pi * k / 22)
        expected = lifter * smooth[:, place + k - 1].mean()
        assert values[f"mfcc{k}_sma3_amean"] == pytest.approx(expected)


def test_a_training_takes_the_statistics_of_its_preset() -> None:
    recipe = Recipe("svm", spec=SPEC)
    assert recipe.statistics == STATISTICS
    assert presets.usual_statistics(presets.gemaps()) == presets.gemaps_statistics()
    assert presets.usual_statistics(presets.librosa()) == Statistics()


def test_a_bundle_keeps_the_set(tmp_path: Path) -> None:
    path = make(spec=SPEC, statistics=STATISTICS).save(tmp_path / "model.zip")
    loaded = Bundle.load(path)
    assert (loaded.spec, loaded.statistics) == (SPEC, STATISTICS)


BAD = {
    "silence": np.zeros(RATE),
    "one sample": np.full(1, 0.1),
    "20 ms of silence": np.zeros(320),
    "20 ms": tone(0.02),
    "0.2 s": tone(0.2),
    "noise": signals.noise(RATE, seed=1),
    "0.2 s of noise": signals.noise(3200, seed=2),
    "constant": np.full(RATE, 0.5),
    "clicks": signals.synthetic(RATE, 16)["clicks"][:RATE],
    "full scale": np.sign(tone(0.5)),
    "faint": tone(0.5, level=1e-6),
    "a short voice in silence": np.concatenate([np.zeros(8000), tone(0.03), np.zeros(8000)]),
}


@pytest.mark.parametrize("name", BAD)
def test_every_parameter_of_a_bad_signal_is_defined(measure: Any, name: str) -> None:
    values = measure(BAD[name])
    assert np.isfinite(list(values.values())).all(), values


def test_what_unvoiced_recordings_have(measure: Any, extractor: serfast.Extractor) -> None:
    values = measure(signals.noise(RATE, seed=1))
    of_voice = [*PITCH, *VOICE, *FORMANTS, *BALANCE, *TIMES[1:4]]
    assert {name for name in of_voice if values[name] != 0} == set()
    assert values["MeanUnvoicedSegmentLength"] == pytest.approx(1.01)
    assert values["StddevUnvoicedSegmentLength"] == 0
    asked = presets.egemaps_statistics(missing="nan")(
        extractor(signals.noise(RATE, seed=1)), SPEC.columns
    )
    nan = {name for name, value in zip(EXTENDED, asked, strict=True) if np.isnan(value)}
    without = {name for name in EXTENDED if "V_" in name or name.startswith("slopeV")}
    without -= {name for name in EXTENDED if "UV" in name}
    assert nan == {*of_voice, *without} - {"VoicedSegmentsPerSec"}


def test_silence_has_the_floor(measure: Any) -> None:
    values = measure(np.zeros(RATE))
    assert values["equivalentSoundLevel_dBp"] == pytest.approx(-120)
    assert values["loudnessPeaksPerSec"] == 0
    assert values["spectralFlux_sma3_amean"] == 0
    assert values["slopeUV0-500_sma3nz_amean"] == 0


def test_one_voiced_row_is_a_segment_without_slopes(extractor: serfast.Extractor) -> None:
    rows = extractor(np.zeros(RATE, np.float32))
    rows[40, SPEC.columns.index("f0")] = 110.0
    values = dict(zip(EXTENDED, STATISTICS(rows, SPEC.columns), strict=True))
    assert values[PITCH[0]] == values[PITCH[2]] == pytest.approx(24)
    assert not np.any([values[name] for name in [*PITCH[5:], PITCH[1]]])
    assert values["MeanVoicedSegmentLengthSec"] == pytest.approx(0.01)
    assert values["VoicedSegmentsPerSec"] == pytest.approx(100 / 101)


def test_a_stream_has_the_bits_and_the_stated_latency(extractor: serfast.Extractor) -> None:
    y = np.concatenate([signals.voice(RATE, RATE, seed=4), signals.noise(3000, seed=4)])
    y = y.astype(np.float32)
    expected = extractor(y)
    stream = extractor.stream()
    assert stream.latency.seconds == pytest.approx(0.16)
    parts = [stream.accept(y[begin : begin + 217]) for begin in range(0, len(y), 217)]
    assert np.array_equal(np.concatenate([*parts, stream.flush()]), expected)


def test_the_last_seconds_of_a_stream_have_the_parameters_of_a_batch(
    extractor: serfast.Extractor,
) -> None:
    y = signals.voice(RATE, 2 * RATE, seed=6).astype(np.float32)
    rows = extractor(y)
    running = RunningStatistics(STATISTICS, SPEC.columns, window=100, hop=1)
    stream = extractor.stream()
    summaries = []
    for begin in range(0, len(y), 160):
        summaries += running.accept(stream.accept(y[begin : begin + 160]))
    summaries += running.accept(stream.flush())
    assert [one.start for one in summaries] == list(range(102))
    for start, stop, vector in summaries[::20]:
        assert np.array_equal(vector, STATISTICS(rows[start:stop], SPEC.columns))


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_audio_at_other_rates_has_similar_numbers(extractor: serfast.Extractor, rate: int) -> None:
    def parameters(rate: int) -> dict[str, float]:
        t = np.arange(rate) / rate
        y = 0.2 * sum(np.sin(2 * np.pi * k * 150 * t) / k**2 for k in range(1, 12))
        rows = extractor(y, sample_rate=rate)
        return dict(zip(EXTENDED, STATISTICS(rows, SPEC.columns), strict=True))

    values, usual = parameters(rate), parameters(RATE)
    for name in (PITCH[0], "logRelF0-H1-H2_sma3nz_amean", "equivalentSoundLevel_dBp"):
        assert values[name] == pytest.approx(usual[name], abs=0.1), name
    for name in ("loudness_sma3_percentile50.0", "slopeV500-1500_sma3nz_amean"):
        assert values[name] == pytest.approx(usual[name], rel=0.02), name


def test_the_page_runs_and_names_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {}
    for block in examples("docs/egemaps.md"):
        exec(compile(block, "docs/egemaps.md", "exec"), names)
    assert names["mine"].names(SPEC.columns)[2] == "level"
    page = (ROOT / "docs" / "egemaps.md").read_text("utf-8")
    for name in {*SELECTION_FUNCTIONALS} - {*FUNCTIONALS} | {*TIMES, EXTENDED[-1]}:
        assert f"`{name}`" in page, name
