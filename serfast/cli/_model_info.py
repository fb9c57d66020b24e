"""What `serfast info MODEL` shows of a model bundle."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from ..corpora.messages import joined, printable
from ..corpora.searching import search
from ..errors import ModelError
from ..features.base import Feature
from ..models import embeddings, registry
from ..models.bundle.bundle import Bundle
from ..models.bundle.fingerprint import fingerprint
from ..models.bundle.manifest import CARD
from ..models.embedding_reference import parts_of
from ..models.plugin_calls import calling
from ._measured_info import Lines, measured_lines, text_of

__all__ = ["about", "lines"]


def about(model: str) -> dict[str, Any]:
    """Tell all about a model, ready for JSON.

    Parameters
    ----------
    model : str
        A bundle's path, or the name of a plugin, whose own model is meant.

    Raises
    ------
    ModelError, UnknownPluginError
        If there is none, or it is damaged. Its plugin needn't be installed.
    """
    path = _path(model)
    bundle = _bundle(path)
    columns = bundle.spec.columns
    entries = bundle.statistics.names(columns) if bundle.statistics else ()
    return {
        "model": str(path),
        "plugin": bundle.plugin,
        "distribution": registry.owner(bundle.plugin) if _is_installed(bundle.plugin) else None,
        "classes": list(bundle.classes),
        "spec": bundle.spec.to_dict(),
        "features": [_short(feature) for feature in bundle.spec.features],
        "columns": len(columns),
        "fingerprint": fingerprint(bundle.spec, bundle.backend),
        "backend": bundle.backend,
        "statistics": bundle.statistics.to_dict() if bundle.statistics else None,
        "entries": len(entries),
        "embedding": bundle.embedding.to_dict() if bundle.embedding else None,
        "card": dict(bundle.card),
    }


def lines(facts: dict[str, Any]) -> Lines:
    """Give the facts as names and texts; a card is a stranger's, and may hold anything."""
    spec, card = facts["spec"], facts["card"]
    seen = [f"{facts['columns']} columns every {_milliseconds(spec)} at {spec['sample_rate']} Hz"]
    seen += [f"{facts['entries']} statistics of them"] if facts["entries"] else []
    pairs = [
        ("model", printable(facts["model"])),
        ("plugin", f"{facts['plugin']}, {facts['distribution'] or 'not installed'}"),
        ("classes", ", ".join(facts["classes"])),
        *_corpora(card),
        ("trained on", _trained(card.get("training"))),
        *measured_lines(card.get("measured")),
        ("features", "; ".join(seen)),
        *(("", feature) for feature in facts["features"]),
        ("embedding", _embedding(facts["embedding"])),
        ("back end", facts["backend"]),
    ]
    return [(name, text) for name, text in pairs if text]


def _bundle(path: Path) -> Bundle:
    """Load a bundle; a folder that has recordings instead is called what it is."""
    try:
        return Bundle.load(path)
    except ModelError as error:
        is_model = not path.is_dir() or (path / CARD).exists()
        if is_model or not search(path).paths:
            raise
        raise ModelError(f"{path}: is a folder of recordings, and no model") from error


def _path(model: str) -> Path:
    path = Path(model)
    if path.exists() or model not in registry.available():
        if not path.exists():
            names = ", ".join(registry.available()) or "none is installed"
            raise ModelError(f"model must be a bundle's path or a plugin ({names}), got {model!r}")
        return path
    plugin = registry.get(model)
    with calling(model, "default_model"):
        default_model = plugin.default_model()
    if default_model is None:
        raise ModelError(f"plugin {model!r} must come with a model, or give a bundle's path")
    return Path(default_model)


def _is_installed(plugin: str) -> bool:
    return plugin in registry.available()


def _short(feature: Feature) -> str:
    """Write a feature with the fields that aren't its defaults."""
    fields = [(field.name, field.default) for field in dataclasses.fields(feature) if field.init]
    values = [(name, getattr(feature, name), default) for name, default in fields]
    arguments = [f"{name}={value!r}" for name, value, default in values if value != default]
    return f"{type(feature).__name__}({', '.join(arguments)})"


def _embedding(reference: dict[str, Any] | None) -> str:
    """Say which embedding gives a part of the vector, or all of it."""
    if reference is None:
        return ""
    missing = set(parts_of(reference["name"])) - set(embeddings.available())
    state = f", not installed: {', '.join(sorted(missing))}" if missing else ""
    about = f"{reference['dimension']} entries, SHA-256 {reference['sha256'][:16]}…"
    return f"{reference['name']}: {about}{state}"


def _milliseconds(spec: dict[str, Any]) -> str:
    return f"{1000 * spec['hop_length'] / spec['sample_rate']:.4g} ms"


def _trained(training: Any) -> str:
    if not isinstance(training, dict):
        return ""
    parts = []
    for key, noun in (("recordings", "recordings"), ("altered_copies", "altered copies")):
        if isinstance(training.get(key), int):
            parts.append(f"{training[key]} {noun}")
    if isinstance(speakers := training.get("speakers"), list):
        names = joined([text_of(name) for name in speakers], ", ")
        parts.append(f"{len(speakers)} speakers ({names})")
    return ", ".join(parts)


def _corpora(card: dict[str, Any]) -> Lines:
    """Say what the recordings are, and whose, as far as the card tells."""
    pairs = [("corpus", text_of(card.get("corpus")))]
    listed = card.get("corpora")
    for about in listed if isinstance(listed, list) else []:
        if not isinstance(about, dict):
            continue
        names = [text_of(about.get(key)) for key in ("title", "language")]
        title = ", ".join(filter(None, names))
        pairs.append(("corpus" if not any(text for _, text in pairs) else "", title))
        pairs.append(("licence", text_of(about.get("licence"))))
        pairs.append(("source", text_of(about.get("source"))))
    if not any(text for _, text in pairs):
        return [("corpus", "not told (see `serfast train --corpus` and `--licence`)")]
    return pairs
