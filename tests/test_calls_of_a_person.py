"""What a person would write: recordings by their path, streams in a `with`, names from an index."""

from __future__ import annotations

import pickle
from collections import UserList
from pathlib import Path

import numpy as np
import pytest
import soundfile

import serfast
from helpers import signals
from serfast.models import registry
from serfast.statistics.statistics import Statistics
from serfast.testing.checks import SPEC as TOY_SPEC
from serfast.testing.checks import toy_examples
from serfast.training.training import bundle_of

RATE = 16000
Y = signals.voice(RATE, 2 * RATE, seed=8)
SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.MFCC(n_mfcc=4)])


@pytest.fixture(scope="module")
def svm() -> serfast.Recognizer:
    return serfast.Recognizer("svm")


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    """The voice as a file, at another rate than the model's."""
    soundfile.write(tmp_path / "y.wav", Y, 22050, subtype="FLOAT")
    return tmp_path / "y.wav"


def test_a_recording_is_given_as_a_path_its_bytes_or_a_file(svm, wav: Path) -> None:
    expected = svm.predict(*serfast.load(wav))
    assert svm.predict(str(wav)) == expected
    assert svm.predict(wav) == expected
    assert svm.predict(wav.read_bytes()) == expected
    with wav.open("rb") as file:
        assert svm.predict(file) == expected


def test_what_the_rate_is_of_is_asked_for(svm, wav: Path) -> None:
    with pytest.raises(serfast.ParameterError, match="sample_rate must be given for samples"):
        svm.predict(Y)
    with pytest.raises(serfast.ParameterError, match="sample_rate must be None for a recording"):
        svm.predict(wav, 16000)
    with pytest.raises(serfast.AudioError, match="nothing"):
        svm.predict(wav.with_name("nothing.wav"))


def test_a_result_has_the_probability_of_its_label(svm) -> None:
    result = svm.predict(Y, RATE)
    assert (
        result.probability
        == result.probabilities[result.label]
        == max(result.probabilities.values())
    )
    assert repr(result) == f"Result({result.label!r}, probability={result.probability:.3f})"


def test_reprs_say_what_things_are(svm) -> None:
    assert repr(svm) == f"<Recognizer 'svm' of {', '.join(svm.classes)} at 16000 Hz, native>"
    stream = serfast.Extractor(SPEC).stream()
    stream.accept(Y[:1000])
    assert repr(stream) == (
        "<NativeStream of rms … mfcc_3 (5) at 16000 Hz: 1000 samples seen, 5 rows given>"
    )
    events = svm.stream(window=1.0)
    events.accept(Y[:8000])
    assert repr(events).startswith("<WindowStream of anger, ")
    assert repr(events).endswith(": window 1 s, hop 0.5 s, 0.50 s heard at 16000 Hz>")


@pytest.mark.parametrize("classifier", ["svm", "onnx"])
def test_a_recognizer_goes_through_pickle(classifier: str) -> None:
    recognizer = serfast.Recognizer(classifier)
    again = pickle.loads(pickle.dumps(recognizer))
    assert again.predict(Y, RATE) == recognizer.predict(Y, RATE)
    assert repr(again) == repr(recognizer)
    assert again.card == recognizer.card


def test_an_ensemble_goes_through_pickle(tmp_path: Path) -> None:
    plugin = registry.get("ensemble").with_training_options(
        {"members": "svm+onnx", "onnx.epochs": "1", "onnx.width": "8"}
    )
    examples = toy_examples("samples")
    bundle = bundle_of("ensemble", plugin.train(examples), examples, TOY_SPEC, None, {})
    recognizer = serfast.Recognizer(bundle.save(tmp_path / "both.zip"))
    again = pickle.loads(pickle.dumps(recognizer))
    assert again.predict(Y, RATE) == recognizer.predict(Y, RATE)
    assert repr(again) == repr(recognizer)
    assert again.card == recognizer.card


def test_a_pickled_recognizer_is_checked_like_a_bundle(svm) -> None:
    data = pickle.dumps(svm)
    where = data.index(b"classes") + 12  # within the bundle's model.json or an array
    with pytest.raises(serfast.ModelError):
        pickle.loads(data[:where] + bytes([data[where] ^ 1]) + data[where + 1 :])


@pytest.mark.parametrize("backend", ["native", "numba"])
def test_a_stream_ends_with_its_block(backend: str) -> None:
    extractor = serfast.Extractor(SPEC, backend)
    with extractor.stream() as stream:
        rows = np.concatenate([stream.accept(Y[:5000]), stream.flush()])
    np.testing.assert_array_equal(rows, extractor(Y[:5000]))
    assert (stream.n_seen, stream.n_emitted) == (0, 0)
    np.testing.assert_array_equal(stream.accept(Y[:5000]), rows[: len(rows) - 2])  # a new signal


