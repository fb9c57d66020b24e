"""The sets of features and their levels, by openSMILE's names; those that serfast has."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from ... import _checks as checks

__all__ = ["FeatureLevel", "FeatureSet", "level_of", "set_of"]

Member = TypeVar("Member", bound=Enum)


class FeatureSet(Enum):
    """These are openSMILE's sets; serfast has GeMAPSv01b, eGeMAPSv01b and eGeMAPSv02."""

    ComParE_2016 = "compare/ComParE_2016"
    GeMAPS = "gemaps/v01a/GeMAPSv01a"
    GeMAPSv01b = "gemaps/v01b/GeMAPSv01b"
    eGeMAPS = "egemaps/v01a/eGeMAPSv01a"
    eGeMAPSv01b = "egemaps/v01b/eGeMAPSv01b"
    eGeMAPSv02 = "egemaps/v02/eGeMAPSv02"
    emobase = "emobase/emobase"


class FeatureLevel(Enum):
    """The rows of low-level descriptors, or their functionals over a recording."""

    LowLevelDescriptors = "lld"
    LowLevelDescriptors_Deltas = "lld_de"
    Functionals = "func"


KNOWN = (FeatureSet.GeMAPSv01b, FeatureSet.eGeMAPSv01b, FeatureSet.eGeMAPSv02)


def set_of(value: Any) -> FeatureSet:
    """Give the set that a member, its name or its value says, if serfast has it."""
    wanted = _member("feature_set", value, FeatureSet)
    if wanted not in KNOWN:
        rule = f"one that serfast has, {', '.join(one.name for one in KNOWN)}"
        checks.refuse("feature_set", rule, wanted.name)
    return wanted


def level_of(value: Any) -> FeatureLevel:
    """Give the level that a member, its name or its value says, if these sets have it."""
    wanted = _member("feature_level", value, FeatureLevel)
    if wanted is FeatureLevel.LowLevelDescriptors_Deltas:
        rule = "Functionals or LowLevelDescriptors: these sets have no deltas"
        checks.refuse("feature_level", rule, wanted.name)
    return wanted


def _member(argument: str, value: Any, kind: type[Member]) -> Member:
    for one in kind:
        if value is one or value in (one.name, one.value):
            return one
    rule = f"one of {', '.join(one.name for one in kind)}"
    return checks.fail(argument, rule, value)
