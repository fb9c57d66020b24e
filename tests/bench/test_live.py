"""Live streams are served in time, and their delays and costs are measured."""

from __future__ import annotations

import time

import pytest

from serfast import RMS, FeatureSpec, Recognizer
from serfast.bench import live
from serfast.bench.measures import measure_all
from serfast.bench.settings import Settings


@pytest.mark.parametrize("classifier", [None, "svm"])
def test_every_chunk_of_every_stream_has_a_delay(classifier: str | None) -> None:
    settings = Settings(seconds=0.2)
    each = [{"classifier": classifier, "streams": n, "paced": True} for n in (2, 3)]
    two, three = measure_all("live", settings, each, together=True)
    assert len(two["delays"]) == 2 * 20
    assert len(three["delays"]) == 3 * 20
    assert min(two["delays"]) > 0
    assert two["busy"] > 0
    assert 0 <= two["waited"] <= 1


@pytest.mark.parametrize(("rate", "chunk_ms", "period"), [(8000, 10, 0.010), (8000, 0.3, 0.00025)])
def test_a_classifier_is_served_at_its_own_rate(rate: int, chunk_ms: float, period: float) -> None:
    settings = Settings(
        seconds=0.05, chunk_ms=chunk_ms, spec=FeatureSpec(sample_rate=rate, features=[RMS()])
    )
    rows = live._rows(settings, 1)
    assert rows.period == rows.deadline == period
    own = Recognizer("svm").spec.sample_rate
    assert own != rate
    made = live._events(settings, "svm", 1)
    size = len(made.chunks[0])
    assert made.period == size / own == pytest.approx(chunk_ms / 1000, abs=0.5 / own)
    assert made.deadline == live.PROMPT, "a decision may take longer than a chunk lasts"
    assert sum(map(len, made.chunks)) == pytest.approx(10 * own, abs=size)


def test_a_cost_is_of_the_processor_not_of_the_clock() -> None:
    made = live.Streams([lambda chunk: time.sleep(0.02)], [None], period=0.25, deadline=0.25)
    cost, waited = live._cost(made, seconds=0.1)
    assert cost < 0.01
    assert waited > 0.5


def test_a_clock_of_coarse_ticks_is_waited_for_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"now": 0.0}

    def tell() -> float:
        clock["now"] += 1e-4
        return clock["now"]

    def sleep(seconds: float) -> None:
        tick = 1 / 64
        clock["now"] = tick * (1 + (clock["now"] + seconds) // tick)

    monkeypatch.setattr(live, "perf_counter", tell)
    monkeypatch.setattr(live, "sleep", sleep)
    made = live.Streams([lambda chunk: None], [None], period=0.05, deadline=0.05)
    calls = [(0.05 * k, 0, k) for k in range(1, 50)]
    assert live.serve(made, calls, 49).delays.max() > 0.01
    assert live.serve(made, calls, 49, awake=0.016).delays.max() < 0.001


def test_a_long_run_of_many_streams_keeps_so_many_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST", 7)
    monkeypatch.setattr(live, "ready", lambda: None)
    settings = Settings(seconds=0.2)
    assert len(live.live(settings, None, streams=2, paced=True)["delays"]) == 7
    assert len(live.live(settings, None, streams=9, paced=True)["delays"]) == 9, "one of each"
