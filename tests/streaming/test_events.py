"""Events: the same for every division, those of the batch, and nothing for silence."""

from __future__ import annotations

import importlib
import pickle
import sys

import numpy as np
import pytest
import soxr
from hypothesis import given, settings

import serfast
from helpers.chunks import divided, divisions, syllables
from helpers.event_streams import events_of, spans
from helpers.plugin_stub import install
from serfast.models.bundle.bundle import Bundle
from serfast.statistics.statistics import Statistics
from serfast.streaming.gate import EnergyGate

RATE = 16000
SVM = serfast.Recognizer("svm")
Y = syllables(5.3)
RMS = serfast.FeatureSpec(features=[serfast.RMS()])

STUB = """
import numpy as np

class Of:
    classes = ("quiet", "loud")

    def __init__(self, bundle, input):
        self.spec, self.input = bundle.spec, input
        self.seen = []

    def predict_proba(self, x):
        self.seen.append(x)
        loud = min(1.0, float(np.sqrt(np.mean(np.square(x, dtype=np.float64)))))
        return np.array([1 - loud, loud])

class Plugin:
    def __init__(self, input):
        self.input = input

    def train(self, examples, *, seed=0):
        raise ValueError

    def load(self, bundle):
        return Of(bundle, self.input)

    def default_model(self):
        return None

"""


def recognizer_of(kind, folder, monkeypatch, spec=RMS):
    """A recognizer whose classifier takes this kind of input and answers with its RMS."""
    source = STUB + f"PLUGIN = Plugin({kind!r})\n"
    module = f"of_{kind}_mod"
    install(folder, module, source, f"serfast-of-{kind}", f"of-{kind} = {module}:PLUGIN")
    monkeypatch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
    sys.modules.pop(module, None)
    statistics = Statistics(functionals=("mean",), deltas=0) if kind == "vector" else None
    bundle = Bundle(
        plugin=f"of-{kind}", classes=("quiet", "loud"), spec=spec, statistics=statistics
    )
    return serfast.Recognizer(bundle.save(folder / f"{kind}.zip"))


EXPECTED = events_of(SVM.stream(), [Y])


def test_windows_are_every_hop_and_the_last_one_ends_with_the_signal():
    expected = [(k / 2, k / 2 + 3) for k in range(5)]
    assert spans(EXPECTED) == [*expected, (pytest.approx(2.31), 5.3)]


@given(divisions(len(Y)))
@settings(max_examples=25)
def test_the_same_events_for_every_division(cuts):
    assert events_of(SVM.stream(), divided(Y, cuts)) == EXPECTED


@pytest.mark.parametrize("size", [1, 160, 333])
def test_the_same_events_for_chunks_of_one_size(size):
    y = Y[:20000] if size == 1 else Y
    arguments = {"window": 0.5, "hop": 0.2, "smoothing": 1.0}
    expected = events_of(SVM.stream(**arguments), [y])
    chunks = [y[i : i + size] for i in range(0, len(y), size)]
    assert events_of(SVM.stream(**arguments), chunks) == expected
    assert len(expected) > 3


def test_probabilities_are_the_classifiers_own_of_the_batchs_rows_in_the_window():
    rows = serfast.Extractor(SVM.spec)(Y)
    for event in EXPECTED[:-1]:
        start = round(event.start * 100)
        window = rows[start : start + 300]
        x = SVM._statistics(window, SVM.spec.columns)
        assert list(event.probabilities.values()) == SVM._classifier.predict_proba(x).tolist()
        assert event.label == max(event.probabilities, key=event.probabilities.get)
        voiced = (window[:, SVM.spec.columns.index("aperiodicity")] <= 0.3).mean()
        assert event.voiced == pytest.approx(voiced)


