# Memory of a program: C arrays that live as long as the Arena does.

import numpy as np

from libc.stdint cimport int32_t, uintptr_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy

from kernels cimport SERFAST_PAD

cdef enum:
    LINE = 64  # bytes


cdef class Arena:
    """It owns every block that it gives out."""

    cdef void **blocks
    cdef size_t count

    def __dealloc__(self):
        cdef size_t i
        for i in range(self.count):
            free(self.blocks[i])
        free(self.blocks)

    cdef void *new(self, size_t n_bytes) except NULL:
        """Give a block of zeros that begins on a line of the cache: so do the vectors of tables."""
        cdef void **grown = <void **>malloc((self.count + 1) * sizeof(void *))
        cdef size_t i
        if grown == NULL:
            raise MemoryError
        for i in range(self.count):
            grown[i] = self.blocks[i]
        free(self.blocks)
        self.blocks = grown
        self.blocks[self.count] = calloc(n_bytes + LINE, 1)
        if self.blocks[self.count] == NULL:
            raise MemoryError
        self.count += 1
        return <void *>((<uintptr_t>self.blocks[self.count - 1] + LINE - 1) // LINE * LINE)

    cdef float *floats(self, values, size_t padding=SERFAST_PAD) except NULL:
        """Give the values as floats, rounded to nearest, with zeros after them."""
        cdef bytes data = np.ascontiguousarray(values, dtype=np.float32).tobytes()
        cdef float *block = <float *>self.new(len(data) + padding * sizeof(float))
        memcpy(block, <const char *>data, len(data))
        return block

    cdef double *doubles(self, values) except NULL:
        """Give the values as doubles."""
        cdef bytes data = np.ascontiguousarray(values, dtype=np.float64).tobytes()
        cdef double *block = <double *>self.new(len(data))
        memcpy(block, <const char *>data, len(data))
        return block

    cdef int32_t *ints(self, values) except NULL:
        """Give the values as 32-bit integers."""
        cdef bytes data = np.ascontiguousarray(values, dtype=np.int32).tobytes()
        cdef int32_t *block = <int32_t *>self.new(len(data))
        memcpy(block, <const char *>data, len(data))
        return block
