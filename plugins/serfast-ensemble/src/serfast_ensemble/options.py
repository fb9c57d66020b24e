"""Options of an ensemble, and of its members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from serfast.errors import ParameterError
from serfast.models import registry
from serfast.models.plugin import options_of, similar
from serfast.training import Recipe

__all__ = ["METHODS", "NAME", "EnsembleOptions"]

NAME = "ensemble"
METHODS = ("vote", "stack")
OPTIONS = ("members", "method", "embedding")
MOST = 16


@dataclass(frozen=True)
class EnsembleOptions:
    """Who is in an ensemble, and how they agree.

    Parameters
    ----------
    members : tuple of str
        Names of installed plugins, 1 to 16, all different, no ensembles; with ``+`` between.
    method : {"vote", "stack"}
    given : mapping of str to str
        The members' own options, ``member.option``; ``member.embedding`` is a member's embedding.
    embedding : str
        Name of the embedding that members of vectors take in the place of statistics; "" is none.
    """

    members: tuple[str, ...] = ("svm", "onnx")
    method: str = "vote"
    given: Mapping[str, str] = field(default_factory=dict)
    embedding: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(set(self.members)) == len(self.members) <= MOST or NAME in self.members:
            rule = f"1 to {MOST} different plugins other than {NAME!r}, joined by '+'"
            raise ParameterError(f"members must be {rule}, got {'+'.join(self.members)!r:.80}")
        if self.method not in METHODS:
            raise ParameterError(f"method must be {' or '.join(METHODS)}, got {self.method!r:.80}")

    def changed(self, values: Mapping[str, str]) -> EnsembleOptions:
        """Give these options with some read from text."""
        options = {name: text for name, text in values.items() if "." not in name}
        for name in options:
            if name not in OPTIONS:
                rule = "members, method or MEMBER.OPTION, or embedding"
                near = similar(name, OPTIONS)
                raise ParameterError(f"option must be {rule}, got {name!r:.80}{near}")
        members = tuple(options["members"].split("+")) if "members" in options else self.members
        given = {**self.given, **{name: t for name, t in values.items() if "." in name}}
        method = options.get("method", self.method)
        embedding = options.get("embedding", self.embedding)
        changed = EnsembleOptions(members, method, given, embedding)
        changed.recipes()  # a wrong name is said now, not after hours
        return changed

    def recipes(self, seed: int = 0) -> list[Recipe]:
        """Give each member's recipe, with its options.

        Raises
        ------
        UnknownPluginError
            If one isn't installed.
        ParameterError
            If an option is of nobody, or breaks its rule.
        """
        values: dict[str, dict[str, str]] = {name: {} for name in self.members}
        for name, text in self.given.items():
            member, _, option = name.partition(".")
            if member not in values:
                rule = f"of a member ({', '.join(self.members)})"
                near = similar(member, values)
                raise ParameterError(f"option must be {rule}, got {name!r:.80}{near}")
            values[member][option] = text
        takes = [name for name in values if registry.get(name).input == "vector"]
        if self.embedding and not takes:
            rule = "none, as no member takes vectors"
            raise ParameterError(f"embedding must be {rule}, got {self.embedding!r:.80}")
        shared = dict.fromkeys(takes, self.embedding or None)
        return [
            Recipe(n, seed=seed, embedding=v.pop("embedding", shared.get(n)), options=v)
            for n, v in values.items()
        ]

    def to_dict(self) -> dict[str, Any]:
        """Every option's name and value, the members' too."""
        about: dict[str, Any] = {"members": "+".join(self.members), "method": self.method}
        about |= {"embedding": self.embedding} if self.embedding else {}
        for recipe in self.recipes():
            options = options_of(recipe.load_plugin())
            about |= {f"{recipe.plugin}.{name}": value for name, value in options.items()}
        return about
