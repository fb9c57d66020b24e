"""serfast._engine runs a program over a signal, with the kernels of one instruction set.

The parts, in the order in which they build on one another: which instruction set (isa), memory of a
program (arena), tables in the order of the kernels (packing), native twins of the features'
functions (twins, which setup.py writes), from the Python program to C structs (tables), whole
recordings (batch), streams (stream), rows that wait to be popped (row_queue), statistics, pYIN
(pyin), and the C interface (native).
"""

cdef extern from *:
    """
    /* The module is compiled for size, but its inline functions are what runs for every row. */
    #if defined(__GNUC__) && !defined(__clang__)
    #undef CYTHON_INLINE
    #define CYTHON_INLINE                                                                         \\
        inline __attribute__((__unused__, optimize("O2", "fp-contract=off", "no-math-errno",      \\
                                                   "no-trapping-math")))
    #endif
    """

include "isa.pxi"
include "arena.pxi"
include "packing.pxi"
include "twins.pxi"
include "tables.pxi"
include "abreast.pxi"
include "batch.pxi"
include "stream.pxi"
include "row_queue.pxi"
include "statistics.pxi"
include "pyin.pxi"
include "native.pxi"
