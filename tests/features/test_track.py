"""Tracks: their values, and that streams give the batch's bits as soon as they can."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers import signals, streams
from helpers.custom_features import BACKENDS, COMPILED
from helpers.plugin_stub import install
from helpers.streams import assert_same_bits, divide, push
from helpers.tracks import (
    Beside,
    Look,
    Smoothed,
    Switch,
    look_rows,
    loudness,
    smoothed_rows,
    whole_path,
)
from serfast.errors import FeatureWarning, ParameterError
from serfast.features import Feature, Track

RATE = 16000
HOP = 40
Y = signals.noise(4000, seed=3) * np.repeat([1, 0.2, 1.6, 0.3, 1.2], 800).astype(np.float32)
"""Noise that is loud and quiet in turns."""

every_backend = pytest.mark.parametrize("backend", BACKENDS)
compiled = pytest.mark.parametrize("backend", COMPILED)


def spec_of(*features: Feature, **grid: object) -> serfast.FeatureSpec:
    return serfast.FeatureSpec(**{"hop_length": HOP, **grid}, features=features)


def columns(rows: np.ndarray, spec: serfast.FeatureSpec) -> dict[str, np.ndarray]:
    """The rows' columns as float64, by name."""
    return dict(zip(spec.columns, rows.T.astype(np.float64), strict=True))


# --- Values -------------------------------------------------------------------------------------


@every_backend
def test_a_smoother_keeps_a_state(backend: str) -> None:
    mel = serfast.LogMel(n_fft=128, n_mels=6)
    spec = spec_of(mel, Smoothed(mel), Smoothed(mel, share=0.5, name="half"))
    rows = serfast.Extractor(spec, backend)(Y)
    x = rows[:, :6].astype(np.float64)
    np.testing.assert_allclose(rows[:, 6:12], smoothed_rows(x), rtol=1e-6)
    np.testing.assert_allclose(rows[:, 12:], smoothed_rows(x, 0.5), rtol=1e-6)
    assert spec.columns[6::6] == ("smooth_logmel_0", "half_logmel_0")


@every_backend
@pytest.mark.parametrize(("back", "ahead"), [(0, 0), (2, 3), (0, 7), (5, 0), (400, 600)])
def test_a_window_of_rows(back: int, ahead: int, backend: str) -> None:
    """As far as there are rows; longer than the recording too."""
    spec = spec_of(loudness(), Look(loudness(), back=back, ahead=ahead))
    rows = serfast.Extractor(spec, backend)(Y)
    expected = look_rows(rows[:, :1].astype(np.float64), back, ahead)
    np.testing.assert_allclose(rows[:, 1:], expected, rtol=1e-6)


@every_backend
def test_a_viterbi_with_a_fixed_lag_is_that_of_the_whole_recording(backend: str) -> None:
    random = np.random.default_rng(8)
    y = signals.noise(8000, seed=8) * np.repeat(random.choice([0.5, 1.5], 80), 100)
    spec = spec_of(loudness(), Switch(loudness(), lag=40), Switch(loudness(), lag=0, name="hasty"))
    rows = serfast.Extractor(spec, backend)(y)
    expected = whole_path(rows[:, 0].astype(np.float64))
    late = (rows[:, 2] != expected).sum()
    print(f"Viterbi, {backend}: {np.abs(np.diff(expected)).sum()} changes; without a lag {late} "
          f"of {len(rows)} rows differ")  # fmt: skip
    np.testing.assert_array_equal(rows[:, 1], expected)
    assert np.abs(np.diff(expected)).sum() >= 10
    assert late >= 10


