"""Each call is timed by itself, after the warm-up, until the time is over."""

from __future__ import annotations

import time

from serfast.bench.laps import call_times


def test_each_call_is_timed_after_the_warm_up() -> None:
    arguments: list[int] = []
    times, waited = call_times(arguments.append, [1, 2, 3], warm_up=2, calls=250)
    assert len(times) == 250
    assert min(times) >= 0
    assert arguments == [1, 2, 3] * 84, "the warm-up takes the first two"
    assert 0 <= waited <= 1


def test_calls_end_with_the_time() -> None:
    times, waited = call_times(time.sleep, [0.002], warm_up=0, calls=10**6, seconds=0.1)
    assert len(times) == 100, "the clock is looked at after every hundred calls"
    assert min(times) >= 2_000_000
    assert waited > 0.5, "a process that sleeps doesn't run"
