"""Checks of arguments, all with one form of message: `name must be <rule>, got <value>`."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from numbers import Integral
from typing import Any, NoReturn, TypeAlias

import numpy as np

from .errors import ParameterError
from .forking import forks_wait

__all__ = [
    "Warn",
    "boolean",
    "choice",
    "fail",
    "integer",
    "json_value",
    "known_arguments",
    "known_keys",
    "listed",
    "number",
    "plain",
    "refuse",
    "refuse_sample",
    "shown",
    "similar",
    "small_file",
    "warn",
]

Warn: TypeAlias = Callable[[str], object]
"""What is called with the message of a warning."""

MAX_FILE = 2**24
"""A file of JSON may have at most this many bytes."""

LONGEST_TYPING = 64
"""A longer name is no mistyped one, and comparing it takes long."""


def shown(value: object, limit: int = 60) -> str:
    """Give the value as it appears in a message: its repr, cut to `limit` characters.

    No more of a long value is written out than is shown, and what has no repr is named by its type.
    """
    if isinstance(value, int) and value.bit_length() > 4 * limit:  # Python may refuse to write it
        return f"an int of {value.bit_length()} bits"
    if type(value) in (str, bytes, list, tuple):
        value = value[: limit + 1]  # type: ignore[index]  # each entry takes a character or more
    try:
        text = repr(value)
    except Exception:  # of a list in a list in a list …, or of anybody's class
        return f"an object of the type {type(value).__name__}"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def similar(name: object, names: Iterable[str]) -> str:
    """Give what a message about a wrong name ends with: the most similar right one, if any.

    Small and capital letters count as alike; of two names that differ in these alone, the more
    similar one is meant. What is no name, or longer than any, has no similar one.

    Examples
    --------
    >>> similar("mffc", ["rms", "mfcc"]), similar("f0", ["rms"])
    ("; did you mean 'mfcc'?", '')
    """
    if not isinstance(name, str) or len(name) > LONGEST_TYPING:
        return ""
    with forks_wait:
        from difflib import get_close_matches  # heavy: only mistakes need it

    names = list(names)
    best = get_close_matches(name.lower(), dict.fromkeys(one.lower() for one in names), n=1)
    alike = [one for one in names if one.lower() in best]
    closest = get_close_matches(name, alike, n=1, cutoff=0)
    return f"; did you mean {closest[0]!r}?" if closest else ""


def listed(names: Iterable[str], most: int = 20) -> str:
    """Give names as they appear in a message: joined by commas, the first `most` of them.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a", "b", "c"], 2)
    ('a, b, c', 'a, b … (3 in all)')
    """
    names = [name if len(name) <= 40 else name[:39] + "…" for name in names]
    rest = f" … ({len(names)} in all)" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def refuse(name: str, rule: str, given: str) -> NoReturn:
    """Raise the ParameterError `name must be rule, got given`, with `given` as it stands."""
    raise ParameterError(f"{name} must be {rule}, got {given}")


def fail(name: str, rule: str, value: object) -> NoReturn:
    """Raise the ParameterError `name must be rule, got value`, with the value's repr."""
    refuse(name, rule, shown(value))


def refuse_sample(name: str, samples: Any, index: int) -> NoReturn:
    """Raise the ParameterError about the sample at `index`, which float32 can't hold."""
    refuse(name, "finite and within float32's range", f"{samples[index]!s} at index {index}")


def integer(name: str, value: Any, minimum: int = 1, maximum: int = 2**31 - 1) -> int:
    """`value` as an int within [minimum, maximum]; bool and float don't count as int."""
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < minimum:
        fail(name, f"an int >= {minimum}", value)
    if int(value) > maximum:
        fail(name, f"an int <= {maximum}", value)
    return int(value)


def number(
    name: str,
    value: Any,
    *,
    above: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> float:
    """`value` as a finite float with `value > above`, `value >= minimum`, `value <= maximum`."""
    bounds = {">": above, ">=": minimum, "<=": maximum}
    parts = [f"{sign} {bound:g}" for sign, bound in bounds.items() if bound is not None]
    rule = "a finite number" + (" " + " and ".join(parts) if parts else "")
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        fail(name, rule, value)
    try:
        x = float(value)
    except OverflowError:  # an int beyond any float
        fail(name, rule, value)
    if not math.isfinite(x) or (
        (above is not None and x <= above)
        or (minimum is not None and x < minimum)
        or (maximum is not None and x > maximum)
    ):
        fail(name, rule, value)
    return x


def boolean(name: str, value: Any) -> bool:
    """`value` if it is True or False; 0, 1 and "yes" are not."""
    if not isinstance(value, bool):
        fail(name, "True or False", value)
    return value


def choice(name: str, value: Any, allowed: Collection[Any]) -> Any:
    """`value` if it is one of `allowed`."""
    if not any(value is a or (type(value) is type(a) and value == a) for a in allowed):
        near = similar(value, [a for a in allowed if isinstance(a, str)])
        refuse(name, "one of " + ", ".join(repr(a) for a in allowed), shown(value) + near)
    return value


def json_value(what: str, text: str | bytes) -> Any:
    """The value that JSON text holds; the ParameterError for other text calls it `what`."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise ParameterError(f"{what} must be JSON text: {error}") from error


def small_file(path: str | os.PathLike[str]) -> bytes:
    """Give the bytes of a file of JSON; one of more than 16 MiB, or a device, is refused."""
    with open(path, "rb") as file:
        content = file.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise ParameterError(f"a file of JSON must hold at most {MAX_FILE} bytes")
    return content


def known_keys(what: str, keys: Iterable[Any], allowed: Sequence[str]) -> None:
    """Raise the ParameterError for the first key of `what` that isn't one of `allowed`."""
    for key in keys:
        if key not in allowed:
            given = shown(key) + similar(key, allowed)
            refuse(f"key of {what}", "one of " + ", ".join(allowed), given)


def known_arguments(cls: type[Any], given: Sequence[Any], names: Iterable[str], usual: str) -> None:
    """Raise a TypeError for arguments that a dataclass hasn't, or takes only by name.

    Parameters
    ----------
    cls : type
        The dataclass.
    given : sequence
        The arguments that were given without a name.
    names : iterable of str
        The names of the others. The message about a wrong one has a similar right one.
    usual : str
        The argument that is usually meant without a name, as in ``features=[…]``.
    """
    fields = [field for field in dataclasses.fields(cls) if field.init]
    if len(given) > sum(not field.kw_only for field in fields):
        raise TypeError(f"{cls.__name__} takes its arguments by name: {cls.__name__}({usual})")
    known = [field.name for field in fields]
    for name in names:
        if name not in known:
            raise TypeError(f"{cls.__name__} has no argument {name!r}{similar(name, known)}")


def plain(instance: Any) -> None:
    """Make Python's own of NumPy's scalars in a frozen dataclass, which JSON couldn't hold."""
    for field in dataclasses.fields(instance):
        value = getattr(instance, field.name)
        if isinstance(value, np.generic):
            object.__setattr__(instance, field.name, value.item())


def warn(message: str) -> None:
    """Give the message as a UserWarning, at the line that called the function that warns."""
    warnings.warn(message, stacklevel=3)