@every_backend
def test_a_track_of_a_track(backend: str) -> None:
    inner = Look(loudness(), back=1, ahead=2)
    outer = Look(inner, back=3, ahead=1, name="outer")
    last = Smoothed(outer, name="last")
    spec = spec_of(last, inner, outer)  # in any order
    rows = columns(serfast.Extractor(spec, backend)(Y), spec)
    x = np.stack([rows["mean"]], axis=1)
    expected = look_rows(x, 3, 1)
    np.testing.assert_allclose(rows["outer_mean"], expected[:, 0], rtol=1e-6)
    np.testing.assert_allclose(rows["outer_n"], expected[:, 2], rtol=1e-6)
    outer_mean = rows["outer_mean"][:, np.newaxis]
    np.testing.assert_allclose(rows["last_outer_mean"], smoothed_rows(outer_mean)[:, 0], rtol=1e-6)


@every_backend
def test_the_delta_of_a_track_and_the_track_of_a_delta(backend: str) -> None:
    smooth = Smoothed(loudness(), name="s")
    delta = serfast.Delta(loudness(), width=5)
    spec = spec_of(smooth, serfast.Delta(smooth, width=5), delta, Smoothed(delta, name="t"))
    rows = columns(serfast.Extractor(spec, backend)(Y), spec)
    weights = np.array([-2, -1, 0, 1, 2]) / 10
    windows = np.lib.stride_tricks.sliding_window_view(rows["s_rms"], 5)
    np.testing.assert_allclose(rows["delta_s_rms"][2:-2], windows @ weights, atol=1e-8)
    expected = smoothed_rows(rows["delta_rms"][:, np.newaxis])[:, 0]
    np.testing.assert_allclose(rows["t_delta_rms"], expected, atol=1e-8)


@every_backend
def test_several_sources_stand_side_by_side(backend: str) -> None:
    mel, zcr = serfast.MelPower(n_fft=128, n_mels=3), serfast.ZeroCrossingRate(frame_length=128)
    spec = spec_of(Beside(mel, other=zcr, first=3), Beside(zcr, other=mel, name="b"), mel, zcr)
    rows = columns(serfast.Extractor(spec, backend)(Y), spec)
    loudest = np.max([rows[f"mel_{i}"] for i in range(3)], axis=0)
    for left, right, prefix in ((loudest, rows["zcr"], ""), (rows["zcr"], loudest, "b_")):
        np.testing.assert_array_equal(rows[f"{prefix}left"], left)
        np.testing.assert_array_equal(rows[f"{prefix}right"], right)
    assert (rows["width"] == 4).all()


@every_backend
def test_sources_need_not_stand_in_the_spec(backend: str) -> None:
    zcr = serfast.ZeroCrossingRate(frame_length=100)
    tracks = [Beside(loudness(), other=zcr), Switch(loudness()), Look(zcr, name="z")]
    hidden, beside = spec_of(*tracks), spec_of(*tracks, zcr, loudness())
    n = len(hidden.columns)
    assert_same_bits(
        serfast.Extractor(hidden, backend)(Y),
        np.ascontiguousarray(serfast.Extractor(beside, backend)(Y)[:, :n]),
    )


@every_backend
@pytest.mark.parametrize("lengths", [(64, 101), (101, 64), (63, 100)])
def test_hidden_sources_of_odd_and_even_frames_give_the_rows_of_both(
    lengths: tuple[int, int], backend: str
) -> None:
    """Odd frames have a row less where the recording ends with a row's moment."""
    first, other = (serfast.RMS(frame_length=length, name=str(length)) for length in lengths)
    track = Beside(first, other=other)
    hidden, beside = spec_of(track), spec_of(track, first, other)
    for n in (HOP * 20 - 1, HOP * 20, HOP * 20 + 1):
        assert hidden.frame_count(n) == beside.frame_count(n)
        rows = serfast.Extractor(hidden, backend)(Y[:n])
        expected = serfast.Extractor(beside, backend)(Y[:n])[:, :3]
        assert_same_bits(rows, np.ascontiguousarray(expected))


@every_backend
def test_a_feature_of_the_whole_signal_may_be_tracked_in_a_batch(backend: str) -> None:
    mel = serfast.LogMel(n_fft=128, n_mels=4, top_db=20.0)
    spec = spec_of(mel, Smoothed(mel, name="s"), Look(mel, name="l"))
    rows = serfast.Extractor(spec, backend)(Y)
    x = rows[:, :4].astype(np.float64)
    np.testing.assert_allclose(rows[:, 4:8], smoothed_rows(x), rtol=1e-6)
    np.testing.assert_allclose(rows[:, 8:], look_rows(x, 2, 3), rtol=1e-6)


