"""A speaker's state in a file: a few hundred bytes of JSON, which say what they hold.

A file from a stranger can be wrong, but it can't do anything: every value is checked.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, NoReturn, TypeGuard

import numpy as np

from .._checks import shown
from ..errors import ModelError
from ..files import replacing
from ..models.bundle.plain_json import read_json
from ..models.judge import LARGEST
from .speaker_state import Moments

__all__ = ["FORMAT", "read_moments", "write_moments"]

FORMAT = 1
"""Version of the file's format; a file of a higher one is refused."""

MAX_BYTES = 2**20
"""A file has at most so many bytes: enough for 1024 classes with long names."""

ABOUT = (
    "What serfast learned of one speaker's voice and channel: the mean of a model's score for each "
    "class, and over how many utterances it is. It holds no audio and no words."
)

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def write_moments(
    path: str | os.PathLike[str],
    moments: Moments,
    plugin: str,
    classes: tuple[str, ...],
    model: str,
) -> Path:
    """Write the file, whole or not at all; a file that is there is replaced.

    Raises
    ------
    ModelError
        If it can't be written.
    """
    target = Path(path)
    about = {
        "about": ABOUT,
        "format": FORMAT,
        "plugin": plugin,
        "model": model,
        "n": moments.n,
        "mean": dict(zip(classes, moments.mean.tolist(), strict=True)),
        "updated": moments.updated,
    }
    text = json.dumps(about, indent=1, ensure_ascii=False, allow_nan=False)
    try:
        with replacing(target) as temporary:
            temporary.write_text(text + "\n", "utf-8")
    except (OSError, ValueError) as error:  # ValueError: a null byte
        reason = getattr(error, "strerror", None) or error
        raise ModelError(f"{target}: speaker can't be written: {reason}") from error
    return target


def read_moments(
    path: str | os.PathLike[str], plugin: str, classes: tuple[str, ...], model: str
) -> Moments:
    """Read the file of a speaker of this model, with everything checked.

    Raises
    ------
    ModelError
        If it is missing, damaged, too big, newer than this serfast, or of another model. The
        message begins with `path`.
    """
    name = os.fsdecode(path)
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a null byte
        reason = getattr(error, "strerror", None) or error
        raise ModelError(f"{name}: speaker can't be read: {reason}") from error
    try:
        return _moments(data, plugin, classes, model)
    except ModelError as error:
        raise ModelError(f"{name}: {error}") from error


def _moments(data: bytes, plugin: str, classes: tuple[str, ...], model: str) -> Moments:
    about = _object(data)
    if about["plugin"] != plugin or about["model"] != model:
        raise ModelError(
            f"speaker must be of the model in use (plugin {plugin!r}, {model:.12}…), got one of "
            f"plugin {shown(about['plugin'])}, {shown(about['model'], 20)}"
        )
    n, mean, updated = about["n"], about["mean"], about["updated"]
    if not _is_number(n) or not 0 <= n <= LARGEST:
        _refuse("n", f"a number from 0 to {LARGEST:g}", n)
    if not isinstance(mean, dict) or set(mean) != set(classes):
        _refuse("mean", f"one number for each of {', '.join(classes)}", mean)
    if not all(_is_number(one) and abs(one) <= LARGEST for one in mean.values()):
        _refuse("mean", f"numbers of at most {LARGEST:g} in size", mean)
    if updated is not None and not (isinstance(updated, str) and _TIME.fullmatch(updated)):
        _refuse("updated", "a time like 2030-01-31T23:59:59Z, or null", updated)
    return Moments(float(n), np.array([float(mean[name]) for name in classes]), updated)


def _object(data: bytes) -> dict[str, Any]:
    """Give the file's object, which is of this format and has every key."""
    if len(data) > MAX_BYTES:
        raise ModelError(f"speaker must have at most {MAX_BYTES} bytes")
    try:
        about = read_json(data)
    except ValueError as error:
        raise ModelError(f"speaker must be whole JSON text: {error}") from error
    number = about.get("format") if isinstance(about, dict) else None
    if type(number) is not int:
        raise ModelError(f"speaker must be an object with an int format, got {shown(about)}")
    if number > FORMAT:
        raise ModelError(
            f"format must be <= {FORMAT}, got {shown(number)}: this file needs a newer serfast"
        )
    if number != FORMAT:
        raise ModelError(f"format must be {FORMAT}, got {shown(number)}")
    keys = ("plugin", "model", "n", "mean", "updated")
    if missing := [key for key in keys if key not in about]:
        raise ModelError(f"speaker must have the keys {', '.join(keys)}; missing: {missing[0]}")
    result: dict[str, Any] = about
    return result


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _refuse(name: str, rule: str, value: object) -> NoReturn:
    raise ModelError(f"{name} must be {rule}, got {shown(value)}")