@pytest.mark.parametrize(("n", "count"), [(0, 0), (1, 0), (1023, 0), (1024, 1)])
def test_less_than_a_frame_says_nothing(n, count):
    """presets.speech() has frames of 1024 samples."""
    stream = SVM.stream(gate_db=None)
    assert stream.accept(Y[:n]) == []
    assert len(stream.flush()) == count


def test_a_short_utterance_gets_the_answer_of_predict():
    y = Y[:17000]
    stream = SVM.stream()
    assert stream.accept(y) == []
    (event,) = stream.flush()
    result = SVM.predict(y, RATE)
    assert (event.label, event.probabilities) == (result.label, result.probabilities)
    assert (event.start, event.end) == (0.0, 17000 / RATE)


def test_an_event_comes_with_the_sample_that_completes_its_last_row():
    """Row 299 is centred on sample 299 * 160; its longest frame ends 512 samples later."""
    stream = SVM.stream()
    needed = 299 * 160 + 512
    assert stream.accept(Y[: needed - 1]) == []
    assert spans(stream.accept(Y[needed - 1 : needed])) == [(0.0, 3.0)]


def test_16_bit_and_doubles_give_the_same_events():
    pcm = (Y * 30000).astype(np.int16)
    expected = events_of(SVM.stream(), [pcm])
    assert events_of(SVM.stream(), [pcm / 32768]) == expected
    assert events_of(SVM.stream(), [(pcm / 32768).astype(np.float32)]) == expected


def test_the_same_again_after_reset_and_other_without():
    stream = SVM.stream()
    assert stream.accept(Y[:50000]) == EXPECTED[:1]
    assert stream.accept(Y[:50000]) != EXPECTED[:1]
    stream.reset()
    assert events_of(stream, [Y]) == EXPECTED
    stream.reset()
    assert events_of(stream, [Y]) == EXPECTED


def test_smoothing_begins_anew_after_reset():
    stream = SVM.stream(smoothing=2.0)
    expected = events_of(stream, [Y])
    stream.reset()
    assert events_of(stream, [Y]) == expected


def test_two_streams_dont_touch():
    other = syllables(5.3, seed=1)
    one, two = SVM.stream(), SVM.stream()
    found = [], []
    for i in range(0, len(Y), 1000):
        found[0].extend(one.accept(Y[i : i + 1000]))
        found[1].extend(two.accept(other[i : i + 1000]))
    assert found[0] + one.flush() == EXPECTED
    assert found[1] + two.flush() == events_of(SVM.stream(), [other])


@pytest.mark.parametrize(
    "chunk", [np.array([0.1, np.nan]), np.zeros((2, 2), np.float32), np.zeros(3, complex), "abc"]
)
def test_a_bad_chunk_is_as_if_it_hadnt_come(chunk):
    stream = SVM.stream()
    found = stream.accept(Y[:40001])
    with pytest.raises(serfast.ParameterError, match="chunk must be"):
        stream.accept(chunk)
    assert found + events_of(stream, [Y[40001:]]) == EXPECTED


def test_after_the_flush_chunks_are_refused():
    stream = SVM.stream()
    assert len(stream.accept(Y[:20000]) + stream.flush()) == 1
    assert stream.flush() == []
    with pytest.raises(serfast.SerfastError, match="reset"):
        stream.accept(Y)


def test_pickling_gives_a_clear_answer():
    with pytest.raises(TypeError, match="can't be pickled"):
        pickle.dumps(SVM.stream())


def test_nothing_gives_nothing():
    assert SVM.stream().flush() == []
    assert SVM.stream().accept(np.empty(0, np.float32)) == []


