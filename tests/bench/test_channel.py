"""A child answers on its channel, and what else it prints or reads stays out of the messages."""

from __future__ import annotations

import pytest

from serfast.bench import process
from serfast.bench.process import Child
from serfast.errors import SerfastError


def test_a_child_answers_on_its_channel_alone() -> None:
    code = """
print("not for the parent")
channel.send("ready", [1, 2])
for line in channel.lines():
    channel.answer(lambda: int(line), expected=(ValueError,))
    channel.answer(lambda: 1 / (int(line) - 7))
"""
    child = Child(process.ANSWERING + code, environment=process.one_thread(), limit=60)
    try:
        assert child.hear("ready") == [1, 2]
        child.tell("8")
        assert child.hear("answer") == 8
        assert child.hear("answer") == 1.0
        child.tell("7")
        assert child.hear("answer") == 7
        with pytest.raises(SerfastError, match=r"^ZeroDivisionError: division by zero$"):
            child.hear("answer")
        child.tell("x")
        with pytest.raises(SerfastError, match=r"^invalid literal for int"):
            child.hear("answer")
    finally:
        child.end(process.GRACE)
