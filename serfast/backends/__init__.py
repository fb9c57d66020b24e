"""A back end runs a program; no back end silently replaces another one."""

from .choice import (
    BACKENDS,
    NATIVE,
    VARIABLE,
    WITHOUT_NATIVE,
    available,
    chosen,
    get,
    get_pyin,
    get_row_queue,
    get_vector,
    is_missing,
    make_programs_with,
    native_info,
    require_choice,
    without_native,
)
from .interface import Run

__all__ = [
    "BACKENDS",
    "NATIVE",
    "VARIABLE",
    "WITHOUT_NATIVE",
    "Run",
    "available",
    "chosen",
    "get",
    "get_pyin",
    "get_row_queue",
    "get_vector",
    "is_missing",
    "make_programs_with",
    "native_info",
    "require_choice",
    "without_native",
]
