"""Work on many recordings by several threads."""

from __future__ import annotations

import threading

import pytest

from serfast.corpora.in_order import in_order


@pytest.mark.parametrize("threads", [1, 3])
def test_results_come_in_the_order_of_the_items(threads):
    results = in_order(lambda x: x * x, range(20), threads)
    assert [(x, future.result()) for x, future in results] == [(x, x * x) for x in range(20)]


def test_closing_it_begins_no_more_work():
    begun = []
    results = in_order(begun.append, range(1000), 2)
    next(results)
    results.close()
    assert len(begun) < 10


def test_a_worker_may_be_who_closes_it():
    """The garbage collector, which closes what an error left open, runs in any thread."""
    may_close = threading.Event()

    def close(item: int) -> None:
        if item == 1:
            assert may_close.wait(10)
            results.close()

    results = in_order(close, range(9), 1)
    item, _ = next(results)
    assert item == 0
    waiting = [future for _, future in [next(results)]]
    may_close.set()
    waiting[0].result(10)
    assert threading.active_count() < 50
    with pytest.raises(StopIteration):
        next(results)