def test_row_rate_is_of_rows() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Rate(Track):
        outputs = ("rate",)

        @staticmethod
        def compute(row_rate, out):
            out[0] = row_rate

    for backend in BACKENDS:
        spec = serfast.FeatureSpec(sample_rate=8000, hop_length=100, features=[Rate(serfast.RMS())])
        assert (serfast.Extractor(spec, backend)(Y) == 80).all()


# --- Streams ------------------------------------------------------------------------------------

MEL = serfast.LogMel(n_fft=128, n_mels=3, name="mel")
CRISS = Beside(Look(loudness(), ahead=5), other=serfast.Delta(MEL, width=7), first=3)
SPECS = {
    "state": spec_of(Smoothed(MEL), loudness()),
    "look-ahead": spec_of(loudness(), Look(loudness(), back=3, ahead=9)),
    "only back": spec_of(Look(loudness(), back=12, ahead=0), center=False),
    "whole window": spec_of(Look(loudness(), back=6, ahead=2, whole_window=True), MEL),
    "Viterbi": spec_of(Switch(loudness(), lag=15), MEL, pad_mode="edge"),
    "tracks of tracks": spec_of(
        Smoothed(Look(Switch(loudness(), lag=4), back=1, ahead=3), name="a"),
        Look(serfast.Delta(MEL, width=5), back=2, ahead=2, name="b"),
        serfast.Delta(Smoothed(MEL, name="c"), width=3),
        pad_mode="edge",
    ),
    "two sources": spec_of(CRISS, Smoothed(CRISS, name="s"), center=False),
    "hop > frame": spec_of(Look(loudness(), name="l"), Smoothed(loudness()), hop_length=150),
    "odd and even": spec_of(Beside(loudness(), other=loudness(frame_length=101))),
}
EXTRACTORS = {
    (name, backend): serfast.Extractor(spec, backend)
    for name, spec in SPECS.items()
    for backend in COMPILED
}
every_spec = pytest.mark.parametrize("name", SPECS)


def batch(name: str, backend: str, samples: np.ndarray) -> np.ndarray:
    extractor = EXTRACTORS[name, backend]
    if extractor.spec.frame_count(len(samples)) == 0:
        return np.empty((0, len(extractor.columns)), np.float32)
    return extractor(samples)


@every_spec
@every_backend
def test_back_ends_agree(name: str, backend: str) -> None:
    if backend == "reference":
        return
    expected = serfast.Extractor(SPECS[name], "reference")(Y)
    rows = EXTRACTORS[name, backend](Y)
    scale = np.abs(expected).max(axis=0)
    worst = (np.abs(rows - expected) / scale).max()
    print(f"{name}, {backend}: worst {worst:.1e} of a column's largest")
    assert worst < 2e-5


@compiled
@every_spec
@settings(max_examples=40)
@given(lengths=streams.lengths, n_samples=st.integers(0, 4000))
def test_a_stream_has_the_batchs_bits(
    name: str, backend: str, lengths: list[int], n_samples: int
) -> None:
    samples = Y[:n_samples]
    rows = push(EXTRACTORS[name, backend].stream(), divide(samples, lengths))
    assert_same_bits(rows, batch(name, backend, samples))


