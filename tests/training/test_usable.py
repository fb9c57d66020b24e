"""Recordings that fail are left out, which takes no time that grows with their number squared."""

from __future__ import annotations

from pathlib import Path

import pytest

from serfast.corpora import Recording
from serfast.training.usable import Usable

ONES = [Recording(Path(f"{k}.wav"), "joy", "anna") for k in range(1000)]


def test_the_others_stay_in_their_order() -> None:
    told: list[tuple[Recording, str]] = []
    usable = Usable(ONES, lambda one, error: told.append((one, str(error))))
    for one in ONES[999::-3]:
        usable.leave_out(one, ValueError(one.path.name))
    assert usable.recordings() == [one for k, one in enumerate(ONES) if k % 3]
    assert told == [(one, one.path.name) for one in ONES[999::-3]]


def test_each_that_fails_is_compared_with_few_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """To look for each in a list of 100,000 took minutes."""
    count, equal = 0, Recording.__eq__

    def counted(one: Recording, other: object) -> bool:
        nonlocal count
        count += 1
        return equal(one, other)

    monkeypatch.setattr(Recording, "__eq__", counted)
    usable = Usable(ONES, None)
    for one in ONES[::2]:
        usable.leave_out(one, ValueError())
    assert len(usable.recordings()) == 500
    assert count < len(ONES)
