# The table of serfast/include/serfast.h: exported by name, and in a PyCapsule.

from cpython.pycapsule cimport PyCapsule_New

from serfast_api cimport SERFAST_ABI, serfast_api

cdef extern from *:
    """
    #ifdef _WIN32
    #define SERFAST_EXPORTED /* setup.py tells the linker */
    #else
    #define SERFAST_EXPORTED __attribute__((visibility("default")))
    #endif

    static serfast_api serfast_table; /* its abi is 0 until the module is ready */

    SERFAST_EXPORTED const serfast_api *serfast_get_api(uint32_t abi)
    {
        return abi == SERFAST_ABI && serfast_table.abi != 0 ? &serfast_table : NULL;
    }
    """
    serfast_api serfast_table

serfast_table.size = sizeof(serfast_api)
serfast_table.message = message
serfast_table.make_program = make_program
serfast_table.free_program = free_program
serfast_table.column_count = column_count
serfast_table.row_count = row_count
serfast_table.extract = extract
serfast_table.make_stream = make_stream
serfast_table.free_stream = free_stream
serfast_table.ready_count = ready_count
serfast_table.accept = accept
serfast_table.flush = flush
serfast_table.reset = reset
serfast_table.abi = SERFAST_ABI  # last: from now on serfast_get_api gives it
_C_API = PyCapsule_New(&serfast_table, "serfast._engine._C_API", NULL)