@pytest.mark.parametrize("kind", ["vector", "rows", "samples"])
def test_every_kind_of_classifier(kind, tmp_path, monkeypatch):
    recognizer = recognizer_of(kind, tmp_path, monkeypatch)
    arguments = {"window": 0.5, "hop": 0.25, "gate_db": None}
    expected = events_of(recognizer.stream(**arguments), [Y])
    assert spans(expected) == [(k / 4, k / 4 + 0.5) for k in range(20)]
    rows = serfast.Extractor(RMS)(Y)
    for event in expected:
        start, stop = round(event.start * 100), round(event.end * 100)
        if kind == "vector":
            power = float(rows[start:stop].astype(float).mean()) ** 2
        elif kind == "rows":
            power = np.mean(rows[start:stop].astype(float) ** 2)
        else:
            power = np.mean(Y[start * 160 : stop * 160].astype(float) ** 2)
        assert event.probabilities["loud"] == pytest.approx(np.sqrt(power), rel=1e-6)
        assert event.voiced is None
    chunks = [Y[i : i + 777] for i in range(0, len(Y), 777)]
    assert events_of(recognizer.stream(**arguments), chunks) == expected


def test_a_classifier_of_samples_hears_every_sample_of_its_window(tmp_path, monkeypatch):
    """Also where a row is complete before the next one's samples have come: a short frame."""
    spec = serfast.FeatureSpec(features=[serfast.RMS(frame_length=64)])
    recognizer = recognizer_of("samples", tmp_path, monkeypatch, spec)
    seen = recognizer._classifier.seen
    for size in (1, 100, len(Y)):
        seen.clear()
        y = Y[:30000]
        chunks = [y[i : i + size] for i in range(0, len(y), size)]
        events = events_of(recognizer.stream(window=1.0, hop=0.5, gate_db=None), chunks)
        assert spans(events) == [(0, 1), (0.5, 1.5), (pytest.approx(0.88), 1.875)]
        assert np.array_equal(seen[0], y[: 16000 - 128])
        assert np.array_equal(seen[1], y[8000 : 24000 - 128])
        assert np.array_equal(seen[2], y[88 * 160 :])


def test_a_classifier_of_samples_wants_its_own_rate(tmp_path, monkeypatch):
    recognizer = recognizer_of("samples", tmp_path, monkeypatch)
    with pytest.raises(serfast.ParameterError, match="sample_rate must be the model's 16000"):
        recognizer.stream(sample_rate=8000)


@pytest.mark.parametrize("rate", [8000, 48000])
def test_chunks_at_another_rate(rate):
    y = soxr.resample(Y, RATE, rate)
    expected = events_of(SVM.stream(sample_rate=rate), [y])
    chunks = [y[i : i + 501] for i in range(0, len(y), 501)]
    assert events_of(SVM.stream(sample_rate=rate), chunks) == expected
    assert len(expected) == len(EXPECTED)
    assert expected[-1].end == pytest.approx(5.3, abs=0.01)
    if rate > RATE:  # 8 kHz lose what the model listens to
        for event, own in zip(expected[:-1], EXPECTED[:-1], strict=True):
            assert event.probabilities == pytest.approx(own.probabilities, abs=0.1)


def test_smoothing_follows_its_formula():
    plain = events_of(SVM.stream(), [Y])
    smooth = events_of(SVM.stream(smoothing=0.8), [Y])
    expected = np.array(list(plain[0].probabilities.values()))
    for before, raw, event in zip(plain, plain[1:], smooth[1:], strict=False):
        share = np.exp(-(raw.end - before.end) / 0.8)
        expected = share * expected + (1 - share) * np.array(list(raw.probabilities.values()))
        assert list(event.probabilities.values()) == pytest.approx(expected.tolist())
        assert sum(event.probabilities.values()) == pytest.approx(1)
        assert event.label == max(event.probabilities, key=event.probabilities.get)
    assert spans(smooth) == spans(plain)


def test_silence_noise_and_hum_give_no_events():
    random = np.random.default_rng(0)
    n = 15 * RATE
    hum = np.sin(np.arange(n) * 0.02)
    for y in (np.zeros(n), random.normal(size=n) * 1e-4, hum * 1e-3):
        assert events_of(SVM.stream(), [y]) == []


