"""Events of a window: which windows there are, when they come, and what the classifier is given."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.chunks import syllables
from helpers.event_streams import RATE, RMS, events_of, recognizer_of, spans

SVM = serfast.Recognizer("svm")
Y = syllables(5.3)
EXPECTED = events_of(SVM.stream(), [Y])


def test_windows_are_every_hop_and_the_last_one_ends_with_the_signal():
    expected = [(k / 2, k / 2 + 3) for k in range(5)]
    assert spans(EXPECTED) == [*expected, (pytest.approx(2.31), 5.3)]


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


def test_features_that_need_the_whole_signal_are_refused(tmp_path, monkeypatch):
    spec = serfast.FeatureSpec(features=[serfast.RMS(), serfast.MFCC(top_db=80.0)])
    recognizer = recognizer_of("rows", tmp_path, monkeypatch, spec)
    with pytest.raises(serfast.ParameterError, match="top_db=None"):
        recognizer.stream()