@compiled
@every_spec
@settings(max_examples=25)
@given(
    chunks=st.lists(st.integers(0, 900), max_size=10),
    rooms=st.lists(st.integers(0, 5), min_size=1, max_size=4).filter(any),
    n_samples=st.integers(1, 3000),
)
def test_rows_wait_for_room(
    name: str, backend: str, chunks: list[int], rooms: list[int], n_samples: int
) -> None:
    """With out= of a few rows, or none, in turns."""
    extractor, samples = EXTRACTORS[name, backend], Y[:n_samples]
    stream, parts, at = extractor.stream(), [], 0
    outs = [np.full((room, len(extractor.columns)), np.nan, np.float32) for room in rooms]
    for i, length in enumerate([*chunks, n_samples]):
        out = outs[i % len(outs)]
        n = stream.accept(samples[at : at + length], out)
        parts.append(out[:n].copy())
        at += length
    idle = i = 0
    while idle < len(outs):
        out = outs[i % len(outs)]
        n = stream.flush(out)
        parts.append(out[:n].copy())
        idle, i = 0 if n else idle + 1, i + 1
    assert_same_bits(np.concatenate(parts), batch(name, backend, samples))


@compiled
@every_spec
def test_reset_and_flush_in_the_middle(name: str, backend: str) -> None:
    """A flush ends the signal where it is; a reset forgets rows, states and what tracks have."""
    stream = EXTRACTORS[name, backend].stream()
    expected = batch(name, backend, Y[:1500])
    for heard in (0, 1, 700, 4000):
        stream.accept(Y[:heard])
        stream.reset()
        assert_same_bits(push(stream, divide(Y[:1500], [333])), expected)
        stream.reset()
        stream.accept(Y[:heard])
        stream.flush(np.empty((1, expected.shape[1]), np.float32))
        stream.reset()
        assert_same_bits(push(stream, [Y[:1500]]), expected)
        with pytest.raises(serfast.errors.SerfastError, match="must be reset after flush"):
            stream.accept(Y[:1])
        stream.reset()


@compiled
@every_spec
def test_two_streams_share_no_state(name: str, backend: str) -> None:
    extractor = EXTRACTORS[name, backend]
    heard = (Y, Y[::-1].copy(), -2 * Y)
    made = [extractor.stream() for _ in heard]
    parts: list[list[np.ndarray]] = [[] for _ in heard]
    for begin in range(0, len(Y), 250):
        for stream, y, rows in zip(made, heard, parts, strict=True):
            rows.append(stream.accept(y[begin : begin + 250]))
    for stream, y, rows in zip(made, heard, parts, strict=True):
        assert_same_bits(np.concatenate([*rows, stream.flush()]), extractor(y))


@compiled
@every_spec
def test_threads_have_the_same_bits(name: str, backend: str) -> None:
    expected = EXTRACTORS[name, backend](Y)
    for rows in EXTRACTORS[name, backend].map([Y] * 6, threads=3):
        assert_same_bits(rows, expected)


def test_a_stream_at_another_rate() -> None:
    for backend in COMPILED:
        whole = push(EXTRACTORS["two sources", backend].stream(sample_rate=44100), [Y])
        stream = EXTRACTORS["two sources", backend].stream(sample_rate=44100)
        assert_same_bits(push(stream, divide(Y, [7, 0, 901])), whole)


# --- When rows come -----------------------------------------------------------------------------


def rows_needed(feature: Feature, t: int) -> int:
    """How many rows of frames row t waits for, by the definition of a track."""
    if not isinstance(feature, Track):
        return t + 1
    last = t + feature.ahead
    if feature.whole_window:
        last = max(last, feature.back + feature.ahead)
    return max(rows_needed(source, last) for source in feature.sources)


def frame_lengths(feature: Feature) -> set[int]:
    """Frame lengths of all that a feature looks at."""
    if not isinstance(feature, Track):
        return {feature.length}
    return set().union(*(frame_lengths(source) for source in feature.sources))


