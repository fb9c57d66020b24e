"""Statistics and functionals, against SciPy, librosa, NumPy and worked examples."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import librosa
import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import serfast
from serfast import functionals, presets
from serfast.statistics import Statistics

EVERY = (*functionals.FUNCTIONALS, "p0", "p1", "p33", "p50", "p100", "ac1", "ac7", "ac99")
BACKENDS = ("native", "reference")
SPEECH = presets.speech_statistics()
COLUMNS = presets.speech().columns
WIDE = {"allow_nan": False, "allow_infinity": False, "width": 32}


def series(n: int = 200, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).gamma(2.0, 3.0, size=(3, n))


def one(name: str, x: np.ndarray, backend: str = "native") -> np.ndarray:
    """One functional of each series in x."""
    columns = [f"series_{i}" for i in range(len(x))]
    return Statistics(functionals=(name,), deltas=0)(x.T, columns, backend=backend)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mean", lambda x: np.mean(x, axis=1)),
        ("std", lambda x: np.std(x, axis=1)),
        ("skewness", lambda x: scipy.stats.skew(x, axis=1)),
        ("kurtosis", lambda x: scipy.stats.kurtosis(x, axis=1, fisher=False)),
        ("min", lambda x: np.min(x, axis=1)),
        ("max", lambda x: np.max(x, axis=1)),
        ("range", lambda x: np.ptp(x, axis=1)),
        ("range98", lambda x: np.diff(np.percentile(x, [1, 99], axis=1), axis=0)[0]),
        ("range90", lambda x: np.diff(np.percentile(x, [5, 95], axis=1), axis=0)[0]),
        ("iqr", lambda x: scipy.stats.iqr(x, axis=1)),
        ("p0", lambda x: np.min(x, axis=1)),
        ("p5", lambda x: np.percentile(x, 5, axis=1)),
        ("p50", lambda x: np.median(x, axis=1)),
        ("p99", lambda x: np.percentile(x, 99, axis=1)),
        ("p100", lambda x: np.max(x, axis=1)),
        ("slope", lambda x: np.polyfit(np.arange(x.shape[1]), x.T, 1)[0]),
        ("trend", lambda x: np.polyfit(np.linspace(-1, 1, x.shape[1]), x.T, 1)[0]),
        ("curvature", lambda x: np.polyfit(np.linspace(-1, 1, x.shape[1]), x.T, 2)[0]),
        ("argmax", lambda x: np.argmax(x, axis=1) / x.shape[1]),
        ("argmin", lambda x: np.argmin(x, axis=1) / x.shape[1]),
    ],
)
@pytest.mark.parametrize("n", [3, 4, 50, 301])
@pytest.mark.parametrize("backend", BACKENDS)
def test_functional_equals_its_textbook_formula(name, expected, n, backend):
    x = series(n)
    found = one(name, x, backend)
    worst = np.abs(found - expected(x)).max()
    print(f"{name} n={n} {backend}: {worst:.2e}")
    np.testing.assert_allclose(found, expected(x), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_crossings_counts_sign_changes_about_the_mean(backend):
    x = np.array([[0.0, 2.0, 0.0, 2.0, 2.0], [1.0, 2.0, 3.0, 4.0, 5.0]])
    assert one("crossings", x, backend).tolist() == [3 / 4, 1 / 4]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("n", [*range(1, 70), 127, 128, 129, 255, 300, 1000, 4097])
def test_percentiles_are_those_of_the_sorted_series(n, backend):
    """Every length around the sorting network's runs, with ties and without."""
    random = np.random.default_rng(n)
    x = np.concatenate([random.normal(size=(9, n)), random.integers(0, 3, size=(2, n))])
    percents = (0, 1, 5, 25, 33, 50, 75, 95, 99, 100)
    statistics = Statistics(functionals=tuple(f"p{p}" for p in percents), deltas=0)
    found = statistics(x.T, [f"series_{i}" for i in range(11)], backend=backend)
    expected = np.percentile(x, percents, axis=1).T.ravel()
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("backend", BACKENDS)
def test_autocorrelation_of_a_sine_is_a_cosine_of_the_lag(backend):
    n, period = 10_000, 50
    x = np.sin(2 * np.pi * np.arange(n) / period)[None]
    for lag in (5, 10, 20):
        # the estimate divides by n, so it is short of the cosine by lag / n
        expected = np.cos(2 * np.pi * lag / period) * (1 - lag / n)
        assert one(f"ac{lag}", x, backend)[0] == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("width", [5, 9, 11])
