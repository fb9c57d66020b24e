/* Tells callgrind from inside which instructions to count. */
#include <valgrind/callgrind.h>

void start(void)
{
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
}

/* Writes what was counted since the last time, under this name. */
void stop(const char *name)
{
    CALLGRIND_DUMP_STATS_AT(name);
}
