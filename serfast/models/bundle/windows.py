"""A stranger's spec may name these windows, with parameters within these ranges.

Some of SciPy's windows take a time and a memory that grow with a parameter, without a bound.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..._checks import shown
from ...errors import ModelError
from ...features.spectrum import PRAAT_GAUSSIAN

__all__ = ["WINDOWS", "check_window"]


class Range(NamedTuple):
    """It says a parameter's least and largest value, and whether None or a boolean will do."""

    low: float
    high: float
    other: tuple[Any, ...] = ()


POSITIVE = Range(0, 1e6)
ANY = Range(-1e6, 1e6)
SHARE = Range(0, 1)

PARAMETERS: dict[str, tuple[Range, ...]] = {
    "barthann bth brthan": (),
    "bartlett bart brt": (),
    "blackman black blk": (),
    "blackmanharris blackharr bkh": (),
    "bohman bman bmn": (),
    "boxcar box ones rect rectangular": (),
    "cosine halfcosine": (),
    "flattop flat flt": (),
    "hamming hamm ham": (),
    "hann han hanning": (),
    "lanczos sinc": (),
    "nuttall nutl nut": (),
    "parzen parz par": (),
    PRAAT_GAUSSIAN: (),
    "triang triangle tri": (),
    "chebwin cheb": (Range(0, 1000),),
    "dpss": (Range(0, 100),),
    "exponential poisson": (Range(-1e6, 1e6, (None,)), POSITIVE),
    "gaussian gauss gss": (POSITIVE,),
    "general_gaussian general_gauss ggs": (Range(0, 1000), POSITIVE),
    "general_hamming": (ANY,),
    "kaiser ksr": (Range(0, 500),),
    "kaiser_bessel_derived kbd": (Range(0, 500),),
    "taylor taylorwin": (Range(1, 64), Range(-300, 300), Range(0, 1, (True, False))),
    "tukey tuk": (SHARE,),
}

WINDOWS: dict[str, tuple[Range, ...]] = {
    spelling: ranges
    for names, ranges in PARAMETERS.items()
    for name in names.split()
    for spelling in {name, name.replace("_", " ")}
}
"""These are each window's parameters, in SciPy's order, by every name that SciPy has for it."""

MAX_COSINES = 16
"""A general_cosine may have at most this many terms."""


def check_window(value: Any) -> None:
    """Refuse a window, as JSON has it, that isn't a known name with parameters in their range.

    Weights, a list of numbers, are passed.

    Raises
    ------
    ModelError
        Naming the window.
    """
    if isinstance(value, list) and value and all(type(x) in (int, float) for x in value):
        return
    name, *parameters = value if isinstance(value, list) and value else [value]
    if isinstance(name, str):
        name = name.removesuffix("_symmetric").removesuffix("_periodic")
    if name in ("general_cosine", "general cosine"):
        if len(parameters) == 1 and _are_terms(parameters[0]):
            return
        rule = f"a list of 1 to {MAX_COSINES} numbers from {ANY.low:g} to {ANY.high:g}"
        raise ModelError(f"general_cosine in a bundle must have {rule}, got {shown(parameters)}")
    if not isinstance(name, str) or name not in WINDOWS:
        raise ModelError(f"window in a bundle must be a known one or weights, got {shown(value)}")
    ranges = WINDOWS[name]
    if len(parameters) > len(ranges):
        raise ModelError(
            f"window {name} in a bundle must have at most {len(ranges)} parameters, "
            f"got {len(parameters)}"
        )
    for range_, parameter in zip(ranges, parameters, strict=False):
        if not _is_within(parameter, range_):
            raise ModelError(
                f"parameter of the window {name} in a bundle must be {range_.low:g} to "
                f"{range_.high:g}, got {shown(parameter)}"
            )


def _are_terms(value: Any) -> bool:
    return (
        isinstance(value, list)
        and 1 <= len(value) <= MAX_COSINES
        and all(_is_within(x, ANY) for x in value)
    )


def _is_within(value: Any, range_: Range) -> bool:
    if value is None or isinstance(value, bool):
        return any(value is other for other in range_.other)
    return isinstance(value, (int, float)) and range_.low <= value <= range_.high
