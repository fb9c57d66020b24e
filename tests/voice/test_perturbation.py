"""Jitter and shimmer: the definitions, number by number, and Praat's limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from serfast.voice import jitter, peak_amplitudes, shimmer


def test_jitter_is_the_definition() -> None:
    periods = np.array([100.0, 104, 99, 103, 100, 98])
    marks = np.concatenate([[7.0], 7 + np.cumsum(periods)])
    mean = periods.mean()
    local, rap, ppq5 = jitter(marks, 50, 200)
    assert local == pytest.approx((4 + 5 + 4 + 3 + 2) / 5 / mean)
    threes = [abs(periods[i] - periods[i - 1 : i + 2].mean()) for i in range(1, 5)]
    assert rap == pytest.approx(np.mean(threes) / mean)
    fives = [abs(periods[2] - periods[:5].mean()), abs(periods[3] - periods[1:].mean())]
    assert ppq5 == pytest.approx(np.mean(fives) / mean)


def test_periods_that_are_no_neighbours_do_not_count() -> None:
    periods = np.array([100.0, 102, 140, 100, 101, 300, 100])
    marks = np.concatenate([[0.0], np.cumsum(periods)])
    local, rap, ppq5 = jitter(marks, 50, 200)
    kept = [100, 102, 100, 101]  # 140 and the last 100 are unlike all neighbours
    assert local == pytest.approx((2 + 1) / 2 / np.mean(kept))
    assert math.isnan(rap)
    assert math.isnan(ppq5)
    assert all(math.isnan(value) for value in jitter(np.array([1.0]), 50, 200))


def test_shimmer_is_the_definition() -> None:
    amplitudes = np.array([1.0, 1.1, 0.9, 1.0, 1.2, 1.1])
    marks = np.arange(6) * 100.0
    local, decibels, apq3, apq5 = shimmer(amplitudes, marks, 50, 200)
    mean = amplitudes[:-1].mean()  # as in Praat, without the last one
    assert local == pytest.approx(np.abs(np.diff(amplitudes)).mean() / mean)
    assert decibels == pytest.approx(20 * np.abs(np.diff(np.log10(amplitudes))).mean())
    threes = np.lib.stride_tricks.sliding_window_view(amplitudes, 3)
    assert apq3 == pytest.approx(np.abs(threes[:, 1] - threes.mean(axis=1)).mean() / mean)
    fives = np.lib.stride_tricks.sliding_window_view(amplitudes, 5)
    assert apq5 == pytest.approx(np.abs(fives[:, 2] - fives.mean(axis=1)).mean() / mean)


def test_amplitudes_that_are_unlike_or_far_apart_do_not_count() -> None:
    amplitudes = np.array([1.0, 1.1, 3.0, 1.0, 1.2])
    local, *_ = shimmer(amplitudes, np.arange(5) * 100.0, 50, 200)
    assert local == pytest.approx((0.1 + 0.2) / 2 / amplitudes[:-1].mean())
    local, *_ = shimmer(amplitudes, np.array([0.0, 500, 600, 700, 800]), 50, 200)
    assert local == pytest.approx(0.2 / amplitudes[:-1].mean())
    assert all(math.isnan(value) for value in shimmer(np.array([]), np.array([]), 50, 200))


def test_the_amplitude_is_a_weighted_root_mean_square() -> None:
    y = np.random.default_rng(0).normal(size=1000)
    marks = np.array([100.0, 200.5, 305.0])
    amplitudes, at = peak_amplitudes(y, marks, 50, 200)
    i = np.arange(181, 222)  # a fifth of 100.5 before, and of 104.5 behind
    u = np.where(i < 200.5, (i - 200.5) / 20.1, (i - 200.5) / 20.9)
    i, u = i[np.abs(u) <= 1], u[np.abs(u) <= 1]
    weight = (0.5 + 0.5 * np.cos(np.pi * u)) ** 2
    assert at.tolist() == [200.5]
    assert amplitudes[0] == pytest.approx(np.sqrt((y[i] ** 2 * weight).sum() / weight.sum()))
