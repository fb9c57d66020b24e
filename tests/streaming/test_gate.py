"""The energy gate: speech opens it, and silence, noise and steady sounds do not."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.chunks import syllables
from helpers.event_streams import RATE, events_of, recognizer_of, spans
from serfast.streaming.gate import EnergyGate

SVM = serfast.Recognizer("svm")
Y = syllables(5.3)


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