@pytest.mark.parametrize("n", [11, 12, 200])
def test_delta_equals_librosa(order, width, n):
    x = series(n)
    expected = librosa.feature.delta(x, width=width, order=order)
    worst = np.abs(functionals.delta(x, order, width) - expected).max()
    print(f"order {order} width {width} n {n}: {worst:.2e}")
    assert worst < 1e-12 * np.abs(x).max() + 1e-11


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7, 8])
def test_delta_of_a_short_line_is_its_slope_once_a_window_fits(n):
    line = 0.5 * np.arange(float(n))[None]
    expected = 0.5 if n >= 3 else 0.0
    np.testing.assert_allclose(functionals.delta(line), np.full((1, n), expected), atol=1e-12)


@pytest.mark.parametrize("n", [1, 2])
def test_delta_of_too_few_points_is_zero(n):
    assert not functionals.delta(series(n), 1).any()
    assert not functionals.delta(series(n), 2).any()


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 12), st.just(3)),
        elements=st.floats(**WIDE),
    )
)
def test_finite_for_any_finite_rows(rows):
    statistics = Statistics(functionals=EVERY, deltas=3, delta_width=5)
    vector = statistics(rows, ["a", "b", "c"])
    assert vector.shape == (3 * 4 * len(EVERY),)
    assert np.isfinite(vector).all()


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 12), st.just(4)),
        elements=st.floats(**WIDE),
    )
)
def test_finite_with_every_transform_for_any_finite_rows(rows):
    statistics = Statistics(
        functionals=EVERY,
        log=("rms",),
        relative=("rms", "mel"),
        semitones=("f0",),
        voiced=("mel",),
        voiced_deltas=1,
        trim_db=40,
    )
    columns = ["rms", "mel_0", "f0", "aperiodicity"]
    vector = statistics(rows, columns)
    assert len(vector) == len(statistics.names(columns))
    assert np.isfinite(vector).all()


EVERYTHING = Statistics(
    functionals=EVERY,
    deltas=3,
    delta_width=7,
    log=("rms",),
    relative=("rms", "mel", "mel_1"),
    semitones=("f0",),
    voiced=("mel", "f0", "rms"),
    voiced_deltas=2,
    trim_db=30,
)
ALL_COLUMNS = ("rms", *(f"mel_{i}" for i in range(9)), "f0", "aperiodicity")


def plausible_rows(n: int, seed: int) -> np.ndarray:
    """Rows of ALL_COLUMNS, some of them silent or unvoiced, in steps, so that values are tied."""
    random = np.random.default_rng(seed)
    rows = random.integers(-40, 40, size=(n, len(ALL_COLUMNS))) / 8
    rows[:, 0] = np.abs(rows[:, 0]) * random.choice([1e-4, 1], size=n)
    rows[:, -2] = random.uniform(60, 600, size=n)
    rows[:, -1] = random.uniform(0, 1, size=n)
    return rows.astype(np.float32)


@given(st.integers(1, 400), st.integers(0, 2**31))
def test_back_ends_agree(n, seed):
    """To 1e-9, but for crossings: a point that equals the mean is on either side by rounding."""
    rows = plausible_rows(n, seed)
    native = EVERYTHING(rows, ALL_COLUMNS)
    reference = EVERYTHING(rows, ALL_COLUMNS, backend="reference")
    worst = np.abs(native - reference) / (1 + np.abs(reference))
    worst[[name.endswith("crossings") for name in EVERYTHING.names(ALL_COLUMNS)]] = 0
    assert worst.max() < 1e-9, EVERYTHING.names(ALL_COLUMNS)[worst.argmax()]


