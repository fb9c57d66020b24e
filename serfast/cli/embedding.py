"""`serfast embedding`: somebody's encoder becomes an embedding of this user's, or is removed."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import _checks as checks
from ..entry_points import names as installed
from ..errors import ParameterError
from ..models import embeddings, encoders
from ..models.embedding import Embedding
from ._json import add_json, print_json

__all__ = ["add_parser"]

_EPILOG = """\
A card is a JSON file that says how an encoder is to be fed; docs/embeddings.md has its fields, and
the cards of wav2vec 2.0, HuBERT, WavLM and others. The encoder is tried before it is added.

examples:
  serfast embedding add wavlm.onnx --card wavlm.json
  serfast train corpus/ --embedding wavlm -o model.zip
  serfast embedding remove wavlm
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "embedding",
        description="Add an encoder's file as an embedding, or remove one that was added.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    adding = actions.add_parser("add", help="add an encoder", description="Add an encoder.")
    adding.add_argument("file", type=Path, metavar="FILE", help="the encoder, such as an ONNX file")
    adding.add_argument(
        "--card", type=Path, required=True, metavar="CARD", help="JSON: how it is to be fed"
    )
    adding.add_argument(
        "--name", metavar="NAME", help="of the embedding (default: the card's, or FILE's)"
    )
    adding.add_argument("--force", action="store_true", help="replace the one of this name")
    add_json(adding, "one, with what was added")
    adding.set_defaults(run=_add)
    removing = actions.add_parser("remove", help="remove one", description="Remove an encoder.")
    removing.add_argument("name", metavar="NAME", help="as `serfast info` lists it")
    removing.set_defaults(run=_remove)


def _add(arguments: argparse.Namespace) -> int:
    card = encoders.read_card(arguments.card)
    name = arguments.name or card.get("name") or arguments.file.stem
    if not embeddings.is_name(name):
        checks.fail("name", "up to 64 letters, digits, '.', '_', '-'", name)
    if name in installed(embeddings.GROUP):
        raise ParameterError(f"name must be a new one, got that of {embeddings.owner(name)}")
    place = encoders.add(name, arguments.file, card, force=arguments.force)
    embedding = Embedding(name)
    if arguments.json:
        facts = {**embedding.reference.to_dict(), "licence": embedding.licence}
        print_json({**facts, "sample_rate": embedding.sample_rate, "folder": str(place)})
    else:
        about = f"{embedding.dimension} entries, {embedding.sample_rate} Hz, {embedding.licence}"
        print(f"{name}: {about}, SHA-256 {embedding.sha256[:16]}…, in {place}")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    encoders.remove(arguments.name)
    print(f"{arguments.name}: removed")
    return 0
