"""Streams give the batch's rows: the same bits, as many, and each as early as it can be had."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers import pages, signals, streams
from helpers.streams import EXTRACTORS, RATE, SPECS, VOICE, assert_same_bits, batch, divide, push

every_spec = pytest.mark.parametrize("name", SPECS)


@settings(max_examples=150)
@given(name=streams.names, lengths=streams.lengths, n_samples=st.integers(0, 5000))
def test_every_division_gives_the_batchs_bits(
    name: str, lengths: list[int], n_samples: int
) -> None:
    samples = VOICE[:n_samples]
    rows = push(EXTRACTORS[name].stream(), divide(samples, lengths))
    assert_same_bits(rows, batch(name, samples))


@every_spec
def test_single_samples_and_the_whole_signal_at_once(name: str) -> None:
    samples = VOICE[:2100]
    stream = EXTRACTORS[name].stream()
    assert_same_bits(push(stream, [samples]), batch(name, samples))
    stream.reset()
    assert_same_bits(push(stream, divide(samples, [1])), batch(name, samples))


@every_spec
@pytest.mark.parametrize("n_samples", [*range(8), 159, 160, 161, 255, 256, 257, 441, 512, 1024])
def test_short_signals(name: str, n_samples: int) -> None:
    samples = VOICE[1000 : 1000 + n_samples]
    rows = push(EXTRACTORS[name].stream(), divide(samples, [7]))
    assert_same_bits(rows, batch(name, samples))


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize(("frame_length", "hop_length"), [(3, 2), (4, 3), (2, 5), (5, 1)])
def test_all_divisions_of_ten_samples(frame_length: int, hop_length: int, center: bool) -> None:
    spec = serfast.FeatureSpec(
        hop_length=hop_length,
        center=center,
        pad_mode="edge",
        features=[serfast.RMS(frame_length=frame_length)],
    )
    extractor = serfast.Extractor(spec)
    samples = VOICE[1000:1010]
    expected = extractor(samples)
    stream = extractor.stream()
    for cuts in itertools.product([False, True], repeat=len(samples) - 1):
        at = [i for i, cut in enumerate(cuts, 1) if cut]
        assert_same_bits(push(stream, np.split(samples, at)), expected)
        stream.reset()


features = st.one_of(
    st.builds(serfast.RMS, name=st.just("rms"), frame_length=st.integers(1, 400)),
    st.builds(serfast.ZeroCrossingRate, name=st.just("zcr"), frame_length=st.integers(1, 400)),
    st.builds(serfast.PowerSpectrum, name=st.just("power"), n_fft=st.integers(2, 64)),
    st.builds(
        serfast.MFCC,
        name=st.just("mfcc"),
        n_fft=st.integers(256, 400),
        n_mels=st.just(4),
        n_mfcc=st.integers(1, 4),
        pad_mode=st.sampled_from([None, "constant", "edge"]),
    ),
    st.builds(
        serfast.YIN,
        name=st.just("yin"),
        frame_length=st.integers(128, 400),
        fmin=st.just(300.0),
        fmax=st.just(2000.0),
    ),
)
specs = st.builds(
    serfast.FeatureSpec,
    sample_rate=st.just(RATE),
    hop_length=st.integers(1, 500),
    center=st.booleans(),
    pad_mode=st.sampled_from(["constant", "edge"]),
    features=st.lists(features, min_size=1, max_size=4, unique_by=lambda feature: feature.name),
)


@settings(max_examples=100)
@given(spec=specs, lengths=streams.lengths, n_samples=st.integers(400, 2500))
def test_any_spec_and_any_division(
    spec: serfast.FeatureSpec, lengths: list[int], n_samples: int
) -> None:
    extractor = serfast.Extractor(spec)
    samples = VOICE[:n_samples]
    assert_same_bits(push(extractor.stream(), divide(samples, lengths)), extractor(samples))


def presets() -> list[serfast.FeatureSpec]:
    """Every preset; what needs the whole signal in it is switched off."""
    names = [name for name in serfast.presets.__all__ if not name.endswith("statistics")]
    made = [getattr(serfast.presets, name)() for name in names]
    return [_causal(spec) for spec in made if isinstance(spec, serfast.FeatureSpec)]


def _causal(spec: serfast.FeatureSpec) -> serfast.FeatureSpec:
    causal = [
        dataclasses.replace(feature, top_db=None, ref=1.0) if feature.whole_signal else feature
        for feature in spec.features
    ]
    pad_mode = "edge" if spec.pad_mode == "reflect" else spec.pad_mode
    return dataclasses.replace(spec, features=causal, pad_mode=pad_mode)


@pytest.mark.parametrize("spec", presets(), ids=lambda spec: f"{len(spec.columns)} columns")
@pytest.mark.parametrize("chunk", [160, 1024, 7777])
def test_presets(spec: serfast.FeatureSpec, chunk: int) -> None:
    samples = signals.voice(int(spec.sample_rate), 20000)
    extractor = serfast.Extractor(spec)
    assert_same_bits(push(extractor.stream(), divide(samples, [chunk])), extractor(samples))


def test_speech_from_recordings(emodb: object) -> None:
    for samples in signals.speech(emodb, RATE).values():
        for chunk in (80, 160, 333):
            rows = push(EXTRACTORS["speech"].stream(), divide(samples, [chunk]))
            assert_same_bits(rows, batch("speech", samples))


# --- When rows come -----------------------------------------------------------------------------


def rows_ahead(spec: serfast.FeatureSpec) -> int:
    """Rows behind its own that a row's derivatives look at."""
    return max(getattr(feature, "width", 1) // 2 for feature in spec.features)


def lookahead(spec: serfast.FeatureSpec) -> int:
    """Samples from a row's moment to the end of the longest frame that it depends on."""
    before = [length // 2 if spec.center else 0 for length in spec.frame_lengths]
    own = max(map(int.__sub__, spec.frame_lengths, before))
    return own + rows_ahead(spec) * spec.hop_length


def rows_due(spec: serfast.FeatureSpec, n_seen: int, latency: int) -> int:
    """Rows t with t · hop + latency <= n_seen; the first ones wait for a derivative's window."""
    due = max(0, 1 + (n_seen - latency) // spec.hop_length)
    return due if due > rows_ahead(spec) else 0


@every_spec
def test_latency_is_what_the_longest_frame_needs(name: str) -> None:
    latency = EXTRACTORS[name].stream().latency
    assert latency.samples == lookahead(SPECS[name])
    assert latency.seconds == latency.samples / RATE


@every_spec
def test_row_t_comes_with_sample_t_hop_plus_latency(name: str) -> None:
    spec, stream, before = SPECS[name], EXTRACTORS[name].stream(), 0
    for n_seen, sample in enumerate(VOICE[:4000].reshape(-1, 1), 1):
        rows = stream.accept(sample)
        due = rows_due(spec, n_seen, stream.latency.samples)
        assert (stream.n_seen, stream.n_emitted) == (n_seen, due)
        assert len(rows) == due - before
        assert due == spec.frame_count(n_seen, final=False)
        before = due
    assert before > 0
    assert len(stream.flush()) == spec.frame_count(4000) - before
    assert (stream.n_seen, stream.n_emitted) == (4000, spec.frame_count(4000))


@every_spec
def test_the_last_sample_of_the_latency_matters(name: str) -> None:
    """Given one sample sooner, a row could not have its bits: some feature looks at that sample."""
    spec = SPECS[name]
    t = rows_ahead(spec) + -(-1000 // spec.hop_length)
    last = t * spec.hop_length + lookahead(spec) - 1
    samples = signals.noise(last + 1, seed=8)
    other = samples.copy()
    other[last] += 0.5
    rows, changed = (EXTRACTORS[name].stream().accept(y) for y in (samples, other))
    assert len(rows) == len(changed) == t + 1
    assert_same_bits(rows[:-1], changed[:-1])
    assert rows[-1].tobytes() != changed[-1].tobytes()


# --- What is accepted ---------------------------------------------------------------------------

PCM = (VOICE * 20000).astype(np.int16)


@settings(max_examples=60)
@given(
    name=streams.names,
    lengths=streams.lengths,
    dtypes=st.lists(st.sampled_from(["<i2", ">i2", "<f4", ">f4", "<f8", ">f8"]), min_size=1),
)
def test_every_format_gives_the_same_bits(name: str, lengths: list[int], dtypes: list[str]) -> None:
    chunks = [
        chunk.astype(dtype) if dtype.endswith("i2") else (chunk / 32768).astype(dtype)
        for chunk, dtype in zip(divide(PCM, lengths), itertools.cycle(dtypes), strict=False)
    ]
    assert_same_bits(push(EXTRACTORS[name].stream(), chunks), batch(name, PCM))


def test_float64_is_rounded_as_a_batch_rounds_it() -> None:
    samples = np.random.default_rng(2).standard_normal(4000)
    rows = push(EXTRACTORS["speech"].stream(), divide(samples, [160]))
    assert_same_bits(rows, batch("speech", samples))


def unusual_layouts() -> dict[str, object]:
    """How a chunk of 1000 samples may be stored."""
    chunk = VOICE[:1000]
    read_only = chunk.copy()
    read_only.flags.writeable = False
    channels = np.zeros((1000, 3), np.float32)
    channels[:, 1] = chunk
    misaligned = np.empty(4001, np.uint8)[1:].view(np.float32)
    misaligned[:] = chunk
    return {
        "read-only": read_only,
        "every other": np.repeat(chunk, 2)[::2],
        "backwards": chunk[::-1].copy()[::-1],
        "one channel of three": channels[:, 1],
        "misaligned": misaligned,
        "subclass": chunk.view(np.ma.MaskedArray),
        "list": chunk.tolist(),
        "tuple": tuple(chunk.tolist()),
        "memoryview": memoryview(chunk),
    }


@pytest.mark.parametrize("layout", unusual_layouts())
def test_any_layout(layout: str) -> None:
    chunk = unusual_layouts()[layout]
    before = np.array(chunk)
    rows = push(EXTRACTORS["speech"].stream(), [chunk, VOICE[1000:]])
    assert_same_bits(rows, batch("speech", VOICE))
    np.testing.assert_array_equal(np.array(chunk), before)


def test_an_empty_list_is_an_empty_chunk() -> None:
    rows = push(EXTRACTORS["speech"].stream(), [[], VOICE[:900], [], VOICE[900:], ()])
    assert_same_bits(rows, batch("speech", VOICE))


def test_the_callers_buffer_may_be_used_again_at_once() -> None:
    """A recording callback overwrites its one buffer; rows that were given stay as they are."""
    stream = EXTRACTORS["speech"].stream()
    buffer = np.empty(250, np.float32)
    given_rows, copies = [], []
    for chunk in VOICE.reshape(-1, 250):
        buffer[:] = chunk
        given_rows.append(stream.accept(buffer))
        copies.append(given_rows[-1].copy())
        buffer[:] = np.nan
    assert_same_bits(np.concatenate([*given_rows, stream.flush()]), batch("speech", VOICE))
    assert_same_bits(np.concatenate(given_rows), np.concatenate(copies))


def test_rows_are_float32_with_time_first() -> None:
    stream = EXTRACTORS["speech"].stream()
    for rows in (stream.accept(VOICE[:1]), stream.accept(VOICE), stream.flush(), stream.flush()):
        assert (rows.dtype, rows.shape[1:]) == (np.float32, (len(stream.columns),))
        assert rows.flags.c_contiguous
        assert rows.flags.owndata


# --- Specs that are refused ---------------------------------------------------------------------

WHOLE = (
    "features of a stream must not depend on the whole signal, got {}: use top_db=None and a "
    "number as ref (a stream can't know the loudest band to come)"
)
MIRRORED = (
    "pad_mode of a stream must be 'constant', 'edge' or 'symmetric', got 'reflect': the end can't "
    "be mirrored before it is known; center=False needs no padding"
)
LOUDEST = [serfast.LogMel(top_db=80.0), serfast.LogMel(ref="max"), serfast.MFCC(top_db=60.0)]
REFUSED = {
    **{f"{f!r}": (serfast.FeatureSpec(features=[f]), WHOLE.format(repr(f))) for f in LOUDEST},
    "second feature": (
        serfast.FeatureSpec(center=False, features=[serfast.RMS(), LOUDEST[1]]),
        WHOLE.format(repr(LOUDEST[1])),
    ),
    "reflect": (serfast.FeatureSpec(pad_mode="reflect", features=[serfast.RMS()]), MIRRORED),
    "a feature's own reflect": (
        serfast.FeatureSpec(features=[serfast.RMS(), serfast.YIN(pad_mode="reflect")]),
        MIRRORED,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_spec_that_cannot_be_streamed_says_why_and_what_to_use(case: str) -> None:
    spec, message = REFUSED[case]
    with pytest.raises(serfast.ParameterError) as caught:
        serfast.Extractor(spec).stream()
    assert str(caught.value) == message


def test_librosas_defaults_are_refused_for_their_top_db() -> None:
    with pytest.raises(serfast.ParameterError, match=r"use top_db=None"):
        serfast.Extractor(serfast.presets.librosa()).stream()


def test_a_features_own_padding_counts_before_the_specs() -> None:
    own = serfast.RMS(pad_mode="edge")
    extractor = serfast.Extractor(serfast.FeatureSpec(pad_mode="reflect", features=[own]))
    assert_same_bits(push(extractor.stream(), [VOICE]), extractor(VOICE))


def test_a_back_end_without_streams_says_so() -> None:
    with pytest.raises(serfast.BackendError, match="backend of a stream must be 'native'"):
        serfast.Extractor(SPECS["speech"], backend="reference").stream()


def test_the_examples_of_the_documentation_run(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = pages.examples("docs/streaming.md")
    assert len(blocks) == 4
    monkeypatch.chdir(pages.ROOT)
    exec(compile("".join(blocks), "streaming.md", "exec"), {})
