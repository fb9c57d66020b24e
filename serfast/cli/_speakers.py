"""The arguments --speaker, --enrol and --label of `predict`: a speaker is kept between calls."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..corpora.messages import printable
from ..errors import ParameterError
from ._output import check_outputs, one_line

if TYPE_CHECKING:
    from ..recognizer import Recognizer
    from ..speaker import Speaker

__all__ = ["add_speaker", "check_speaker", "kept_speaker", "path_of"]

_NAME = re.compile(r"\w[\w .@+-]{0,63}")


def add_speaker(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    group = parser.add_argument_group("one speaker")
    group.add_argument(
        "--speaker",
        metavar="NAME",
        help="all FILEs are of this speaker: get used to voice and channel, and go on with it in "
        "the next call; NAME is a name, or the path of a file if it has a / or ends in .json",
    )
    group.add_argument(
        "--enrol",
        action="store_true",
        help="hear the speaker's FILEs without judging them, such as some calm sentences",
    )
    group.add_argument(
        "--label", metavar="CLASS", help="with --enrol: all FILEs are of this class, say neutral"
    )


def check_speaker(arguments: argparse.Namespace) -> None:
    """Refuse what doesn't go together.

    Raises
    ------
    ParameterError
        If it doesn't.
    """
    if arguments.label is not None and not arguments.enrol:
        raise ParameterError("--label must be given with --enrol")
    if arguments.enrol and arguments.speaker is None:
        raise ParameterError("--enrol must be given with --speaker")
    if arguments.enrol and (arguments.stream or arguments.output or arguments.brief):
        raise ParameterError("--enrol must be given without --stream, --output and --brief")


@contextmanager
def kept_speaker(name: str | None, recognizer: Recognizer) -> Iterator[Speaker | None]:
    """Give the speaker of this name, and write what was learned, also after an error.

    Lines on standard error say where it is kept, and how much was heard before and after. If two
    programs write one file, the last one's stays, whole.

    Raises
    ------
    ParameterError
        If the model can't be adapted, or the file can't be written.
    ModelError
        If the file that is there is damaged or of another model.
    """
    if name is None:
        yield None
        return
    speaker = recognizer.speaker()
    path = path_of(name)
    if not _is_path(name):
        _make_folder(path.parent)
    check_outputs([path], force=True)
    if path.exists():
        speaker.load(path)
    _tell(path, f"{_utterances(speaker.n)} heard so far")
    before = speaker.state.moments
    try:
        yield speaker
    finally:
        if speaker.state.moments is not before:
            speaker.save(path)
            _tell(path, f"{_utterances(speaker.n)} heard now")


def _tell(path: Path, what: str) -> None:
    print(f"serfast predict: speaker in {printable(path)}, {what}", file=sys.stderr)


def _utterances(n: float) -> str:
    return f"{n:.4g} utterance{'s' * (n != 1)}"


def path_of(name: str) -> Path:
    """Give the file in which the speaker of this name is kept.

    Raises
    ------
    ParameterError
        If it is neither a name nor a path.
    """
    if _is_path(name):
        return Path(name)
    if not _NAME.fullmatch(name):
        rule = "up to 64 letters, digits and '_ .@+-', or the path of a .json file"
        raise ParameterError(f"--speaker must be {rule}, got {name!r:.80}")
    return _state_folder() / "serfast" / "speakers" / f"{name}.json"


def _is_path(name: str) -> bool:
    return name.endswith(".json") or any(mark and mark in name for mark in (os.sep, os.altsep))


def _state_folder() -> Path:
    """Give the folder in which programs keep their state of this user, as the platform has it."""
    given = os.environ.get("XDG_STATE_HOME", "")
    if os.path.isabs(given):  # the specification has others ignored
        return Path(given)
    home = Path(os.path.expanduser("~"))
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    return home / ".local" / "state"


def _make_folder(folder: Path) -> None:
    """Make the speakers' folder, which others may not look into."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ParameterError(f"speakers' folder can't be made: {one_line(error)}") from error