@given(st.integers(1, 120), st.integers(0, 2**31))
def test_entries_that_are_used_have_the_same_bits_as_among_all(n, seed):
    rows = plausible_rows(n, seed)
    every = EVERYTHING(rows, ALL_COLUMNS)
    uses = np.random.default_rng(seed).random(len(every)) < 0.01
    some = EVERYTHING.over(ALL_COLUMNS, uses=uses)(rows)
    assert np.array_equal(some[uses], every[uses])
    one_column = np.array([name.startswith("mel_3.p50") for name in EVERYTHING.names(ALL_COLUMNS)])
    some = EVERYTHING.over(ALL_COLUMNS, uses=one_column)(rows)
    assert np.array_equal(some[one_column], every[one_column])
    assert np.count_nonzero(some) <= len(EVERY) + 1


def test_wide_and_narrow_rows_give_the_same_bits():
    rows = plausible_rows(60, 1)
    narrow, wide = EVERYTHING(rows, ALL_COLUMNS), EVERYTHING(rows.astype(float), ALL_COLUMNS)
    assert np.array_equal(narrow, wide)


@pytest.mark.parametrize(
    ("uses", "message"),
    [
        (np.ones(3, bool), r"uses must be of shape \(2,\), got shape \(3,\)"),
        (np.ones((2, 2), bool), r"uses must be of shape \(2,\)"),
        (np.ones(2), "uses must be an array of bool"),
        ([True, False], "uses must be an array of bool"),
    ],
)
def test_uses_must_fit_the_vector(uses, message):
    with pytest.raises(serfast.ParameterError, match=message):
        Statistics(functionals=("mean", "max"), deltas=0).over(["rms"], uses=uses)


def test_sixteen_threads_share_one_that_was_prepared():
    prepared = EVERYTHING.over(ALL_COLUMNS)
    rows = [plausible_rows(n, n) for n in (1, 2, 5, 17, 40, 300)]
    expected = [prepared(x).tobytes() for x in rows]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda x: prepared(x).tobytes(), rows * 50))
    assert found == expected * 50


@pytest.mark.parametrize("backend", BACKENDS)
def test_pickle_brings_prepared_statistics_back(backend):
    uses = np.arange(len(EVERYTHING.names(ALL_COLUMNS))) % 3 == 0
    prepared = EVERYTHING.over(ALL_COLUMNS, uses=uses, backend=backend)
    again = pickle.loads(pickle.dumps(prepared))
    rows = plausible_rows(30, 2)
    assert again(rows).tobytes() == prepared(rows).tobytes()


def test_logarithms_are_those_of_long_double_to_a_unit_in_the_last_place():
    random = np.random.default_rng(0)
    spans = ((-11.5, 88.0), (-0.4, 0.4), (-1e-3, 1e-3), (-1e-9, 1e-9))
    x = np.exp(np.concatenate([random.uniform(*span, size=5000) for span in spans]))
    columns = [f"band_{i}" for i in range(len(x))]
    found = Statistics(functionals=("mean",), deltas=0, log=("band",))(x[None], columns)
    expected = np.log(x.astype(np.longdouble))
    worst = np.abs((found - expected) / np.spacing(np.abs(expected).astype(float))).max()
    print(f"worst: {worst:.2f} units in the last place")
    assert worst < 1


def test_a_column_named_twice_has_one_logarithm():
    rows = np.full((2, 2), 100.0)
    statistics = Statistics(functionals=("mean",), deltas=0, log=("mel", "mel_1"))
    assert statistics(rows, ["mel_0", "mel_1"]) == pytest.approx(np.log([100, 100]))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e-45, 1e-38, 1e37])
