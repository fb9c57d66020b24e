"""The sets of features and their levels, by openSMILE's names; those that serfast has."""

from __future__ import annotations

import os
import warnings
from enum import Enum
from typing import Any, TypeVar

from ... import _checks as checks

__all__ = ["FeatureLevel", "FeatureSet", "level_of", "set_of"]

Member = TypeVar("Member", bound=Enum)


class FeatureSet(Enum):
    """These are openSMILE's sets; serfast has GeMAPSv01b, eGeMAPSv01b and eGeMAPSv02."""

    ComParE_2016 = "compare/ComParE_2016"
    GeMAPS = "gemaps/v01a/GeMAPSv01a"
    GeMAPSv01a = GeMAPS
    GeMAPSv01b = "gemaps/v01b/GeMAPSv01b"
    eGeMAPS = "egemaps/v01a/eGeMAPSv01a"
    eGeMAPSv01a = eGeMAPS
    eGeMAPSv01b = "egemaps/v01b/eGeMAPSv01b"
    eGeMAPSv02 = "egemaps/v02/eGeMAPSv02"
    emobase = "emobase/emobase"
    IS09 = "is09-13/IS09_emotion"
    IS10 = "is09-13/IS10_paraling_compat"
    IS11 = "is09-13/IS11_speaker_state"
    IS12 = "is09-13/IS12_speaker_trait_compat"
    IS13 = "is09-13/IS13_ComParE"


class FeatureLevel(Enum):
    """The rows of low-level descriptors, or their functionals over a recording."""

    LowLevelDescriptors = "lld"
    LowLevelDescriptors_Deltas = "lld_de"
    Functionals = "func"


KNOWN = (FeatureSet.GeMAPSv01b, FeatureSet.eGeMAPSv01b, FeatureSet.eGeMAPSv02)


def set_of(value: Any) -> FeatureSet:
    """Give the set that a member, its name or its value says, if serfast has it."""
    if value is None:
        warnings.warn(
            "no feature_set is given: opensmile-python takes ComParE_2016 then, which serfast "
            "lacks; eGeMAPSv02 is taken",
            stacklevel=3,
        )
        return FeatureSet.eGeMAPSv02
    if isinstance(value, os.PathLike) or str(value).endswith(".conf"):
        rule = f"one of {', '.join(one.name for one in KNOWN)}: serfast runs no configuration file"
        checks.fail("feature_set", rule, value)
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
    for name, one in kind.__members__.items():
        if value is one or value in (name, one.value):
            return one
    rule = f"one of {', '.join(one.name for one in kind)}"
    return checks.fail(argument, rule, value)