def test_the_gate_adapts_to_louder_background_within_its_memory():
    """Steady noise at -26 dB counts until 5 s of it have been heard; then speech alone does."""
    random = np.random.default_rng(0)
    noise = random.normal(size=20 * RATE) * 0.05
    events = events_of(SVM.stream(), [noise])
    assert spans(events) == [(k / 2, k / 2 + 3) for k in range(4)]
    word = np.sin(np.arange(RATE) * 0.1) * 0.8
    noise[14 * RATE : 15 * RATE] += word
    events = [event for event in events_of(SVM.stream(), [noise]) if event.start > 5]
    assert events
    assert all(event.start < 15 and event.end > 14 for event in events)


def test_speech_between_silences_is_found_and_silence_is_not():
    quiet = np.random.default_rng(0).normal(size=6 * RATE) * 3e-4
    y = np.concatenate([quiet, syllables(2.0), quiet])
    events = events_of(SVM.stream(window=1.0), [y])
    assert events
    assert all(event.end > 6 and event.start < 8 for event in events)
    assert events_of(SVM.stream(window=1.0, gate_db=None), [y]) != events


def test_gain_leaves_the_windows():
    quiet = np.random.default_rng(0).normal(size=6 * RATE) * 1e-3
    y = np.concatenate([quiet, syllables(2.0), quiet])
    assert spans(events_of(SVM.stream(), [y / 2])) == spans(events_of(SVM.stream(), [y]))


def test_the_gates_rule_on_worked_levels():
    gate = EnergyGate(20.0)
    hum = np.full(500, 0.01, np.float32)
    levels = np.concatenate([hum, np.full(9, 0.11, np.float32)])
    assert not gate.opens(levels, 100, complete=True)  # 9 of 100 rows
    levels = np.concatenate([hum, np.full(10, 0.11, np.float32)])
    assert gate.opens(levels, 100, complete=True)
    levels = np.concatenate([hum, np.full(10, 0.09, np.float32)])  # 19 dB
    assert not gate.opens(levels, 100, complete=True)
    assert gate.opens(levels, 100, complete=False)  # above -50 dB + 20 dB
    silence = np.zeros(500, np.float32)
    assert not gate.opens(silence, 100, complete=True)
    assert not gate.opens(silence + np.float32(1e-3), 100, complete=True)
    silence[:100] = 1e-4
    assert not gate.opens(silence[::-1], 100, complete=True)  # -80 dB is quieter than -70 dB + 20


def test_a_model_without_rms_has_no_gate(tmp_path, monkeypatch):
    spec = serfast.FeatureSpec(features=[serfast.ZeroCrossingRate()])
    recognizer = recognizer_of("rows", tmp_path, monkeypatch, spec)
    with pytest.raises(serfast.ParameterError, match="gate_db must be None for a model without"):
        recognizer.stream()
    assert len(events_of(recognizer.stream(gate_db=None), [Y])) == 6


def test_features_that_need_the_whole_signal_are_refused(tmp_path, monkeypatch):
    spec = serfast.FeatureSpec(features=[serfast.RMS(), serfast.MFCC(top_db=80.0)])
    recognizer = recognizer_of("rows", tmp_path, monkeypatch, spec)
    with pytest.raises(serfast.ParameterError, match="top_db=None"):
        recognizer.stream()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"window": 0}, "window must be a finite number > 0"),
        ({"window": "3"}, "window must be"),
        ({"window": 1e9}, "window must be"),
        ({"hop": -1}, "hop must be a finite number > 0"),
        ({"hop": float("nan")}, "hop must be"),
        ({"smoothing": -0.1}, "smoothing must be a finite number >= 0"),
        ({"gate_db": 0}, "gate_db must be a finite number > 0"),
        ({"sample_rate": 0}, "sample_rate must be an int >= 1, got 0"),
        ({"sample_rate": 44100.5}, "sample_rate must be an int >= 1"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(serfast.ParameterError, match=message):
        SVM.stream(**arguments)