def test_finite_for_the_smallest_and_the_largest(backend, scale):
    rows = np.array([1.0, -1, 2, 0, 1, 3, 5, 1.5, 2])[:, None] * scale
    statistics = Statistics(functionals=EVERY, deltas=3)
    assert np.isfinite(statistics(rows, ["x"], backend=backend)).all()


@given(st.integers(1, 30), st.floats(**WIDE))
def test_finite_and_flat_for_constant_rows(n, value):
    names = ("std", "skewness", "kurtosis", "range", "iqr", "crossings", "ac1")
    rows = np.full((n, 2), value, np.float32)
    assert not Statistics(functionals=names)(rows, ["a", "b"]).any()


@pytest.mark.parametrize("n", [1, 2, 3, 8, 9, 300])
def test_the_speech_preset_is_finite_for_any_length(n):
    rows = np.random.default_rng(n).uniform(0.01, 1, size=(n, len(COLUMNS)))
    vector = SPEECH(rows.astype(np.float32), COLUMNS)
    assert vector.dtype == np.float64
    assert vector.shape == (len(SPEECH.names(COLUMNS)),)
    assert np.isfinite(vector).all()


def test_names_stand_for_the_entries_in_their_order():
    rows = np.array([[1.0, 10.0], [2.0, 30.0], [3.0, 50.0]])
    statistics = Statistics(functionals=("mean", "max"), deltas=1)
    named = dict(zip(statistics.names(["a", "b"]), statistics(rows, ["a", "b"]), strict=True))
    assert named == pytest.approx(
        {
            "a.mean": 2,
            "a.max": 3,
            "b.mean": 30,
            "b.max": 50,
            "a.delta.mean": 1,
            "a.delta.max": 1,
            "b.delta.mean": 20,
            "b.delta.max": 20,
        }
    )


def test_names_are_all_different():
    names = SPEECH.names(COLUMNS)
    assert len(set(names)) == len(names)


def test_gain_changes_nothing_where_columns_are_relative():
    random = np.random.default_rng(3)
    rows = random.normal(size=(40, 4))
    columns = ["rms", "logmel_0", "logmel_1", "mfcc_0"]
    rows[:, 0] = np.exp(rows[:, 0])
    louder = rows + np.array([0, 2.5, 2.5, 7.0])
    louder[:, 0] *= 10
    statistics = Statistics(log=("rms",), relative=("rms", "logmel", "mfcc_0"))
    np.testing.assert_allclose(statistics(louder, columns), statistics(rows, columns), atol=1e-9)
    plain = Statistics(log=("rms",))
    assert not np.allclose(plain(louder, columns), plain(rows, columns), atol=1e-3)


def test_pitch_is_in_semitones_and_of_voiced_rows_alone():
    rows = np.array([[200.0, 0.1], [555.0, 0.9], [400.0, 0.1], [77.0, 1.0]], np.float32)
    statistics = Statistics(functionals=("min", "max", "mean"), deltas=0, semitones=("f0",))
    columns = ["f0", "aperiodicity"]
    named = dict(zip(statistics.names(columns), statistics(rows, columns), strict=True))
    assert named["f0.min"] == pytest.approx(12)
    assert named["f0.max"] == pytest.approx(24)
    assert named["f0.mean"] == pytest.approx(18)
    assert named["voiced.share"] == 0.5


def test_voiced_entries_are_those_of_the_voiced_rows():
    random = np.random.default_rng(5)
    rows = np.column_stack([random.normal(size=50), random.uniform(size=50)])
    statistics = Statistics(deltas=0, voiced=("x",), max_aperiodicity=0.4)
    columns = ["x", "aperiodicity"]
    named = dict(zip(statistics.names(columns), statistics(rows, columns), strict=True))
    chosen = rows[rows[:, 1] <= 0.4, 0]
    assert named["x.voiced.mean"] == pytest.approx(chosen.mean())
    assert named["x.voiced.p25"] == pytest.approx(np.percentile(chosen, 25))
    assert named["x.mean"] == pytest.approx(rows[:, 0].mean())


