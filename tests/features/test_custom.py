"""Features of one's own: their values, and the contracts of every other feature."""

from __future__ import annotations

import ctypes
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import serfast
from helpers import pages, signals
from helpers.custom_features import (
    BACKENDS,
    COMPILED,
    Powers,
    crest,
    crest_rows,
    frames_of,
    motion,
    motion_rows,
    powers_rows,
)
from helpers.streams import assert_same_bits, divide, push
from serfast.errors import ParameterError
from serfast.features.custom import NativeFunction
from serfast.models.bundle.fingerprint import fingerprint
from serfast.program.planner import program_of

RATE = 16000
Y = signals.voice(RATE, 5000, seed=4)


GRIDS = {
    "centred": {"hop_length": 160},
    "edge": {"hop_length": 97, "pad_mode": "edge"},
    "reflect": {"hop_length": 150, "pad_mode": "reflect"},
    "left-aligned, scaled": {"hop_length": 160, "center": False, "sample_scale": 32768.0},
    "hop > frame": {"hop_length": 700, "center": False},
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_values_are_the_formulas(grid, backend) -> None:
    features = [
        crest(frame_length=400),
        Powers(frame_length=301, parts=4, pad_mode="constant"),
        Powers(frame_length=64, root=True, name="root"),
        motion(n_fft=512),
        motion(n_fft=441, name="odd"),
    ]
    spec = serfast.FeatureSpec(sample_rate=RATE, features=features, **grid)
    frames = [frames_of(Y, spec, feature) for feature in features]
    expected = np.concatenate(
        [
            crest_rows(frames[0]),
            powers_rows(frames[1], 4, False, RATE),
            powers_rows(frames[2], 3, True, RATE),
            motion_rows(frames[3], RATE),
            motion_rows(frames[4], RATE),
        ],
        axis=1,
    )
    rows = serfast.Extractor(spec, backend=backend)(Y)
    scale = np.abs(expected).max(axis=0)
    worst = (np.abs(rows - expected) / scale).max(axis=0)
    print(f"{backend}: worst of each column's largest value {np.max(worst):.1e}")
    assert rows.shape == expected.shape
    assert worst.max() < (1e-7 if backend == "reference" else 1e-5)


def test_columns_stand_where_the_spec_has_them() -> None:
    spec = serfast.FeatureSpec(
        features=[motion(), serfast.RMS(), Powers(), crest(name="c"), motion(name="m", n_fft=400)]
    )
    assert spec.columns == ("rise", "tilt", "rms", "part_0", "part_1", "part_2", "c", "m_rise",
                            "m_tilt")  # fmt: skip
    whole = serfast.Extractor(spec)(Y)
    for i, feature in enumerate([*spec.features]):
        alone = serfast.Extractor(serfast.FeatureSpec(features=[feature]))(Y)
        first = sum(len(f.columns) for f in spec.features[:i])
        assert_same_bits(np.ascontiguousarray(whole[:, first : first + alone.shape[1]]), alone)


def test_the_built_in_columns_keep_their_bits() -> None:
    speech = serfast.presets.speech()
    more = serfast.FeatureSpec(
        sample_rate=speech.sample_rate, hop_length=speech.hop_length, center=speech.center,
        pad_mode=speech.pad_mode, features=[*speech.features, crest(), motion()],
    )  # fmt: skip
    rows = serfast.Extractor(more)(Y)[:, : len(speech.columns)]
    assert_same_bits(np.ascontiguousarray(rows), serfast.Extractor(speech)(Y))


def test_the_transform_is_shared() -> None:
    features = [serfast.MFCC(n_fft=512), motion(n_fft=512), serfast.PowerSpectrum(n_fft=512)]
    assert len(program_of(serfast.FeatureSpec(features=features)).spectra) == 1
    other = motion(n_fft=512, window="hamming", name="other")
    assert len(program_of(serfast.FeatureSpec(features=[*features, other])).spectra) == 2


STREAMED = {
    (name, backend): serfast.Extractor(
        serfast.FeatureSpec(sample_rate=RATE, features=features, **grid), backend=backend
    )
    for backend in COMPILED
    for name, grid, features in [
        ("centred", {"hop_length": 160}, [motion(), serfast.MFCC(), crest(), Powers(root=True)]),
        ("edge, odd", {"hop_length": 97, "pad_mode": "edge"}, [motion(n_fft=441), crest()]),
        ("left-aligned", {"center": False, "sample_scale": 32768.0}, [crest(), motion(n_fft=256)]),
        ("hop > frame", {"hop_length": 700, "center": False}, [motion(n_fft=256)]),
        ("hop of 1", {"hop_length": 1}, [motion(n_fft=16), Powers(frame_length=7)]),
        ("deltas", {"hop_length": 160},
         [serfast.Delta(motion(n_fft=400), width=5), serfast.Delta(crest(), order=2), crest()]),
    ]
}  # fmt: skip


@given(
    st.sampled_from(sorted(STREAMED)),
    st.lists(st.integers(0, 900), min_size=1, max_size=8).filter(any),
    st.integers(1, 2500),
)
def test_a_stream_has_the_batchs_bits(key: tuple[str, str], lengths: list[int], n: int) -> None:
    extractor, samples = STREAMED[key], Y[:n]
    if extractor.spec.frame_count(n) == 0:
        return
    stream = extractor.stream()
    for _ in range(2):  # and once more after a reset
        assert_same_bits(push(stream, divide(samples, lengths)), extractor(samples))
        stream.reset()


@pytest.mark.parametrize("backend", COMPILED)
def test_threads_have_one_threads_bits(backend) -> None:
    extractor = STREAMED["centred", backend]
    for rows in extractor.map([Y] * 8, threads=4):
        assert_same_bits(rows, extractor(Y))


def test_deltas_statistics_and_fingerprint() -> None:
    spec = serfast.FeatureSpec(features=[crest(), serfast.Delta(crest(), width=5)])
    rows = serfast.Extractor(spec)(Y).astype(np.float64)
    weights = np.array([-2, -1, 0, 1, 2]) / 10
    middle = np.lib.stride_tricks.sliding_window_view(rows[:, 0], 5) @ weights
    np.testing.assert_allclose(rows[2:-2, 1], middle, atol=1e-5)
    statistics = serfast.Statistics(functionals=("mean", "p100"))
    names = statistics.names(spec.columns)
    vector = dict(zip(names, statistics(rows.astype(np.float32), spec.columns), strict=True))
    assert vector["crest.p100"] == pytest.approx(rows[:, 0].max())
    assert fingerprint(spec) != fingerprint(serfast.FeatureSpec(features=[crest()]))
    assert fingerprint(spec) == fingerprint(
        serfast.FeatureSpec(features=[crest(), serfast.Delta(crest(), width=5)])
    )


def test_features_are_values() -> None:
    assert crest() == crest(frame_length=512, floor=1e-6)
    assert hash(crest(floor=0.5)) == hash(crest(floor=0.5))
    assert crest() != crest(floor=0.5)
    assert motion(n_fft=400) != crest()
    assert Powers(parts=np.int64(4)).parts == 4
    with pytest.raises(AttributeError):
        crest().floor = 1
    for backend in COMPILED:
        pickled = STREAMED["deltas", backend]
        extractor = pickle.loads(pickle.dumps(pickled))
        assert (extractor.spec, extractor.backend) == (pickled.spec, backend)
        assert_same_bits(extractor(Y), pickled(Y))


def test_a_default_named_as_a_field_is_the_fields() -> None:
    @serfast.feature_function
    def last(frame, out, frame_length=300):
        out[0] = frame[frame_length - 1]

    assert last().length == 300
    assert last(frame_length=40).length == 40


@pytest.mark.parametrize("backend", COMPILED)
def test_the_function_runs_without_the_gil(backend) -> None:
    held = ctypes.CDLL(None).PyGILState_Check
    held.argtypes, held.restype = [], ctypes.c_int
    assert ctypes.pythonapi.PyGILState_Check() == 1

    @serfast.feature_function
    def gil(frame, out):
        out[0] = held()

    extractor = serfast.Extractor(serfast.FeatureSpec(features=[gil()]), backend=backend)
    assert not extractor(Y).any()
    with ThreadPoolExecutor(1) as pool:
        assert not pool.submit(extractor.stream().accept, Y).result().any()


# ---- from elsewhere ------------------------------------------------------------------------------

FLOATS, DOUBLES = ctypes.POINTER(ctypes.c_float), ctypes.POINTER(ctypes.c_double)
C_FUNCTION = ctypes.CFUNCTYPE(
    ctypes.c_int, FLOATS, ctypes.c_ssize_t, FLOATS, FLOATS, FLOATS, ctypes.c_ssize_t,
    ctypes.c_double, DOUBLES, FLOATS, ctypes.c_ssize_t,
)  # fmt: skip


@C_FUNCTION
def _differences(frame, n, spectrum, previous, frequencies, bins, rate, parameters, out, n_out):
    out[0] = n + parameters[0] * 1000
    out[1] = sum(spectrum[k] - previous[k] for k in range(bins))
    out[2] = frequencies[bins - 1] + rate
    return 0


class Elsewhere(serfast.SpectrumFeature):
    """A callback of ctypes."""

    outputs = ("n", "change", "top")
    compute = NativeFunction(
        ctypes.cast(_differences, ctypes.c_void_p).value,
        _differences,
        ("frame", "spectrum", "previous_spectrum", "frequencies", "sample_rate", "n_fft", "out"),
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_function_from_elsewhere(backend: str) -> None:
    spec = serfast.FeatureSpec(features=[Elsewhere(n_fft=64), serfast.PowerSpectrum(n_fft=64)])
    rows = serfast.Extractor(spec, backend=backend)(Y).astype(np.float64)
    total = rows[:, 3:].sum(axis=1)
    assert (rows[:, 0] == 64 + 64000).all()
    np.testing.assert_allclose(rows[:, 1], np.diff(total, prepend=total[0]), atol=1e-4)
    assert (rows[:, 2] == 8000 + RATE).all()


@C_FUNCTION
def _given(frame, n, spectrum, previous, frequencies, bins, rate, parameters, out, n_out):
    for i, pointer in enumerate((frame, spectrum, previous, frequencies)):
        out[i] = bool(pointer)
    out[4] = bins
    return 0


GIVEN = ctypes.cast(_given, ctypes.c_void_p).value


class GivenFrame(serfast.FrameFeature):
    outputs = ("frame", "spectrum", "previous", "frequencies", "bins")
    compute = NativeFunction(GIVEN, _given, ("frame", "out"))


class GivenSpectrum(serfast.SpectrumFeature):
    outputs = GivenFrame.outputs
    compute = NativeFunction(GIVEN, _given, ("spectrum", "out"))


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_there_is_none_of_is_null(backend: str) -> None:
    frame = GivenFrame(frame_length=64)
    rows = serfast.Extractor(serfast.FeatureSpec(features=[frame]), backend=backend)(Y)
    assert (rows == [1, 0, 0, 0, 0]).all()
    spectrum = GivenSpectrum(n_fft=64)
    rows = serfast.Extractor(serfast.FeatureSpec(features=[spectrum]), backend=backend)(Y)
    assert (rows[:, [0, 1, 3, 4]] == [1, 1, 1, 33]).all()


@pytest.mark.parametrize("backend", COMPILED)
def test_a_spectrum_that_nothing_asks_for_is_not_kept(backend: str) -> None:
    features = [GivenSpectrum(n_fft=64), motion(n_fft=128)]
    rows = serfast.Extractor(serfast.FeatureSpec(features=features), backend=backend)(Y)
    assert not rows[:, 2].any()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NativeFunction(0, None), "address must be an int >= 1, got 0"),
        (lambda: NativeFunction("puts", None), "address must be an int >= 1, got 'puts'"),
        (lambda: NativeFunction(4096, None, "out"), "arguments must be a tuple of str, got 'out'"),
    ],
)
def test_a_bad_address_is_refused(make, message) -> None:
    with pytest.raises(ParameterError, match=message):
        make()


EXAMPLES = [
    *pages.examples("docs/custom-features.md"),
    *pages.examples("docs/adding-a-feature.md"),
    *pages.examples("plugins/serfast-spectral/README.md"),
]


@pytest.mark.parametrize("block", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_documentations_examples_run(block: str) -> None:
    code = compile(block, "custom-features.md", "exec", dont_inherit=True)
    exec(code, {"__name__": "documentation"})


def test_there_are_eight_examples() -> None:
    assert len(EXAMPLES) == 8


def test_numba_is_imported_by_the_first_extractor_that_needs_it() -> None:
    code = (
        "import sys, serfast\n"
        "@serfast.feature_function\n"
        "def first(frame, out):\n"
        "    out[0] = frame[0]\n"
        "spec = serfast.FeatureSpec(features=[first()])\n"
        "serfast.Extractor(serfast.presets.speech())\n"
        "serfast.Extractor(spec, backend='reference')\n"
        "before = 'numba' in sys.modules\n"
        "serfast.Extractor(spec)\n"
        "print(before, 'numba' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