def moments(spec: serfast.FeatureSpec, n_samples: int) -> list[int]:
    """After how many samples each row can be had that can be had at all before the end."""
    lengths = set().union(*(frame_lengths(feature) for feature in spec.features))
    right = max(length - (length // 2 if spec.center else 0) for length in lengths)
    made: list[int] = []
    while True:
        n_rows = max(rows_needed(feature, len(made)) for feature in spec.features)
        moment = (n_rows - 1) * spec.hop_length + right
        if moment > n_samples:
            return made
        made.append(moment)


def arrivals(spec: serfast.FeatureSpec, n_samples: int, backend: str) -> list[int]:
    """After how many samples each row has come from a stream that is fed one by one."""
    stream, come = serfast.Extractor(spec, backend).stream(), []
    for i in range(n_samples):
        come += [i + 1] * len(stream.accept(Y[i : i + 1]))
        assert len(come) == stream.n_emitted == spec.frame_count(i + 1, final=False)
    return come


@compiled
@every_spec
def test_rows_come_as_soon_as_what_they_look_at(name: str, backend: str) -> None:
    n_samples = 1200 if backend == "numba" else 2500
    spec = SPECS[name]
    come = arrivals(spec, n_samples, backend)
    assert come == moments(spec, n_samples)
    assert len(come) > 3
    latency = EXTRACTORS[name, backend].stream().latency
    late = [moment - t * spec.hop_length for t, moment in enumerate(come)]
    assert late[-1] == latency.samples
    assert latency.seconds == latency.samples / RATE
    assert max(late[spec.first_rows :], default=latency.samples) == latency.samples


@compiled
@every_spec
def test_the_latency_of_a_column_is_that_of_its_feature_alone(name: str, backend: str) -> None:
    told = EXTRACTORS[name, backend].stream().latencies
    for feature in SPECS[name].features:
        grid = {"center": SPECS[name].center, "hop_length": SPECS[name].hop_length}
        alone = serfast.Extractor(spec_of(feature, **grid), backend).stream().latency
        assert {told[column] for column in feature.columns} == {alone}


def test_look_ahead_adds_up_along_a_chain() -> None:
    inner = Look(loudness(), back=1, ahead=2)
    outer = Look(serfast.Delta(inner, width=9), back=50, ahead=3)
    spec = spec_of(outer)
    assert (inner.lookahead, outer.lookahead, spec.lookahead) == (2, 2 + 4 + 3, 9)
    # row 0 looks at row 3 of the delta, that at the whole first window of 9 rows, these 2 further
    assert (spec.first_rows, serfast.Extractor(spec).stream().lookahead) == (11, 32 + 9 * HOP)
    assert spec.frame_count(32 + 10 * HOP - 1, final=False) == 0
    assert spec.frame_count(32 + 10 * HOP, final=False) == 11 - 9


trees = st.recursive(
    st.builds(serfast.RMS, frame_length=st.sampled_from([8, 13])),
    lambda inner: st.one_of(
        st.builds(
            Look, inner, back=st.integers(0, 4), ahead=st.integers(0, 4), whole_window=st.booleans()
        ),
        st.builds(
            serfast.Delta,
            inner.filter(lambda feature: not isinstance(feature, serfast.Delta)),
            width=st.sampled_from([3, 5, 7]),
        ),
        st.builds(Beside, inner, other=inner),
    ),
    max_leaves=3,
)


@settings(max_examples=60)
@given(tracks=st.lists(trees, min_size=1, max_size=2), center=st.booleans())
def test_any_tracks_come_as_soon_as_they_can(tracks: list[Feature], center: bool) -> None:
    """And have the batch's bits."""
    named = [Smoothed(track, name=f"track{i}") for i, track in enumerate(tracks)]
    spec = spec_of(*named, center=center, hop_length=5)
    assert arrivals(spec, 250, "native") == moments(spec, 250)
    for backend in COMPILED:
        extractor = serfast.Extractor(spec, backend)
        assert_same_bits(push(extractor.stream(), divide(Y[:250], [31, 0, 8])), extractor(Y[:250]))


# --- What is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Look(loudness(), back=1001), "^back must be an int <= 1000, got 1001$"),
        (lambda: Look(loudness(), back=-1), "^back must be an int >= 0, got -1$"),
        (lambda: Look(loudness(), ahead=-1), "^ahead must be an int >= 0, got -1$"),
        (lambda: Look(loudness(), ahead=1.5), r"^ahead must be an int >= 0, got 1\.5$"),
        (
            lambda: Look(loudness(), back=501, ahead=500),
            r"^back \+ ahead must be an int <= 1000, got 1001$",
        ),
        (lambda: Switch(loudness(), lag=1001), "^ahead must be an int <= 1000, got 1001$"),
        (lambda: Look("rms"), "^feature must be a feature, got 'rms'$"),
        (lambda: Look(serfast.RMS), "^feature must be a feature, got <class "),
        (lambda: Beside(loudness(), other="rms"), "^other must be a feature, got 'rms'$"),
        (lambda: Beside(loudness(), other=None), "^other must be a feature, got None$"),
        (
            lambda: Look(loudness(), pad_mode="edge"),
            r"^pad_mode must be None \(padding is the feature's own\), got 'edge'$",
        ),
        (lambda: Smoothed(loudness(), share="all"), "^share must be a finite number, got 'all'$"),
    ],
)
def test_bad_tracks_are_refused(make, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()


def track_with(**body: object) -> Track:
    """An instance of a class with this body."""
    function = {"compute": staticmethod(lambda rows, out: None), "outputs": ("x",)}
    return type("Odd", (Track,), {**function, **body})(loudness())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"state_size": 65537}, "^state_size must be an int <= 65536, got 65537$"),
        ({"state_size": -1}, "^state_size must be an int >= 0, got -1$"),
        ({"outputs": ()}, "^outputs of Odd must be at least 1 name, got "),
        (
            {"compute": staticmethod(lambda frame, out: None)},
            "must be one of rows, place, state, row_rate, out, got 'frame'$",
        ),
        ({"compute": staticmethod(lambda rows: None)}, "^Odd.compute must have the argument out"),
        ({"compute": 3}, r"^compute of Odd must be a function \(a static method\), got 3$"),
    ],
)
def test_bad_classes_are_refused(body: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        track_with(**body)


@compiled
def test_a_stream_refuses_what_needs_the_whole_signal(backend: str) -> None:
    for mel in (serfast.LogMel(top_db=80.0), serfast.LogMel(ref="max")):
        for track in (Smoothed(mel), Look(Smoothed(mel)), Beside(loudness(), other=mel)):
            extractor = serfast.Extractor(spec_of(track), backend)
            with pytest.raises(ParameterError, match="must not depend on the whole signal"):
                extractor.stream()


@compiled
def test_a_stream_refuses_reflection_of_any_source(backend: str) -> None:
    mirrored = loudness(pad_mode="reflect")
    for track in (Look(mirrored), Beside(loudness(), other=mirrored), Look(Smoothed(mirrored))):
        extractor = serfast.Extractor(spec_of(track), backend)
        with pytest.raises(ParameterError, match=r"pad_mode of a stream must be .* got 'reflect'"):
            extractor.stream()
        aligned = serfast.Extractor(spec_of(track, center=False), backend)
        assert_same_bits(push(aligned.stream(), divide(Y, [333])), aligned(Y))


# --- Faults -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Fragile(Track):
    """Fails where a value is beyond anything that a trial shows."""

    outputs = ("fragile",)
    state_size = 1
    raises: bool = True

    @staticmethod
    def compute(rows, place, state, raises, out):
        state[0] += 1
        if rows[place, 0] > 1.5:
            if raises:
                out[0] = 1 / (rows[place, 0] - rows[place, 0])
            else:
                out[0] = np.nan
        else:
            out[0] = state[0]


LOUD = Y.copy()
LOUD[1000:1040] = 9
"""Row 25 of frames of 40 samples, left-aligned, is beyond 1.5."""


@every_backend
@pytest.mark.parametrize("raises", [True, False])
def test_a_failing_function_gives_nan_and_a_warning(raises: bool, backend: str) -> None:
    fragile = Fragile(loudness(frame_length=HOP), raises=raises)
    extractor = serfast.Extractor(spec_of(fragile, center=False), backend)
    message = r"compute of Fragile gave no finite number for 'fragile' in row 25: it raised"
    with pytest.warns(FeatureWarning, match=message):
        rows = extractor(LOUD)[:, 0]
    expected = np.arange(1, 101, dtype=np.float32)  # the state goes on
    expected[25] = np.nan
    np.testing.assert_array_equal(rows, expected)


@compiled
def test_a_stream_warns_in_the_call_in_which_it_happens(backend: str) -> None:
    fragile = Fragile(loudness(frame_length=HOP))
    extractor = serfast.Extractor(spec_of(fragile, center=False), backend)
    stream = extractor.stream()
    before = stream.accept(LOUD[:1000])
    with pytest.warns(FeatureWarning, match="in row 25"):
        failing = stream.accept(LOUD[1000:1040])
    after = np.concatenate([stream.accept(LOUD[1040:]), stream.flush()])
    assert np.isnan(failing).all()
    assert np.isfinite(before).all()
    assert np.isfinite(after).all()
    with pytest.warns(FeatureWarning):
        expected = extractor(LOUD)
    assert_same_bits(np.concatenate([before, failing, after]), expected)


@every_backend
@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (lambda rows, out: None, "finite number for each column, got nan in 'x' for silence"),
        (lambda rows, out: out.fill(rows[0, 7]), "a function that doesn't fail, got IndexError"),
        (lambda state, out: out.fill(state[0]), "a function that doesn't fail, got IndexError"),
    ],
)
def test_a_bad_function_is_refused_when_the_extractor_is_made(
    compute, message: str, backend: str
) -> None:
    track = track_with(compute=staticmethod(compute))
    with pytest.raises(ParameterError, match=f"compute of Odd must be .*{message}"):
        serfast.Extractor(spec_of(track), backend)


