# Which instruction sets there are, and the one in use: the best, or what SERFAST_ISA names.

import os

from kernels cimport serfast_built, serfast_can_run, serfast_kernels

cdef extern from *:
    """
    #if defined(__clang__)
    #define SERFAST_COMPILER "clang " __clang_version__
    #elif defined(__GNUC__)
    #define SERFAST_COMPILER "gcc " __VERSION__
    #else
    #define SERFAST_COMPILER "unknown"
    #endif
    """
    const char *SERFAST_COMPILER

cdef const serfast_kernels *kernels


def compiler():
    """Name and version of the compiler that built this module."""
    return SERFAST_COMPILER.decode()


def isa_built():
    """Names of the instruction sets that this module was built for, plainest first."""
    names = []
    cdef int i = 0
    while serfast_built(i) != NULL:
        names.append(serfast_built(i).isa.decode())
        i += 1
    return names


def isa_available():
    """Those of them that this CPU can run."""
    names = isa_built()
    return [names[i] for i in range(len(names)) if serfast_can_run(serfast_built(i))]


def isa_in_use():
    """The one that computes."""
    return kernels.isa.decode()


def _choose(str wanted):
    global kernels
    built, available = isa_built(), isa_available()
    if wanted and wanted not in built:
        raise ImportError(f"SERFAST_ISA must be one of {', '.join(built)}, got {wanted!r}")
    if wanted and wanted not in available:
        raise ImportError(
            f"SERFAST_ISA must be one that this CPU has ({', '.join(available)}), got {wanted!r}"
        )
    kernels = serfast_built(built.index(wanted or available[-1]))


_choose(os.environ.get("SERFAST_ISA", ""))
