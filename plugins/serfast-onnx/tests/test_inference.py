"""Classifiers of ONNX graphs: equal to ONNX's own reference, whole and by steps."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx.reference import ReferenceEvaluator

import serfast
from helpers.chunks import syllables
from onnx_networks import ConvGru, Graph
from serfast.cli.main import main
from serfast.models.bundle.bundle import Bundle
from serfast.models.classifier import StreamingClassifier
from serfast.statistics.statistics import Statistics
from serfast.streaming.steps import Steps
from serfast.testing.checks import check_classifier
from serfast_onnx import PLUGIN, Card, Model, OnnxPlugin, Options, State, Step

RATE = 16000
SPEC = serfast.presets.speech()
CLASSES = ("anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness")
NETWORK = ConvGru(len(SPEC.columns), len(CLASSES))
FILES = NETWORK.files()
BUNDLE = Bundle(plugin="onnx", classes=CLASSES, spec=SPEC, files=FILES)
CLASSIFIER = PLUGIN.load(BUNDLE)
SMALL = serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()])


def rows(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, len(SPEC.columns))).astype(np.float32)


def of_one_graph(model: bytes, card: Model, **about) -> Bundle:
    """A bundle of one graph and two classes."""
    files = {"onnx.json": Card(card).to_bytes(), "model.onnx": model}
    about = {"plugin": "onnx", "classes": ("low", "high"), "spec": SMALL, **about}
    return Bundle(files=files, **about)


def test_probabilities_equal_those_of_onnx_own_reference():
    """On rows of voice-like signals of ten lengths."""
    reference = ReferenceEvaluator(onnx.load_from_string(FILES["model.onnx"]))
    extractor, worst = serfast.Extractor(SPEC), 0.0
    for seed in range(10):
        x = extractor(syllables(0.3 + 0.1 * seed, seed=seed))
        x = x[: len(x) // 2 * 2]
        (expected,) = reference.run(["probabilities"], {"rows": x[None]})
        worst = max(worst, np.abs(CLASSIFIER.predict_proba(x) - expected[0]).max())
    print(f"worst difference from onnx.reference: {worst:.1e}")
    assert worst < 1e-5


def test_steps_equal_the_whole_on_a_hundred_recordings():
    worst = 0.0
    for seed in range(100):
        x = rows(2 + 5 * seed, seed)
        whole = CLASSIFIER.predict_proba(x)
        worst = max(worst, np.abs(Steps(CLASSIFIER).accept(x)[-1] - whole).max())
    print(f"worst difference between steps and whole: {worst:.1e}")
    assert worst < 1e-5


def test_the_contract_is_kept():
    assert isinstance(CLASSIFIER, StreamingClassifier)
    check_classifier(CLASSIFIER, [rows(n, n) for n in (31, 64, 7)])


def test_streams_in_threads_share_the_session_and_nothing_else():
    inputs = [rows(200, seed) for seed in range(8)]
    expected = [Steps(CLASSIFIER).accept(x) for x in inputs]

    def interleaved(order):
        streams = [Steps(CLASSIFIER) for _ in inputs]
        found = [[] for _ in inputs]
        for i in range(0, 200, 7):
            for k in order:
                found[k].append(streams[k].accept(inputs[k][i : i + 7]))
        return [np.concatenate(parts) for parts in found]

    orders = [np.random.default_rng(seed).permutation(8) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(interleaved, orders):
            assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_a_state_of_another_classifier_is_refused():
    other = PLUGIN.load(BUNDLE)
    with pytest.raises(serfast.ParameterError, match="state must be of this classifier's"):
        CLASSIFIER.step(rows(2), other.new_state())


@given(n=st.integers(1, 60), seed=st.integers(0, 5))
@settings(max_examples=30)
def test_a_recording_ends_with_its_last_whole_step(n, seed):
    x = rows(n, seed)
    whole = x[: n // 2 * 2] if n > 1 else np.repeat(x, 2, axis=0)
    assert np.array_equal(CLASSIFIER.predict_proba(x), CLASSIFIER.predict_proba(whole))


@pytest.fixture(scope="module")
def recognizer(tmp_path_factory):
    return serfast.Recognizer(BUNDLE.save(tmp_path_factory.mktemp("bundle") / "model.zip"))


def test_a_recognizer_streams_it_with_its_state(recognizer):
    y = syllables(3.0)
    stream = recognizer.stream(window=None, hop=0.01, gate_db=None)
    events = [e for i in range(0, len(y), 160) for e in stream.accept(y[i : i + 160])]
    events += stream.flush()
    assert len(events) == 150  # a step of two rows is the least
    for seconds in (0.5, 1.0, 2.0):
        event = min(events, key=lambda e: abs(e.end - seconds))
        expected = CLASSIFIER.predict_proba(serfast.Extractor(SPEC)(y)[: round(seconds * 100)])
        assert list(event.probabilities.values()) == pytest.approx(expected.tolist(), abs=1e-5)
    assert events[-1].probabilities == pytest.approx(
        recognizer.predict(y, RATE).probabilities, abs=1e-5
    )
    again = recognizer.stream(window=None, hop=0.01, gate_db=None)
    assert [*again.accept(y), *again.flush()] == events


def test_the_command_line_streams_utterances(tmp_path, capsys):
    bundle, recording = str(BUNDLE.save(tmp_path / "model.zip")), str(tmp_path / "speech.wav")
    y = (syllables(2.0) * 20000).astype(np.int16)
    soundfile.write(recording, y, RATE)
    arguments = ["--window", "utterance", "--hop", "0.2", "--classifier", bundle, "--json"]
    assert main(["predict", "--stream", recording, *arguments]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    stream = serfast.Recognizer(bundle).stream(window=None, hop=0.2)
    expected = stream.accept(y) + stream.flush()
    assert [(e["start"], e["end"]) for e in found] == [(e.start, e.end) for e in expected]
    assert len(found) == 10


def test_a_recognizer_streams_it_in_windows(recognizer):
    y = syllables(4.0)
    (event, *_) = recognizer.stream().accept(y)
    expected = CLASSIFIER.predict_proba(serfast.Extractor(SPEC)(y)[:300])
    assert list(event.probabilities.values()) == expected.tolist()


def test_options_reach_the_session(tmp_path):
    path = BUNDLE.save(tmp_path / "model.zip")
    plugin = OnnxPlugin(Options(threads=2, spinning=True, arena=True, optimization="basic"))
    recognizer = serfast.Recognizer(path, plugin=plugin)
    for classifier, threads, spinning, arena in (
        (CLASSIFIER, 1, "0", False),
        (recognizer.classifier, 2, "1", True),
    ):
        for session in (classifier.session, classifier.stepper):
            found = session.get_session_options()
            assert found.intra_op_num_threads == threads
            assert found.inter_op_num_threads == 1
            assert found.get_session_config_entry("session.intra_op.allow_spinning") == spinning
            assert found.enable_cpu_mem_arena == arena
            assert session.get_providers() == ["CPUExecutionProvider"]
    y = syllables(1.0)
    ours = serfast.Recognizer(path).predict(y, RATE).probabilities
    assert recognizer.predict(y, RATE).probabilities == pytest.approx(ours, abs=1e-6)


def mean_graph(shape, axes, dtype=onnx.TensorProto.FLOAT) -> bytes:
    """A graph that says (1 - m, m) of the mean m of what it takes, squashed."""
    graph = Graph()
    mean = graph.add("ReduceMean", "x", axes=axes, keepdims=0)
    high = graph.add("Reshape", graph.add("Sigmoid", mean), np.array([1, 1]))
    one = np.ones((1, 1), np.float64 if dtype == onnx.TensorProto.DOUBLE else np.float32)
    graph.add("Concat", graph.add("Sub", one, high), high, to="p", axis=1)
    return graph.model({"x": shape}, {"p": (1, 2)}, dtype=dtype)


LAYOUTS = {
    "TD": (("t", 2), [0, 1]),
    "DT": ((2, "t"), [0, 1]),
    "NTD": ((1, "t", 2), [0, 1, 2]),
    "NDT": (("n", "d", "t"), [0, 1, 2]),
    "D": ((4,), [0]),
    "ND": (("n", 4), [0, 1]),
    "T": (("t",), [0]),
    "NT": ((1, "t"), [0, 1]),
}


@pytest.mark.parametrize("dtype", [onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout(layout, dtype):
    shape, axes = LAYOUTS[layout]
    card = Model("x", layout, "p")
    statistics = Statistics(functionals=("mean", "std"), deltas=0)
    bundle = of_one_graph(mean_graph(shape, axes, dtype), card, statistics=statistics)
    classifier = PLUGIN.load(bundle)
    size = {"rows": (30, 2), "vector": (4,), "samples": (800,)}[classifier.input]
    inputs = [np.random.default_rng(i).normal(size=size).astype(np.float32) for i in range(3)]
    check_classifier(classifier, inputs)
    for x in inputs:
        high = 1 / (1 + np.exp(-x.astype(np.float64).mean()))
        assert classifier.predict_proba(x) == pytest.approx([1 - high, high], abs=1e-6)
    y = syllables(1.0)
    recognizer = _recognizer(bundle)
    assert sum(recognizer.predict(y, RATE).probabilities.values()) == pytest.approx(1)
    assert len(recognizer.stream(window=0.5, hop=0.5).accept(y)) == 1


def _recognizer(bundle: Bundle) -> serfast.Recognizer:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        return serfast.Recognizer(bundle.save(Path(folder) / "model.zip"))


def test_axes_are_where_the_layout_says():
    """Of rows with a column of zeros and one of ones, the mean over time says which is which."""
    graph = Graph()
    mean = graph.add("ReduceMean", "x", axes=[2], keepdims=0)
    graph.add("Div", mean, graph.add("ReduceSum", mean, np.array([1]), keepdims=1), to="p")
    x = np.tile(np.array([[1, 3]], np.float32), (20, 1))
    for layout, perm in (("NDT", [0, 1, 2]), ("NTD", [0, 2, 1])):
        graph = Graph()
        turned = graph.add("Abs", graph.add("Transpose", "x", perm=perm))
        mean = graph.add("ReduceMean", turned, axes=[2], keepdims=0)
        mean = graph.add("Add", mean, np.float32(1e-9))
        graph.add("Div", mean, graph.add("ReduceSum", mean, np.array([1]), keepdims=1), to="p")
        shape = [1, *({"T": "t", "D": 2}[axis] for axis in layout[1:])]
        bundle = of_one_graph(graph.model({"x": shape}, {"p": (1, 2)}), Model("x", layout, "p"))
        assert PLUGIN.load(bundle).predict_proba(x) == pytest.approx([0.25, 0.75])


def test_short_inputs_are_lengthened_by_their_last_row():
    graph = Graph()
    graph.add(
        "Reshape", graph.add("Slice", "x", *map(np.array, ([4], [5], [0]))), np.array([2]), to="s"
    )
    graph.add("Softmax", "s", to="p", axis=0)
    model = graph.model({"x": ("t", 2)}, {"p": (2,)})
    classifier = PLUGIN.load(of_one_graph(model, Model("x", "TD", "p", min_rows=5)))
    x = np.array([[0, 0], [1, 3]], np.float32)
    expected = np.exp([1, 3]) / np.exp([1, 3]).sum()
    assert classifier.predict_proba(x) == pytest.approx(expected)


def running_sum(initial: float) -> Bundle:
    """A network of steps of 3 rows: the softmax of the rows' sum plus (1, 2) times `initial`.

    Its whole graph has no steps of its own: it takes every row that it is given.
    """
    graph = Graph()
    total = graph.add("Add", "s", graph.add("ReduceSum", "x", np.array([0]), keepdims=0), to="s2")
    more = graph.add("Add", total, np.array([0, initial], np.float32))
    graph.add("Softmax", more, axis=0, to="p")
    step = graph.model({"x": (3, 2), "s": (2,)}, {"p": (2,), "s2": (2,)})
    graph = Graph()
    total = graph.add("ReduceSum", "x", np.array([0]), keepdims=0)
    more = graph.add("Add", total, np.array([initial, 2 * initial], np.float32))
    graph.add("Softmax", more, axis=0, to="p")
    whole = graph.model({"x": ("t", 2)}, {"p": (2,)})
    states = (State("s", "s2", (2,), initial),)
    card = Card(Model("x", "TD", "p"), Step(3, states, "x", "TD", "p"))
    files = {"onnx.json": card.to_bytes(), "model.onnx": whole, "step.onnx": step}
    return Bundle(plugin="onnx", classes=("a", "b"), spec=SMALL, files=files)


def test_rows_short_of_a_step_have_no_say():
    classifier = PLUGIN.load(running_sum(0.0))
    x = np.random.default_rng(0).normal(size=(11, 2)).astype(np.float32)
    expected = np.exp(x[:9].sum(axis=0)) / np.exp(x[:9].sum(axis=0)).sum()
    assert classifier.predict_proba(x) == pytest.approx(expected, abs=1e-6)
    repeated = np.exp(x[[0, 1, 1]].sum(axis=0))
    assert classifier.predict_proba(x[:2]) == pytest.approx(repeated / repeated.sum(), abs=1e-6)
    check_classifier(classifier, [x, x + 1])


@pytest.mark.parametrize("initial", [0.0, -1.5])
def test_states_begin_as_the_card_says(initial):
    classifier = PLUGIN.load(running_sum(initial))
    check_classifier(classifier, [np.random.default_rng(i).normal(size=(20, 2)) for i in (1, 2)])
    rows = np.zeros((3, 2), np.float32)
    odds = np.exp([initial, 2 * initial])
    assert classifier.step(rows, classifier.new_state()) == pytest.approx(odds / odds.sum())


def test_what_is_computed_besides_isnt_fetched():
    graph = Graph()
    graph.add("ReduceMean", "x", axes=[0, 1], keepdims=0, to="other")
    graph.add("Softmax", graph.add("ReduceMean", "x", axes=[0], keepdims=0), axis=0, to="p")
    model = graph.model({"x": ("t", 2)}, {"other": (), "p": (2,)})
    classifier = PLUGIN.load(of_one_graph(model, Model("x", "TD", "p")))
    assert classifier.predict_proba(np.zeros((3, 2))) == pytest.approx([0.5, 0.5])


def test_importing_the_plugin_leaves_onnxruntime_alone():
    code = (
        "import sys, serfast.models.registry as r; r.get('onnx'); import serfast_onnx;"
        "print([m for m in ('onnxruntime', 'onnx', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


GROWTH = """
import sys
import numpy as np
import serfast
from serfast.streaming.steps import Steps

def resident():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

classifier = serfast.Recognizer(sys.argv[1]).classifier
random = np.random.default_rng(0)
rows = random.normal(size=(600, len(classifier.spec.columns))).astype(np.float32)
steps = Steps(classifier)
for i in range(4000):
    if i == 1000:
        before = resident()
    classifier.predict_proba(rows[: random.integers(1, 600)])
    steps.accept(rows[:2])
    Steps(classifier).accept(rows[:4])
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux how much memory is resident")
def test_neither_predictions_nor_steps_nor_streams_keep_memory(tmp_path):
    """Of 3000 predictions of all lengths, steps and streams; a kilobyte each would be 3000 KiB."""
    path = BUNDLE.save(tmp_path / "model.zip")
    command = [sys.executable, "-c", GROWTH, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    print(f"resident memory grew by {int(done.stdout)} KiB")
    assert int(done.stdout) < 1500
