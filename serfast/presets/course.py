"""The ten functionals of a course in time, of F0 and of loudness, and their published names."""

from __future__ import annotations

__all__ = ["COURSE", "COURSE_NAMES"]

COURSE = (
    *("mean", "cv", "p20", "p50", "p80", "range20_80"),
    *("rising_slope_mean", "rising_slope_std", "falling_slope_mean", "falling_slope_std"),
)
COURSE_NAMES = (
    *("amean", "stddevNorm", "percentile20.0", "percentile50.0", "percentile80.0", "pctlrange0-2"),
    *("meanRisingSlope", "stddevRisingSlope", "meanFallingSlope", "stddevFallingSlope"),
)
