"""The statistics that are usual for a spec: a preset's for a preset, any rows' for another one."""

from __future__ import annotations

from collections.abc import Callable

from ..features.spec import FeatureSpec
from ..statistics.statistics import Statistics
from .egemaps import egemaps, egemaps_statistics, gemaps, gemaps_statistics
from .egemaps_opensmile import egemaps_opensmile, gemaps_opensmile
from .opensmile_statistics import egemaps_opensmile_statistics, gemaps_opensmile_statistics
from .pyaudioanalysis import pyaudioanalysis, pyaudioanalysis_statistics
from .speech import speech, speech_statistics

__all__ = ["usual_statistics"]

USUAL: tuple[tuple[Callable[[], FeatureSpec], Callable[[], Statistics]], ...] = (
    (speech, speech_statistics),
    (egemaps, egemaps_statistics),
    (gemaps, gemaps_statistics),
    (egemaps_opensmile, egemaps_opensmile_statistics),
    (gemaps_opensmile, gemaps_opensmile_statistics),
    (pyaudioanalysis, pyaudioanalysis_statistics),
)


def usual_statistics(spec: FeatureSpec) -> Statistics:
    """Give the statistics of a preset's rows, or ``Statistics()`` for a spec that is none of them.

    Parameters
    ----------
    spec : FeatureSpec

    Examples
    --------
    >>> usual_statistics(egemaps()) == egemaps_statistics()
    True
    """
    return next((make() for preset, make in USUAL if preset() == spec), Statistics())
