"""Recordings are read here with all their channels, which `serfast.load` would average."""

from __future__ import annotations

import os
from typing import Any

from ... import _checks as checks
from ...audio import load
from ...errors import AudioError
from ...forking import forks_wait

__all__ = ["files_in", "read"]


def read(path: Any) -> tuple[Any, int]:
    """Give the samples of a file, shape (n_channels, n_samples), and their rate [Hz].

    What soundfile can't read is given to :func:`serfast.load`, and is mono then.

    Raises
    ------
    AudioError
        If nothing reads it: the message names the file.
    """
    try:
        with forks_wait:
            import soundfile  # optional: files
    except ImportError:
        signal, rate = load(path)
        return signal[None], rate
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (RuntimeError, OSError):
        signal, rate = load(path)
        return signal[None], rate
    if not len(samples):
        raise AudioError(f"{path} must hold samples, got none")
    return samples.T, int(rate)


def files_in(root: Any, filetype: Any) -> tuple[str, list[str]]:
    """Give the absolute path of a folder, and the sorted names of its files of a type.

    Neither folders inside it nor hidden files are looked at.
    """
    if not isinstance(root, (str, os.PathLike)) or not os.path.isdir(os.path.expanduser(root)):
        checks.fail("root", "a folder", root)
    if not isinstance(filetype, str) or not filetype or set(filetype) & set("*?[]/\\"):
        checks.fail("filetype", "the end of file names, such as 'wav'", filetype)
    folder = os.path.abspath(os.path.expanduser(os.fspath(root)))
    suffix = "." + filetype.removeprefix(".")
    with os.scandir(folder) as entries:
        names = [
            one.name
            for one in entries
            if one.name.endswith(suffix) and not one.name.startswith(".") and one.is_file()
        ]
    return folder, sorted(names)