# --- In packages --------------------------------------------------------------------------------

SOURCE = """
from dataclasses import dataclass
import serfast
from serfast.features import Feature, Track

@dataclass(frozen=True, kw_only=True)
class Peaks(Track):
    outputs = ("peak",)
    back: int = 4
    other: Feature = serfast.RMS()

    @staticmethod
    def compute(rows, out):
        out[0] = max(rows[0, 0], rows[0, 1])
        for i in range(len(rows)):
            out[0] = max(out[0], rows[i, 0], rows[i, 1])
"""


def test_a_track_that_a_package_offers_goes_through_json(tmp_path, monkeypatch) -> None:
    install(tmp_path, "offers_peaks", SOURCE, "serfast-peaks", "Peaks = offers_peaks:Peaks",
            "serfast.features")  # fmt: skip
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    peaks = serfast.features.installed.get("Peaks")
    zcr = serfast.ZeroCrossingRate()
    spec = serfast.FeatureSpec(features=[peaks(peaks(zcr, back=2), other=zcr, name="outer")])
    text = spec.to_json()
    [stored] = json.loads(text)["features"]
    assert (stored["type"], stored["package"], stored["back"]) == ("Peaks", "serfast-peaks", 4)
    assert stored["feature"]["package"] == "serfast-peaks"
    assert stored["feature"]["feature"]["type"] == stored["other"]["type"] == "ZeroCrossingRate"
    assert serfast.FeatureSpec.from_json(text) == spec
    assert serfast.FeatureSpec.from_json(text).to_json() == text
    expected = serfast.Extractor(spec, "reference")(Y)
    np.testing.assert_allclose(serfast.Extractor(spec, "native")(Y), expected, rtol=1e-5)


def test_a_track_of_a_script_cannot_be_stored() -> None:
    with pytest.raises(ParameterError, match=r"offered by an installed package .* Smoothed"):
        spec_of(Smoothed(loudness())).to_json()


def test_a_track_reads_no_columns_beside_those_of_its_features() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Reading(Smoothed):
        columns_read = ("zcr",)

    with pytest.raises(serfast.ParameterError, match="columns_read of Reading must be empty for a"):
        spec_of(loudness(), serfast.ZeroCrossingRate(), Reading(loudness()))
