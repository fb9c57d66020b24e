"""A recipe's fields are checked here, and become a dictionary or JSON and back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from .. import _checks as checks
from ..audio.augmentation import SETS_OF_COPIES, Alteration, alteration_text
from ..backends import chosen
from ..errors import ParameterError
from ..features.spec import FeatureSpec
from ..models import registry
from ..models.embedding_reference import EmbeddingReference
from ..models.plugin import Plugin, SharesEmbedding, with_options
from ..statistics.statistics import Statistics
from .ingredients import copies_from, embedding_from, features_from, options_from

__all__ = ["FORMAT", "RecipeFields"]

R = TypeVar("R", bound="RecipeFields")

FORMAT = 1
"""This is the version of the dictionary and JSON form."""

KINDS: dict[str, Any] = {
    "spec": FeatureSpec,
    "statistics": Statistics,
    "embedding": EmbeddingReference,
}
"""These fields are dictionaries in JSON."""


@dataclass(frozen=True, init=False)
class RecipeFields:
    """A recipe as data: its fields, checked, and their JSON form.

    :class:`serfast.training.Recipe` documents the fields, and can train and evaluate as well.
    """

    plugin: str
    spec: FeatureSpec
    statistics: Statistics | None
    embedding: EmbeddingReference | None
    alterations: tuple[Alteration, ...]
    seed: int
    backend: str
    options: tuple[tuple[str, str], ...]
    choose_copies: bool

    def __init__(
        self,
        plugin: str,
        *,
        spec: FeatureSpec | None = None,
        statistics: Statistics | None = None,
        embedding: str | EmbeddingReference | None = None,
        alterations: Iterable[Alteration | str] | None = None,
        seed: int = 0,
        backend: str | None = None,
        options: Mapping[str, str | float] | Iterable[tuple[str, str | float]] = (),
        choose_copies: bool = False,
    ) -> None:
        if not isinstance(plugin, str):
            checks.fail("plugin", "the name of an installed plugin", plugin)
        pairs = options_from(options)
        trainer = with_options(plugin, registry.get(plugin), dict(pairs))
        if isinstance(embedding, str) and isinstance(trainer, SharesEmbedding):
            pairs = options_from({**dict(pairs), trainer.embedding_option: embedding})
            trainer, embedding = with_options(plugin, trainer, dict(pairs)), None
        made_of = embedding_from(plugin, trainer, embedding)
        spec, statistics = features_from(plugin, trainer, spec, statistics, made_of)
        values = {
            "plugin": plugin,
            "spec": spec,
            "statistics": statistics,
            "embedding": made_of.reference if made_of else None,
            "alterations": copies_from(plugin, trainer, alterations, choose=choose_copies),
            "seed": checks.integer("seed", seed, 0, 2**63 - 1),
            "backend": chosen(backend),
            "options": pairs,
            "choose_copies": checks.boolean("choose_copies", choose_copies),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def certain_alterations(self) -> tuple[Alteration, ...]:
        """Give the alterations that a training takes, whatever it chooses."""
        return SETS_OF_COPIES["light"] if self.choose_copies else self.alterations

    def load_plugin(self) -> Plugin:
        """Give the plugin, with these options; the first call imports it."""
        return with_options(self.plugin, registry.get(self.plugin), dict(self.options))

    def to_dict(self) -> dict[str, Any]:
        """Give the recipe as plain dictionaries, lists, strings and numbers.

        Alterations are written as text. If one of them has no text form, which only a plugin's own
        choice may be, None stands in the place of all of them.
        """
        try:
            alterations = [alteration_text(alteration) for alteration in self.alterations]
        except ParameterError:
            alterations = None
        return {
            "format": FORMAT,
            "plugin": self.plugin,
            "spec": self.spec.to_dict(),
            "statistics": self.statistics.to_dict() if self.statistics else None,
            **({"embedding": self.embedding.to_dict()} if self.embedding else {}),
            "alterations": alterations,
            "seed": self.seed,
            "backend": self.backend,
            "options": dict(self.options),
            **({"choose_copies": True} if self.choose_copies else {}),
        }

    def to_json(self, indent: int | None = None) -> str:
        """Give the recipe as JSON text."""
        return json.dumps(self.to_dict(), indent=indent)

    @classmethod
    def from_dict(cls: type[R], data: Mapping[str, Any]) -> R:
        """Give the recipe that :meth:`to_dict` wrote.

        A missing key stands for the default; an unknown key raises ParameterError.
        """
        if not isinstance(data, Mapping):
            checks.fail("recipe", "a mapping", data)
        fields = dict(data)
        if (version := fields.pop("format", None)) != FORMAT or version is True:
            checks.fail("recipe format", str(FORMAT), data.get("format"))
        checks.known_keys("recipe", fields, [field.name for field in dataclasses.fields(cls)])
        plugin = fields.pop("plugin", None)
        if isinstance(plugin, str):
            registry.get(plugin, hint=False)  # a stranger may have chosen the name
        for key, kind in KINDS.items():
            if fields.get(key) is not None:
                fields[key] = kind.from_dict(fields[key])
        return cls(plugin, **fields)

    @classmethod
    def from_json(cls: type[R], text: str | bytes) -> R:
        """Give the recipe that :meth:`to_json` wrote."""
        return cls.from_dict(checks.json_value("recipe", text))
