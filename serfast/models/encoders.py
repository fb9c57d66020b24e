"""Encoders from files: somebody adds one with a card, and it is an embedding like any other.

A package that runs encoders of one kind announces an :class:`EncoderKind` in the entry-point group
``serfast.encoders``:

    [project.entry-points."serfast.encoders"]
    onnx = "serfast_onnx:ENCODERS"

The encoders lie in one folder of this user's: each in a folder of its name, which holds the file
and ``card.json``. The folder is ``$SERFAST_EMBEDDINGS``, or else the place that the system has for
programs' data.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from .. import _checks as checks
from .. import entry_points as entries
from .._checks import shown
from ..errors import ModelError, ParameterError, UnknownPluginError
from ..forking import forks_wait
from .bundle.plain_json import read_json
from .embedder import Embedder

__all__ = [
    "GROUP",
    "EncoderKind",
    "OpensFiles",
    "add",
    "added",
    "carried",
    "folder",
    "open_added",
    "open_carried",
    "read_card",
    "remove",
]

GROUP = "serfast.encoders"
CARD, ENCODER = "card.json", "encoder"
DEFAULT_KIND = "onnx"
LARGEST = 2**31
"""An encoder's file has less bytes than this: a protocol buffer can't have more."""
PART = 2**20
"""So many bytes of a file are read at a time."""


@runtime_checkable
class EncoderKind(Protocol):
    """It runs encoders of one kind, such as ONNX graphs."""

    def complete(self, data: bytes, card: Mapping[str, Any]) -> dict[str, Any]:
        """Check a card and try the encoder; give the whole card, as JSON can hold it.

        Raises
        ------
        ModelError
            If the card breaks a rule, or the encoder isn't as it says.
        """

    def open(self, data: bytes, card: Mapping[str, Any]) -> Embedder:
        """Give the embedder of an encoder and of its whole card.

        Raises
        ------
        ModelError
            If the encoder isn't as its card says.
        """


@runtime_checkable
class OpensFiles(Protocol):
    """An encoder's kind may open a file where it lies, so that it needn't be read as a whole."""

    def open_file(self, path: Path, card: Mapping[str, Any]) -> Embedder:
        """Give the embedder of an encoder and of its whole card; see :meth:`EncoderKind.open`."""


def folder() -> Path:
    """Give the folder in which added encoders lie; it needn't exist."""
    if given := os.environ.get("SERFAST_EMBEDDINGS"):
        return Path(given)
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", home / ".local" / "share"))
    return base / "serfast" / "embeddings"


def added() -> tuple[str, ...]:
    """Give the names of the added encoders, sorted; none is opened."""
    try:
        paths = list(folder().iterdir())
    except (OSError, RuntimeError):  # there is no folder, or no home
        return ()
    return tuple(sorted(p.name for p in paths if p.name[:1] != "." and (p / CARD).is_file()))


def add(name: str, path: str | os.PathLike[str], card: Mapping[str, Any], *, force: bool) -> Path:
    """Add an encoder: it is tried, and copied with its card; give the folder that has it.

    Parameters
    ----------
    name : str
        It becomes the name of the embedding.
    path : path
        The encoder's file.
    card : mapping
        What its kind needs to know, and under "kind" the name of the kind ("onnx" if there is
        none).
    force : bool
        An encoder of this name is replaced.

    Raises
    ------
    ParameterError
        If there is one of this name and `force` is false.
    UnknownPluginError
        If the kind isn't installed.
    ModelError
        If the encoder isn't as its card says; nothing is added then.
    OSError
        If a file can't be read or written.
    """
    place = folder() / name
    if place.exists() and not force:
        raise ParameterError(f"name must be a new one, got {name!r}: {place} exists (--force)")
    data = _bytes_of(Path(path))
    kind = card.get("kind", DEFAULT_KIND)
    given = {key: value for key, value in card.items() if key not in ("kind", "name", "sha256")}
    whole = _kind(kind).complete(data, given)
    about = {"name": name, "kind": kind, **whole, "sha256": hashlib.sha256(data).hexdigest()}
    text = json.dumps(about, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".adding-", dir=place.parent))
    try:
        (temporary / ENCODER).write_bytes(data)
        (temporary / CARD).write_text(text, "utf-8")
        if place.exists():
            remove(name)
        temporary.rename(place)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return place


def remove(name: str) -> None:
    """Remove an added encoder.

    Raises
    ------
    ParameterError
        If there is none of this name.
    """
    if name not in added():
        names = ", ".join(added()) or "there is none"
        near = checks.similar(name, added())
        checks.refuse("name", f"that of an added encoder ({names})", f"{shown(name)}{near}")
    shutil.rmtree(folder() / name)


