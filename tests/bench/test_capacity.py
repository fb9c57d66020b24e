"""How many live streams are served in time: fewer are tried until all are."""

from __future__ import annotations

from typing import Any

import pytest

from serfast.bench import capacity
from serfast.bench.settings import Settings


def serving(in_time_up_to: int, deadline: float = 0.01) -> Any:
    """A machine that serves so many streams in all, at 40 µs a chunk; late ones wait 20 ms."""

    def measure_all(
        name: str, settings: Settings, each: list[dict[str, Any]], together: bool
    ) -> list[dict[str, Any]]:
        if not each[0]["paced"]:
            return [{"us": 40.0, "period": 0.01, "waited": 0.0} for _ in each]
        much = sum(job["streams"] for job in each) / max(in_time_up_to, 0.5)
        late = 0 if much <= 1 else (10 if much < 1.5 else 600)
        delays = [20_000.0] * late + [50.0] * (1000 - late)
        limit = {"deadline": deadline}
        return [
            {"delays": delays, "busy": 0.5, "period": 0.01, "waited": 0.02} | limit for _ in each
        ]

    return measure_all


@pytest.mark.parametrize(
    ("really", "tried", "shown"),
    [
        (1000, [400], 400),
        (300, [400, 320, 256], 256),
        (110, [400, 200, 100], 100),
        (1, [400, 200, 100, 50, 25, 12, 6, 3, 1], 1),
        (0, [400, 200, 100, 50, 25, 12, 6, 3, 1], 0),
    ],
)
def test_fewer_streams_are_tried_until_all_are_served(
    really: int, tried: list[int], shown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capacity, "measure_all", serving(really))
    said: list[str] = []
    found = capacity.capacity(Settings(threads=2), None, said.append)
    assert found["cost_us"] == 40
    assert found["computed"] == 400, "80 % of 10 ms, in two processes"
    assert [run["streams"] for run in found["runs"]] == tried
    assert found["shown"] == shown
    assert found["period_ms"] == 10
    assert found["waited"] == 0.02
    assert said == ["cost of a chunk", *(f"{n} streams" for n in tried)]


def test_what_takes_longer_than_a_chunk_may_be_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "measure_all", serving(1, deadline=0.1))
    found = capacity.capacity(Settings(threads=2), "svm", lambda text: None)
    assert (found["shown"], found["period_ms"], found["deadline_ms"]) == (400, 10, 100)


def test_a_machine_too_slow_for_one_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "_cost", lambda *arguments: (0.01, 9000.0, 0.0))
    found = capacity.capacity(Settings(), None, lambda text: None)
    assert (found["computed"], found["shown"], found["runs"]) == (0, 0, [])
