"""A benchmark that `serfast bench --json` wrote, read again and checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from .. import _checks as checks
from ..errors import ParameterError
from . import FORMAT

__all__ = ["read"]

Check = Callable[[str, Any], object]


def read(path: Path) -> dict[str, Any]:
    """Give a saved benchmark as its dictionary.

    Raises
    ------
    ParameterError
        If the file holds something else; the message names the file, and what in it is wrong.
    OSError
        If the file can't be read.
    """
    try:
        result = json.loads(path.read_bytes())
        _object("it", result, {"format": checks.integer})
        if result["format"] == FORMAT:
            _object("it", result, _RESULT)
    except (ValueError, RecursionError) as error:  # the JSON is bad, or a value in it
        raise ParameterError(
            f"{path} must be the output of `serfast bench --json`: {error}"
        ) from error
    if result["format"] != FORMAT:
        raise ParameterError(
            f"format of {path} must be {FORMAT}, got {result['format']}: another serfast's"
        )
    return dict(result)


def _number(name: str, value: Any) -> None:
    checks.number(name, value, minimum=0)


def _text(name: str, value: Any) -> None:
    if not isinstance(value, str):
        checks.fail(name, "text", value)


def _text_or_null(name: str, value: Any) -> None:
    if value is not None:
        _text(name, value)


def _object(name: str, value: Any, members: dict[str, Check]) -> None:
    """Check an object that has these members, and maybe others."""
    if not isinstance(value, dict):
        checks.fail(name, "an object", value)
    for key, check in members.items():
        if key not in value:
            checks.fail(name, f"an object with {key}", value)
        check(f"{name}.{key}", value[key])


def _named(name: str, value: Any, check: Check = _number) -> None:
    """Check an object whose members may have any names."""
    _object(name, value, dict.fromkeys(value, check) if isinstance(value, dict) else {})


def _list(name: str, value: Any, check: Check = _number) -> None:
    if not isinstance(value, list):
        checks.fail(name, "a list", value)
    for i, item in enumerate(value):
        check(f"{name}[{i}]", item)


def _or_error(name: str, value: Any, figures: dict[str, Check], always: dict[str, Check]) -> None:
    """Check figures, or the reason why there are none."""
    failed = isinstance(value, dict) and "error" in value
    _object(name, value, {**always, **({"error": _text} if failed else figures)})


def _histogram(name: str, value: Any) -> None:
    _object(name, value, {"edges": _list, "counts": _list})
    if not value["counts"] or len(value["edges"]) != len(value["counts"]) + 1:
        checks.refuse(name, "counts and one edge more", f"{len(value['edges'])} edges")


def _positive(name: str, value: Any) -> None:
    checks.number(name, value, above=0)


_RESULT: dict[str, Check] = {
    "throughput": partial(
        _list,
        check=partial(
            _object, members={"work": _text, "us_per_row": _number, "times_real_time": _number}
        ),
    ),
    "latency": partial(
        _or_error,
        figures={"us": _named, "chunks": _positive, "histogram": _histogram},
        always={},
    ),
    "predictions": partial(
        _list, check=partial(_or_error, figures={"ms": _number}, always={"classifier": _text})
    ),
    "startup": partial(
        _object,
        members={"seconds": _named, "memory": partial(_object, members={"serfast": _named})},
    ),
    "live": partial(
        _list,
        check=partial(_or_error, figures={"shown": _number}, always={"classifier": _text_or_null}),
    ),
    "machine": partial(_object, members={"cpu": _text_or_null, "processors": _number}),
    "engine": partial(
        _object,
        members={"isa": _text_or_null, "serfast": _text, "python": _text, "numpy": _text},
    ),
    "settings": partial(
        _object,
        members={
            "backend": _text,
            "threads": _number,
            "chunk_ms": _number,
            "seconds": _number,
            "spec": partial(_object, members={}),
        },
    ),
}
"""Checks of everything that `compare.text` and `picture.plot` use."""