def read_card(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Give the card in a file.

    Raises
    ------
    ModelError
        If it isn't an object in JSON.
    OSError
        If it can't be read.
    """
    try:
        card = checks.json_value("card", checks.small_file(path))
    except ParameterError as error:
        raise ModelError(f"{path}: {error}") from error
    if not isinstance(card, dict):
        raise ModelError(f"{path}: card must be an object, got {shown(card)}")
    return card


def open_added(name: str) -> Embedder:
    """Give the embedder of an added encoder; the one that was opened last is kept.

    Raises
    ------
    ModelError
        If the file isn't the one that was added, or its kind can't open it.
    UnknownPluginError
        If its kind isn't installed.
    """
    place = folder() / name
    try:
        stamps = tuple((place / part).stat().st_mtime_ns for part in (CARD, ENCODER))
        return _opened(place, stamps)
    except OSError as error:
        raise ModelError(f"{error.filename}: added encoder can't be read: {error}") from error


@lru_cache(maxsize=4)
def _opened(place: Path, stamps: tuple[int, ...]) -> Embedder:
    """Open the encoder in a folder; `stamps` are other ones when it was replaced."""
    card = read_card(place / CARD)
    path, kind = place / ENCODER, _kind(card.get("kind"))
    before = _identity(path)
    if (digest := _sha256_of(path)) != card.get("sha256"):
        raise ModelError(
            f"{path} must have the SHA-256 {card.get('sha256')!r:.80}, got {digest}: add it again"
        )
    given = {k: value for k, value in card.items() if k not in ("kind", "name", "sha256")}
    if isinstance(kind, OpensFiles):
        embedder = kind.open_file(path, given)
    else:
        embedder = kind.open(_bytes_of(path), given)
    if _identity(path) != before:  # what was opened may not be what was hashed
        raise ModelError(
            f"{path} must stay as it is while it is opened, got another one: try again"
        )
    return embedder


def _identity(path: Path) -> tuple[int, ...]:
    """Give numbers of which one is another after a file was written to or replaced."""
    about = path.stat()
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def carried(name: str) -> dict[str, bytes]:
    """Give the members by which a bundle carries an added encoder; none if it wasn't added.

    Raises
    ------
    OSError
        If a file can't be read.
    """
    if name not in added():
        return {}
    place = folder() / name
    files = zip(_members(name), (CARD, ENCODER), strict=True)
    return {member: (place / file).read_bytes() for member, file in files}


def open_carried(files: Mapping[str, bytes], name: str) -> Embedder | None:
    """Give the embedder of an encoder that a bundle carries, tried anew; None if it doesn't.

    Raises
    ------
    ModelError
        If the encoder isn't as its card says.
    UnknownPluginError
        If its kind isn't installed.
    """
    member, encoder = _members(name)
    if member not in files or encoder not in files:
        return None
    try:
        card = read_json(files[member])
    except ValueError as error:
        raise ModelError(f"{member} must be JSON: {error}") from error
    if not isinstance(card, dict):
        raise ModelError(f"{member} must be an object, got {shown(card)}")
    given = {k: value for k, value in card.items() if k not in ("kind", "name", "sha256")}
    kind = _kind(card.get("kind"))
    return kind.open(files[encoder], kind.complete(files[encoder], given))


def _members(name: str) -> tuple[str, str]:
    """Give the names of the members of a bundle that hold an encoder's card and file."""
    return f"embedding.{name}.json", f"embedding.{name}.encoder"


def _sha256_of(path: Path) -> str:
    """Hash a file, a part after the other."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(PART):
            digest.update(part)
    return digest.hexdigest()


def _bytes_of(path: Path) -> bytes:
    """Read an encoder's file, unless it is too large."""
    if (size := path.stat().st_size) >= LARGEST:
        raise ModelError(f"{path} must have less than {LARGEST} bytes, got {size}")
    return path.read_bytes()


def _kind(name: object) -> EncoderKind:
    """Give the package's object that runs encoders of this kind."""
    points = entries.points(GROUP, name) if isinstance(name, str) else []
    if not points:
        kinds = ", ".join(entries.names(GROUP)) or "none"
        advice = "; in a copy of serfast's repository: pip install ./plugins/serfast-onnx"
        raise UnknownPluginError(
            f"kind of an encoder must be an installed one ({kinds}), got {shown(name)}"
            + (advice if name == DEFAULT_KIND else "")
        )
    with forks_wait:
        return entries.load("encoder", entries.only("encoder", points), _fault)  # type: ignore[no-any-return]


def _fault(kind: Any) -> str | None:
    if isinstance(kind, type) or not isinstance(kind, EncoderKind):
        return f"must be an object with complete and open, got {shown(kind, 80)}"
    return None
