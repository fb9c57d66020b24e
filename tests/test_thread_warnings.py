"""A thread's warnings are collected, and nothing is left behind of that."""

from __future__ import annotations

import threading
import warnings

import pytest

from serfast.thread_warnings import collected, collected_here, taker


def state() -> tuple[object, ...]:
    return (warnings.showwarning, tuple(warnings.filters))


def test_a_thread_collects_its_own_however_often_they_come() -> None:
    before = state()
    meet = threading.Barrier(3)
    lists: dict[int, list[str]] = {}

    def work(number: int) -> None:
        with collected_here() as messages:
            meet.wait(10)
            for _ in range(2):
                warnings.warn(f"of {number}", stacklevel=1)
            lists[number] = messages
            meet.wait(10)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    meet.wait(10)
    meet.wait(10)
    for thread in threads:
        thread.join(10)
    assert lists == {number: [f"of {number}"] * 2 for number in range(2)}
    assert state() == before


def test_other_threads_and_kinds_are_shown_as_ever() -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        with collected_here() as messages:
            warnings.warn("old", DeprecationWarning, stacklevel=1)
            with collected_here() as inner:
                warnings.warn("inside", stacklevel=1)
            other = threading.Thread(target=warnings.warn, args=("elsewhere",))
            other.start()
            other.join(10)
    assert (messages, inner) == ([], ["inside"])
    assert [str(one.message) for one in shown] == ["old", "elsewhere"]


def test_an_error_ends_it_too() -> None:
    before = state()
    with pytest.raises(ZeroDivisionError), collected_here():
        raise ZeroDivisionError
    assert state() == before
    assert taker() is None
    with collected() as messages:
        assert taker() is not None
    assert messages == []
