"""Chains and choices, and what they pass on to their parts."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from serfast import ParameterError
from serfast.audio.augmentation import Babble, Chain, Gain, Noise, OneOf, Unaltered, bound_to

RATE = 16000
ONE = np.ones(1, np.float32)


def test_each_alternative_is_drawn_as_often():
    choice, random = OneOf((Gain(20), Gain(40), Unaltered())), np.random.default_rng(0)
    counts = Counter(round(float(choice(ONE, RATE, random)[0])) for _ in range(3000))
    assert set(counts) == {10, 100, 1}
    assert max(counts.values()) - min(counts.values()) < 4 * np.sqrt(3000 * 2 / 9) * 2


@pytest.mark.parametrize("alternatives", [(), (Gain(1),)])
def test_a_choice_needs_two(alternatives):
    with pytest.raises(ParameterError, match="alternatives must be at least two alterations"):
        OneOf(alternatives)


def test_a_chain_in_a_choice_is_one_alternative():
    choice = OneOf((Chain((Gain(20), Gain(20))), Unaltered()))
    random = np.random.default_rng(0)
    assert {round(float(choice(ONE, RATE, random)[0])) for _ in range(20)} == {100, 1}
    assert str(choice) == "(gain=20,gain=20)|none"


def test_unaltered_is_the_recording():
    assert Unaltered()(ONE, RATE, np.random.default_rng(0)) is ONE


def test_others_are_passed_on():
    called = []

    def other():
        called.append(1)
        return np.ones(100, np.float32)

    inner = OneOf((Babble(10), Chain((Gain(3), Babble(20)))))
    bound = bound_to(Chain((inner, Babble(0, voices=1))), [other])
    assert bound == Chain((inner, Babble(0, voices=1)))
    assert hash(bound) == hash(Chain((inner, Babble(0, voices=1))))
    bound(np.ones(50, np.float32), RATE, np.random.default_rng(0))
    assert len(called) == 7
    assert bound_to(Noise(20), [other]) == Noise(20)


def test_preparing_is_passed_on():
    class Counting:
        rates: tuple[int, ...] = ()

        def __call__(self, samples, sample_rate, random):
            return samples

        def prepare(self, sample_rate):
            self.rates += (sample_rate,)

    part = Counting()
    Chain((Gain(1), OneOf((part, Chain((part, Gain(1))))))).prepare(8000)
    assert part.rates == (8000, 8000)
