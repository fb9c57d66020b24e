"""Ranges: what is drawn from them, their bounds, their text."""

from __future__ import annotations

import numpy as np
import pytest

from serfast import ParameterError
from serfast.audio.augmentation import Gain, Noise, Room, Uniform
from serfast.audio.augmentation.chances import drawn, read_value, value_text


def test_a_number_is_drawn_uniformly():
    random = np.random.default_rng(0)
    numbers = [drawn(Uniform(10, 30), random) for _ in range(4000)]
    assert 10 <= min(numbers) < 10.1
    assert 29.9 < max(numbers) <= 30
    counts = np.histogram(numbers, 4, (10, 30))[0]
    assert np.abs(counts - 1000).max() < 4 * np.sqrt(750)


def test_a_number_leaves_the_generator_alone():
    random = np.random.default_rng(0)
    assert drawn(20, random) == 20
    assert random.uniform() == np.random.default_rng(0).uniform()


def test_a_range_draws_anew_for_every_copy():
    random, y = np.random.default_rng(0), np.ones(1, np.float32)
    levels = {float(Gain(Uniform(-20, 5))(y, 16000, random)[0]) for _ in range(10)}
    assert len(levels) == 10
    assert 0.1 <= min(levels) < max(levels) <= 10 ** (5 / 20)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20", 20.0),
        ("10..30", Uniform(10, 30)),
        ("-0.1..0.1", Uniform(-0.1, 0.1)),
        ("-5..-2.5", Uniform(-5, -2.5)),
        ("1e-05..2", Uniform(1e-5, 2)),
    ],
)
def test_text(text, value):
    assert read_value(text) == value
    assert value_text(value) == text


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), "1", None, True])
@pytest.mark.parametrize("kind", [lambda x: Uniform(x, 1), lambda x: Uniform(0, x), Gain, Noise])
def test_what_is_no_finite_number_is_refused(kind, bad):
    with pytest.raises(ParameterError, match=r"must be a finite number.* got "):
        kind(bad)


def test_a_range_that_runs_backwards_is_refused():
    with pytest.raises(ParameterError, match="high must be a finite number >= 30, got 10"):
        Uniform(30, 10)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Noise(Uniform(-30, 20)), "noise must be a finite number >= -20 .* got -30"),
        (lambda: Noise(Uniform(0, 101), "brown"), "brown must be .* <= 100, got 101"),
        (lambda: Room(Uniform(0.05, 1)), "room must be .* >= 0.1 .* got 0.05"),
        (lambda: Room(0.4, Uniform(1, 30)), "distance must be .* <= 20, got 30"),
    ],
)
def test_both_ends_keep_to_the_bounds(make, message):
    with pytest.raises(ParameterError, match=message):
        make()
