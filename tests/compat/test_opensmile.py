"""Smile has opensmile-python's shapes, index and names; its numbers hold against NumPy's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
import soundfile

import serfast
from serfast.compat.opensmile import FeatureLevel, FeatureSet, Smile, numbers
from serfast.presets import egemaps_opensmile

RATE = 16000
LLD = FeatureLevel.LowLevelDescriptors


def voice(n_samples: int = 16000, seed: int = 12) -> Any:
    t = np.arange(n_samples) / RATE
    tones = sum(np.cos(2 * np.pi * 130 * k * t) / k for k in range(1, 20)) / 10
    noise = np.random.default_rng(seed).normal(0, 3e-3, n_samples)
    signal = tones * (np.sin(2 * np.pi * 1.5 * t) > -0.3) + noise
    return np.round(32768 * signal).astype(np.float32) / 32768


@pytest.mark.parametrize(
    ("feature_set", "n_functionals", "n_descriptors"),
    [("eGeMAPSv02", 88, 25), ("eGeMAPSv01b", 88, 23), ("GeMAPSv01b", 62, 18)],
)
def test_sets_have_the_published_sizes(
    feature_set: str, n_functionals: int, n_descriptors: int
) -> None:
    whole, rows = Smile(feature_set), Smile(FeatureSet[feature_set], LLD)
    assert whole.num_features == len(set(whole.feature_names)) == n_functionals
    assert rows.num_features == len(set(rows.feature_names)) == n_descriptors
    assert whole(voice(), RATE).shape == (1, n_functionals, 1)
    assert rows(voice(), RATE).shape == (1, n_descriptors, 96)


def test_descriptors_are_the_smoothed_rows_of_the_preset() -> None:
    signal = voice()
    spec = egemaps_opensmile()
    rows = serfast.Extractor(spec)(signal).astype(float)
    table = Smile("eGeMAPSv02", feature_level=LLD)(signal, RATE)[0]
    names = Smile("eGeMAPSv02", feature_level=LLD).feature_names
    loudness = rows[:, spec.columns.index("loudness")]
    padded = np.pad(loudness, 1, mode="edge")
    expected = np.convolve(padded, np.ones(3) / 3, "valid")
    np.testing.assert_allclose(table[names.index("Loudness_sma3")][:94], expected[:94], rtol=1e-5)
    f0 = rows[:, spec.columns.index("subharmonic_semitones")]
    for t in range(1, 94):
        near = f0[t - 1 : t + 2]
        mean = near[near != 0].mean() if f0[t] else 0
        assert table[names.index("F0semitoneFrom27.5Hz_sma3nz")][t] == pytest.approx(mean, rel=1e-6)


def test_functionals_are_those_of_the_descriptors() -> None:
    signal = voice()
    names = Smile("eGeMAPSv02", feature_level=LLD).feature_names
    rows = dict(
        zip(names, Smile("eGeMAPSv02", feature_level=LLD)(signal, RATE)[0][:, :-1], strict=True)
    )
    whole = Smile("eGeMAPSv02")
    values = dict(zip(whole.feature_names, whole(signal, RATE)[0, :, 0], strict=True))
    short, _ = numbers.rows_of(signal, RATE)
    loudness = np.convolve(
        np.pad(short[:, 1].astype(float), 1, mode="edge"), np.ones(3) / 3, "valid"
    )
    assert len(loudness) == 99
    assert values["loudness_sma3_amean"] == pytest.approx(loudness.mean(), rel=1e-5)
    assert values["loudness_sma3_percentile80.0"] == pytest.approx(
        np.percentile(loudness, 80), rel=1e-5
    )
    voiced = rows["F0semitoneFrom27.5Hz_sma3nz"]
    voiced = voiced[voiced > 0].astype(float)
    assert values["F0semitoneFrom27.5Hz_sma3nz_amean"] == pytest.approx(voiced.mean(), rel=1e-5)
    assert values["F0semitoneFrom27.5Hz_sma3nz_stddevNorm"] == pytest.approx(
        voiced.std() / voiced.mean(), rel=1e-3
    )
    level = rows["F2amplitudeLogRelF0_sma3nz"].astype(float)
    level = level[level != 0]
    assert values["F2amplitudeLogRelF0_sma3nz_amean"] == pytest.approx(level.mean(), rel=1e-4)
    power = [np.mean((signal[160 * t : 160 * t + 320].astype(float)) ** 2) for t in range(99)]
    expected = 10 * np.log10(np.mean(power) * (32768 / 32767) ** 2)
    assert values["equivalentSoundLevel_dBp"] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("n_samples", [320, 960, 1100, 3200, 16000])
@pytest.mark.parametrize("level", [0.0, 1e-3])
def test_values_are_finite_for_silence_and_for_short_signals(n_samples: int, level: float) -> None:
    signal = np.random.default_rng(13).normal(0, level, n_samples).astype(np.float32)
    smile = Smile("eGeMAPSv02")
    if n_samples < 960:
        with pytest.warns(UserWarning, match="shorter than 60 ms: silence completes it"):
            values = smile(signal, RATE)
    else:
        values = smile(signal, RATE)
    assert np.isfinite(values).all()


def test_a_short_signal_is_nan_if_asked() -> None:
    with pytest.warns(UserWarning, match="its row is NaN"):
        assert np.isnan(Smile("eGeMAPSv02", short_nan=True)(np.zeros(320, np.float32), RATE)).all()


def test_full_scale_does_not_wrap_around() -> None:
    square = np.where(np.arange(16000) % 100 < 50, 1.0, -1.0).astype(np.float32)
    values = dict(
        zip(
            Smile("eGeMAPSv02").feature_names,
            Smile("eGeMAPSv02")(square, RATE)[0, :, 0],
            strict=True,
        )
    )
    assert values["equivalentSoundLevel_dBp"] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000])
def test_any_rate_has_finite_values(rate: int) -> None:
    assert np.isfinite(Smile("eGeMAPSv02")(voice(rate // 2), rate)).all()


def test_channels_are_chosen_or_mixed() -> None:
    pair = np.stack([voice(seed=1), voice(seed=2)])
    first, second = Smile("eGeMAPSv02")(pair[0], RATE), Smile("eGeMAPSv02")(pair[1], RATE)
    np.testing.assert_array_equal(Smile("eGeMAPSv02")(pair, RATE), first)
    np.testing.assert_array_equal(Smile("eGeMAPSv02", channels=1)(pair, RATE), second)
    both = Smile("eGeMAPSv02", channels=[0, 1])
    np.testing.assert_array_equal(both(pair, RATE), np.concatenate([first, second]))
    mixed = Smile("eGeMAPSv02", channels=[0, 1], mixdown=True)(pair, RATE)
    np.testing.assert_array_equal(mixed, Smile("eGeMAPSv02")(pair.mean(axis=0, dtype=float), RATE))
    whole = np.round(32768 * pair).astype(np.int16)
    np.testing.assert_array_equal(
        Smile("eGeMAPSv02", channels=[0, 1], mixdown=True)(whole, RATE),
        Smile("eGeMAPSv02", channels=[0, 1], mixdown=True)(whole / 32768, RATE),
    )
    with pytest.raises(serfast.ParameterError, match="channels must be below 2"):
        Smile("eGeMAPSv02", channels=2)(pair, RATE)


def test_integers_are_full_scale_at_32768() -> None:
    signal = voice()
    whole = np.round(32768 * signal).astype(np.int16)
    np.testing.assert_array_equal(
        Smile("eGeMAPSv02")(whole, RATE), Smile("eGeMAPSv02")(signal, RATE)
    )


def test_a_rate_is_resampled_if_asked_and_refused_otherwise() -> None:
    signal = voice(8000)
    with pytest.raises(serfast.ParameterError, match="sampling_rate must be 8000 Hz"):
        Smile("eGeMAPSv02", sampling_rate=8000)(signal, RATE)
    resampled = serfast.audio.resample(signal, RATE, 8000)
    smile = Smile("eGeMAPSv02", sampling_rate=8000, resample=True)
    np.testing.assert_array_equal(smile(signal, RATE), Smile("eGeMAPSv02")(resampled, 8000))
    with pytest.raises(serfast.ParameterError, match=r"sample_rate must be .* >= 4300"):
        Smile("eGeMAPSv02")(signal, 4000)
    faster = Smile("eGeMAPSv02", sampling_rate=16000, resample=True)
    assert np.isfinite(faster(signal, 4000)).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ComParE_2016",), "feature_set must be one that serfast has, GeMAPSv01b, eGeMAPSv01b"),
        (("eGeMAPS",), "feature_set must be one that serfast has"),
        (("egemaps",), "feature_set must be one of ComParE_2016"),
        (("eGeMAPSv02", "lld_de"), "feature_level must be Functionals or LowLevelDescriptors"),
    ],
)
def test_what_serfast_lacks_is_said(arguments: Any, message: str) -> None:
    with pytest.raises(serfast.ParameterError) as caught:
        Smile(*arguments)
    assert str(caught.value).startswith(message)


def test_without_pandas_a_call_works_and_a_table_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert Smile("eGeMAPSv02")(voice(), RATE).shape == (1, 88, 1)
    with pytest.raises(ImportError, match="pip install pandas"):
        Smile("eGeMAPSv02").process_signal(voice(), RATE)


def test_tables_have_openSMILEs_index(tmp_path: Path) -> None:
    signal = voice()
    table = Smile("eGeMAPSv02").process_signal(signal, RATE)
    assert list(table.columns) == Smile("eGeMAPSv02").feature_names
    assert table.index.names == ["start", "end"]
    assert table.index[0] == (pandas.Timedelta(0), pandas.Timedelta("1s"))
    np.testing.assert_array_equal(table.to_numpy()[0], Smile("eGeMAPSv02")(signal, RATE)[0, :, 0])
    rows = Smile("eGeMAPSv02", feature_level=LLD).process_signal(signal, RATE, file="a.wav")
    assert rows.index.names == ["file", "start", "end"]
    assert rows.index[1] == ("a.wav", pandas.Timedelta("10ms"), pandas.Timedelta("30ms"))
    assert rows.index[-1] == ("a.wav", pandas.Timedelta("950ms"), pandas.Timedelta("1s"))
    part = Smile("eGeMAPSv02").process_signal(signal, RATE, start=0.25, end="750ms")
    assert part.index[0] == (pandas.Timedelta("250ms"), pandas.Timedelta("750ms"))
    np.testing.assert_array_equal(
        part.to_numpy()[0], Smile("eGeMAPSv02")(signal[4000:12000], RATE)[0, :, 0]
    )


def test_files_and_folders_are_one_table(tmp_path: Path, capsys: Any) -> None:
    for name, n_samples in (("b", 8000), ("a", 16000)):
        soundfile.write(tmp_path / f"{name}.wav", np.tile(voice(n_samples)[:, None], 2), RATE)
    paths = [str(tmp_path / "a.wav"), str(tmp_path / "b.wav")]
    table = Smile("eGeMAPSv02", num_workers=2, verbose=True).process_files(paths)
    assert "2 of 2 files" in capsys.readouterr().err
    assert list(table.index.get_level_values("file")) == paths
    assert table.equals(Smile("eGeMAPSv02").process_folder(str(tmp_path)))
    assert Smile("eGeMAPSv02").process_file("a.wav", root=str(tmp_path)).to_numpy().tolist() == [
        table.to_numpy()[0].tolist()
    ]
    inside = Smile("eGeMAPSv02").process_folder(str(tmp_path), include_root=False)
    assert list(inside.index.get_level_values("file")) == ["a.wav", "b.wav"]
    assert Smile("eGeMAPSv02").process_index(table.index).equals(table)
    (tmp_path / "c.wav").write_bytes(b"no audio")
    with pytest.warns(serfast.errors.AudioWarning, match="a file is left out"):
        assert Smile("eGeMAPSv02").process_folder(str(tmp_path)).equals(table)
    with pytest.raises(serfast.errors.AudioError):
        Smile("eGeMAPSv02").process_file(tmp_path / "c.wav")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda s: s.process_signal(voice(), 0),
            "sampling_rate must be a finite number > 0, got 0",
        ),
        (lambda s: s.process_signal(voice(), "16000"), "sampling_rate must be a finite number"),
        (lambda s: s.process_signal([], RATE), "signal must be at least 1 sample|must be samples"),
        (
            lambda s: s.process_signal(np.zeros(0), RATE),
            "signal must be at least 1 sample, got none",
        ),
        (
            lambda s: s.process_signal(voice(), RATE, start=[1]),
            "start must be seconds, a timedelta",
        ),
        (lambda s: s.process_signal(voice(), RATE, end="x"), "end must be seconds, a timedelta"),
        (
            lambda s: s(np.ones(RATE, np.int32), RATE),
            "signal must be of a float type or int16, got",
        ),
        (lambda s: s(np.ones(RATE, np.uint8), RATE), "int16, got uint8"),
        (lambda s: s.process_files("a.wav"), r"files must be a sequence of paths .*, got 'a\.wav'"),
        (lambda s: s.process_files(5), "files must be a sequence of paths"),
        (lambda s: s.process_file(None), "file must be a path, got None"),
        (lambda s: s.process_folder(5), "root must be a folder, got 5"),
        (lambda s: s.process_folder(".", filetype="**"), "filetype must be the end of file names"),
        (
            lambda s: Smile("eGeMAPSv02", channels=None),
            "channels must be an int >= -32768, got None",
        ),
    ],
)
def test_arguments_that_are_none(call: Any, message: str) -> None:
    with pytest.raises(serfast.errors.ParameterError, match=message):
        call(Smile("eGeMAPSv02"))


@pytest.mark.parametrize("unit", ["ns", "us", "ms"])
def test_times_of_numpy_are_no_seconds(unit: str) -> None:
    times = (np.timedelta64(ms, "ms").astype(f"timedelta64[{unit}]") for ms in (250, 750))
    start, end = times
    table = Smile("eGeMAPSv02").process_signal(voice(), RATE, start=start, end=end)
    assert table.equals(Smile("eGeMAPSv02").process_signal(voice(), RATE, start=0.25, end=0.75))
    assert table.index[0] == (pandas.Timedelta("250ms"), pandas.Timedelta("750ms"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"start": "-500ms"}, "start must be"),
        ({"start": pandas.Timedelta(-1, "s")}, "start must be"),
        ({"end": np.array(-0.5)}, "end must be"),
    ],
)
def test_moments_before_the_signal_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(serfast.ParameterError, match=message):
        Smile("eGeMAPSv02").process_signal(voice(), RATE, **given)


def test_a_moment_may_be_an_array_of_no_dimension() -> None:
    smile = Smile("eGeMAPSv02")
    half = smile.process_signal(voice(), RATE, start=np.array(0.5))
    pandas.testing.assert_frame_equal(half, smile.process_signal(voice(), RATE, start=0.5))


def test_masked_samples_are_refused() -> None:
    masked = np.ma.masked_array(voice(), mask=np.arange(16000) % 2 == 0)
    with pytest.raises(serfast.ParameterError, match="without masked samples"):
        Smile("eGeMAPSv02")(masked, RATE)


def test_a_log_that_cannot_be_written_is_refused_first(tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "smile.log", tmp_path):
        with pytest.raises(serfast.ParameterError, match="logfile must be a file"):
            Smile("eGeMAPSv02", logfile=str(path))


def test_tables_of_no_files_have_the_same_levels(tmp_path: Path) -> None:
    smile = Smile("eGeMAPSv02")
    empty = smile.process_folder(tmp_path)
    assert empty.index.names == ["file", "start", "end"]
    assert set(empty.dtypes) == {np.dtype(np.float32)}
    soundfile.write(tmp_path / "a.wav", voice(), RATE)
    full = smile.process_folder(tmp_path)
    assert pandas.concat([full, empty]).index.names == full.index.names
    index = full.index[:0]
    for _ in range(2):
        assert len(smile.process_index(index, cache_root=str(tmp_path / "cache"))) == 0


def test_a_table_is_no_index_and_a_generator_is_one(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, voice(), RATE)
    rate: Any = np.int64(RATE)
    smile = Smile("eGeMAPSv02", sampling_rate=rate)
    assert smile.to_yaml_s()
    with pytest.raises(serfast.ParameterError, match="index must be an index"):
        smile.process_index(pandas.DataFrame(index=[str(path)]))
    assert len(smile.process_index(iter([str(path)]), preserve_index=True)) == 1
