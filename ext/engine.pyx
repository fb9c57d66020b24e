"""serfast._engine runs a program over a signal, with the kernels of one instruction set.

The parts, in the order in which they build on one another: which instruction set (isa), memory of a
program (arena), tables in the order of the kernels (packing), native twins of the features'
functions (twins, which setup.py writes), from the Python program to C structs (tables), whole
recordings (batch), streams (stream), statistics, pYIN (pyin), and the C interface (native).
"""

include "isa.pxi"
include "arena.pxi"
include "packing.pxi"
include "twins.pxi"
include "tables.pxi"
include "abreast.pxi"
include "batch.pxi"
include "stream.pxi"
include "statistics.pxi"
include "pyin.pxi"
include "native.pxi"