@pytest.mark.parametrize(
    ("classifier", "backend", "window", "n_events"),
    [("svm", "native", 1.0, 3), ("svm", "numba", 1.0, 3), ("onnx", "native", None, 4)],
)
def test_an_event_stream_ends_with_its_block(classifier, backend, window, n_events) -> None:
    recognizer = serfast.Recognizer(classifier, backend)
    with recognizer.stream(window=window, hop=0.5, gate_db=None) as stream:
        events = [*stream.accept(Y), *stream.flush()]
    assert len(events) == n_events
    assert [*stream.accept(Y), *stream.flush()] == events


def test_leaving_a_block_hides_no_error(svm) -> None:
    for stream in (serfast.Extractor(SPEC).stream(), svm.stream()):
        with pytest.raises(serfast.ParameterError, match="chunk"), stream:
            stream.accept("no samples")


@pytest.mark.parametrize(
    "columns",
    [
        ["rms", "zcr"],
        ("rms", "zcr"),
        np.array(["rms", "zcr"]),
        np.array(["rms", "zcr"], dtype=object),
        UserList(["rms", "zcr"]),
        iter(["rms", "zcr"]),
    ],
)
def test_names_come_in_any_sequence(columns) -> None:
    statistics = Statistics(functionals=("mean",), deltas=0)
    assert statistics([[1.0, 2.0], [3.0, 6.0]], columns).tolist() == [2.0, 4.0]


@pytest.mark.parametrize("columns", ["rms", b"rms", {"rms"}, {"rms": 1}, [1], 3, None, [["rms"]]])
def test_what_names_nothing_in_order_is_refused(columns) -> None:
    with pytest.raises(serfast.ParameterError, match="columns must be a sequence of names"):
        Statistics(functionals=("mean",), deltas=0)([[1.0]], columns)


def test_a_wrong_name_of_other_things_suggests_the_right_one() -> None:
    for call, message in (
        (lambda: Statistics(functionals=("men",)), "got 'men'; did you mean 'mean'?"),
        (lambda: serfast.Recognizer("swm"), "got 'swm'; did you mean 'svm'?"),
        (
            lambda: serfast.FeatureSpec.from_dict({"format": 1, "features": [{"type": "MFFC"}]}),
            "got 'MFFC'; did you mean 'MFCC'?",
        ),
    ):
        with pytest.raises(serfast.SerfastError) as caught:
            call()
        assert message in str(caught.value)


class Tensor:
    """What another library's array does if it can't be NumPy's."""

    def __init__(self, samples: np.ndarray | None) -> None:
        self._samples = samples

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        if self._samples is None:
            raise RuntimeError("can't be an array while it requires a gradient")
        return self._samples


def test_masked_samples_are_refused_by_a_recognizer_too(svm) -> None:
    with pytest.raises(serfast.ParameterError, match="y must be without masked samples, got"):
        svm.predict(np.ma.array(Y, mask=Y > 0), RATE)


def test_arrays_of_other_libraries(svm) -> None:
    assert svm.predict(Tensor(Y), RATE) == svm.predict(Y, RATE)
    stream, expected = svm.stream(window=1.0), svm.stream(window=1.0)
    assert stream.accept(Tensor(Y)) == expected.accept(Y)
    assert stream.flush() == expected.flush()
    with pytest.raises(serfast.ParameterError, match="numbers, got can't be an array while"):
        svm.predict(Tensor(None), RATE)
    with pytest.raises(serfast.ParameterError, match="numbers, got can't be an array while"):
        serfast.rms(Tensor(None), RATE)


def test_ragged_samples_are_refused(svm) -> None:
    with pytest.raises(serfast.ParameterError, match="y must be one-dimensional numbers, got"):
        svm.predict([[1.0], [1.0, 2.0]], RATE)


def test_a_name_longer_than_any_file_s() -> None:
    with pytest.raises(serfast.UnknownPluginError, match="must be an installed plugin"):
        serfast.Recognizer("x" * 10000)


def test_what_is_no_plugin_object() -> None:
    with pytest.raises(serfast.ParameterError, match="plugin must be a plugin with a method load"):
        serfast.Recognizer("svm", plugin="svm")


def test_a_call_without_a_rate_names_the_argument() -> None:
    with pytest.raises(TypeError, match=r"serfast\.rms must be given the argument 'sample_rate'"):
        serfast.rms(Y)
    with pytest.raises(TypeError, match=r"no argument 'sr'; did you mean 'sample_rate'"):
        serfast.rms(Y, sr=RATE)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: serfast.MFCC(n_mfc=13), "MFCC has no argument 'n_mfc'; did you mean 'n_mfcc'?"),
        (lambda: serfast.Delta(serfast.RMS(), witdh=5), "did you mean 'width'?"),
        (
            lambda: serfast.FeatureSpec(hop_lenght=3),
            "did you mean 'hop_length'?",
        ),
        (lambda: Statistics(functional=("mean",)), "did you mean 'functionals'?"),
        (lambda: serfast.RMS(zzz=1), "RMS has no argument 'zzz'"),
    ],
)
def test_a_wrong_keyword_suggests_the_right_one(call, message) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    assert message in str(caught.value)