def test_without_a_voiced_row_the_least_aperiodic_one_counts():
    rows = np.array([[100.0, 0.9], [200.0, 0.8], [400.0, 1.0]])
    statistics = Statistics(functionals=("mean",), deltas=0, semitones=("f0",))
    assert statistics(rows, ["f0", "aperiodicity"])[0] == pytest.approx(12)


def test_silence_around_the_speech_is_trimmed_and_pauses_stay():
    random = np.random.default_rng(4)
    rows = random.uniform(0.1, 1, size=(60, 2))
    rows[20:40] = 1e-6  # a pause
    silence = np.full((30, 2), 9e-5)
    columns = ["rms", "zcr"]
    padded = np.concatenate([silence, rows, silence[:7]])
    expected = Statistics()(rows, columns)
    peak = rows[:, 0].max()
    assert 20 * np.log10(9e-5 / peak) < -80
    assert np.array_equal(Statistics(trim_db=80)(padded, columns), expected)
    assert not np.array_equal(Statistics(trim_db=90)(padded, columns), expected)
    assert np.array_equal(Statistics(trim_db=80)(rows, columns), expected)


def test_trimming_silence_alone_leaves_all():
    rows = np.column_stack([np.zeros(20), np.arange(20.0)])
    columns = ["rms", "x"]
    assert np.array_equal(Statistics(trim_db=60)(rows, columns), Statistics()(rows, columns))


def test_trimming_needs_rms():
    with pytest.raises(serfast.ParameterError, match="columns must be with rms for trim_db"):
        Statistics(trim_db=60).names(["zcr"])


def test_silence_and_gain_hardly_change_the_speech_presets_vector():
    """On a synthetic voice: the padded, quieter signal has nearly the same statistics."""
    n = 16000
    t = np.arange(n) / 16000
    phase = 2 * np.pi * np.cumsum(140 + 30 * np.sin(2 * np.pi * 2 * t)) / 16000
    voice = sum(np.sin(k * phase) / k for k in range(1, 20)) * (0.6 + 0.4 * np.sin(15 * t))
    voice = 0.2 * voice + np.random.default_rng(0).normal(size=n) * 0.002
    # a multiple of the hop, so that the frames fall on the same samples
    padded = np.concatenate([np.zeros(160 * 40), 0.25 * voice, np.zeros(160 * 50)])
    extractor = serfast.Extractor(presets.speech())
    one, two = (SPEECH(extractor(y), COLUMNS) for y in (voice, padded))
    plain = serfast.Statistics.from_dict({**SPEECH.to_dict(), "trim_db": None})
    three = plain(extractor(padded), COLUMNS)
    means = [i for i, name in enumerate(SPEECH.names(COLUMNS)) if name.endswith(".p50")]
    near = np.abs(one - two)[means].mean()
    far = np.abs(one - three)[means].mean()
    print(f"trimmed {near:.3f}, untrimmed {far:.3f}")
    assert near < far / 5


def test_rows_are_left_as_they_are():
    rows = np.random.default_rng(1).uniform(size=(20, len(COLUMNS))).astype(np.float32)
    copy = rows.copy()
    rows.flags.writeable = False
    SPEECH(rows, COLUMNS)
    assert np.array_equal(rows, copy)


def test_any_memory_order_gives_the_same_bits():
    rows = np.random.default_rng(1).uniform(size=(20, 6))
    columns = [f"c_{i}" for i in range(6)]
    first = Statistics()(rows, columns)
    wide = np.zeros((40, 12))
    wide[::2, ::2] = rows
    assert np.array_equal(Statistics()(np.asfortranarray(rows), columns), first)
    assert np.array_equal(Statistics()(wide[::2, ::2], columns), first)


