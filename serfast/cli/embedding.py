"""`serfast embedding`: somebody's encoder becomes an embedding of this user's, or is removed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import _checks as checks
from ..entry_points import names as installed
from ..errors import ParameterError
from ..models import embeddings, encoders
from ..models.embedding import Embedding
from ._json import add_json, print_json

__all__ = ["add_parser"]

_ACTIONS = ("add", "remove")

_EPILOG = """\
A card is a JSON file that says how an encoder is to be fed; docs/embeddings.md has its fields, and
the cards of wav2vec 2.0, HuBERT, WavLM and others. The encoder is tried before it is added.

examples:
  serfast embedding add wav2vec2.onnx --card card.json
  serfast train corpus/ --embedding wav2vec2 -o model.zip
  serfast embedding remove wav2vec2
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "embedding",
        description="Add an encoder's file as an embedding, or remove one that was added.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", choices=_ACTIONS, metavar="ACTION", help="add or remove")
    parser.add_argument(
        "target",
        metavar="FILE",
        help="the encoder to add, such as an ONNX file; or the NAME to remove, as `serfast info` "
        "lists it",
    )
    parser.add_argument("--card", type=Path, metavar="CARD", help="JSON: how it is to be fed")
    parser.add_argument(
        "--name", metavar="NAME", help="of the embedding (default: the card's, or FILE's)"
    )
    parser.add_argument("--force", action="store_true", help="replace the one of this name")
    add_json(parser, "one, with what was added or removed")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Add or remove an encoder."""
    facts, line = (_added if arguments.action == "add" else _removed)(arguments)
    if arguments.json:
        print_json(facts)
    else:
        print(line)
    return 0


def _added(arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    if arguments.card is None:
        raise ParameterError("--card must be given: a JSON file that says how it is to be fed")
    path, card = Path(arguments.target), encoders.read_card(arguments.card)
    name = arguments.name or card.get("name") or path.stem
    if not embeddings.is_name(name):
        checks.fail("name", "up to 64 letters, digits, '.', '_', '-'", name)
    if name in installed(embeddings.GROUP):
        raise ParameterError(f"name must be a new one, got that of {embeddings.owner(name)}")
    place = encoders.add(name, path, card, force=arguments.force)
    embedding = Embedding(name)
    rate, licence = embedding.sample_rate, embedding.licence
    facts = {**embedding.reference.to_dict(), "licence": licence, "sample_rate": rate}
    about = f"{embedding.dimension} entries, {rate} Hz, {licence}"
    line = f"{name}: {about}, SHA-256 {embedding.sha256[:16]}…, in {place}"
    return {**facts, "folder": str(place)}, line


def _removed(arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    if arguments.card is not None or arguments.name is not None:
        raise ParameterError("--card and --name must be given with add alone")
    encoders.remove(arguments.target)
    return {"name": arguments.target}, f"{arguments.target}: removed"