def test_json_round_trip_and_hash():
    again = Statistics.from_dict(json.loads(json.dumps(SPEECH.to_dict())))
    assert again == SPEECH
    assert hash(again) == hash(SPEECH)
    assert {again: 1}[SPEECH] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"functionals": ()}, "functionals must be at least 1 name"),
        ({"functionals": ("mean", "mean")}, "none twice"),
        ({"functionals": ("median",)}, "got 'median'"),
        ({"functionals": ("p101",)}, "got 'p101'"),
        ({"functionals": ("ac0",)}, "got 'ac0'"),
        ({"functionals": "mean"}, "functionals must be a sequence of names, got 'mean'"),
        ({"functionals": (1,)}, "functionals must be a sequence of names"),
        ({"deltas": -1}, "deltas must be an int >= 0, got -1"),
        ({"deltas": 4}, "deltas must be an int <= 3, got 4"),
        ({"voiced_deltas": 9}, "voiced_deltas must be"),
        ({"delta_width": 3}, "delta_width must be an int >= 5, got 3"),
        ({"delta_width": 6}, "delta_width must be odd, got 6"),
        ({"delta_width": 1003}, "delta_width must be an int <= 1001, got 1003"),
        ({"max_aperiodicity": 0}, "max_aperiodicity must be"),
        ({"trim_db": 0}, "trim_db must be"),
        ({"trim_db": "60"}, "trim_db must be"),
        ({"log": "rms"}, "log must be a sequence of names, got 'rms'"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(serfast.ParameterError, match=message.replace("(", r"\(")):
        Statistics(**arguments)


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        (np.zeros((0, 2)), ["a", "b"], "rows must be at least 1 row"),
        (np.zeros(2), ["a", "b"], r"rows must be of shape \(n_rows, 2\)"),
        (np.zeros((2, 3)), ["a", "b"], r"rows must be of shape \(n_rows, 2\)"),
        (np.array([[0, 1], [2, np.nan]]), ["a", "b"], "nan at row 1, b"),
        (np.array([[np.inf, 1]]), ["a", "b"], "inf at row 0, a"),
        (np.array([[1, -1e39]]), ["a", "b"], "within float32's range, got -1e\\+39 at row 0, b"),
        ([["1", "2"]], ["a", "b"], "rows must be an array of numbers"),
        ([[1, 2], [3]], ["a", "b"], "rows must be an array of numbers"),
        (np.ones((2, 2)) * 1j, ["a", "b"], "rows must be an array of numbers"),
        (np.zeros((2, 2)), "ab", "columns must be a sequence of names"),
    ],
)
@pytest.mark.parametrize("backend", BACKENDS)
def test_bad_rows_are_named(rows, columns, message, backend):
    with pytest.raises(serfast.ParameterError, match=message):
        Statistics()(rows, columns, backend=backend)


@pytest.mark.parametrize("backend", ["fortran", ["native"], 1])
def test_an_unknown_back_end_is_named(backend):
    with pytest.raises(serfast.ParameterError, match="backend must be one of 'native'"):
        Statistics()(np.zeros((2, 1)), ["a"], backend=backend)


@pytest.mark.parametrize(
    "statistics",
    [Statistics(log=("rms",)), Statistics(relative=("logmel",)), Statistics(voiced=("mfcc",))],
)
def test_a_column_that_is_not_there_is_named(statistics):
    with pytest.raises(serfast.ParameterError, match="must be columns or families of zcr"):
        statistics.names(["zcr"])


def test_voicing_needs_aperiodicity():
    with pytest.raises(serfast.ParameterError, match="columns must be with aperiodicity"):
        Statistics(semitones=("f0",)).names(["f0"])


@pytest.mark.parametrize("data", [[], {"medians": 1}, None])
def test_a_bad_dictionary_is_refused(data):
    with pytest.raises(serfast.ParameterError):
        Statistics.from_dict(data)


def test_it_runs_without_scipy():
    code = (
        "import sys, numpy; sys.modules['scipy'] = None\n"
        "from serfast.statistics import Statistics\n"
        "print(Statistics()(numpy.eye(20), [str(i) for i in range(20)]).sum() > 0)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "True"
