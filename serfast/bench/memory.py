"""How much memory this process has; this file needs the standard library alone.

It is also loaded by its path, in processes that have nothing else.
"""

from __future__ import annotations

import platform
import sys
from contextlib import suppress
from pathlib import Path

__all__ = ["map_libraries", "memory", "private_memory"]

POPULATE = 22
"""Linux's MADV_POPULATE_READ (5.14): map every page of these addresses now."""


def memory() -> dict[str, int]:
    """Give the bytes of resident memory: ``peak``, and ``now`` where the system tells it.

    Linux and Windows tell both, other systems the peak alone, some neither: then the dict is empty.

    Examples
    --------
    >>> sorted(memory()) in (["now", "peak"], ["peak"], [])
    True
    """
    if Path("/proc/self/status").exists():
        return _linux()
    if sys.platform == "win32":
        return _windows()
    return _unix()


def private_memory() -> int | None:
    """Give the bytes of resident memory that are in no file; None where the system doesn't tell.

    The rest are pages of libraries and of mapped files. All processes share them, and the system
    may drop them, as it can read them again. Linux tells it.

    Examples
    --------
    >>> private = private_memory()
    >>> private is None or 0 < private < memory()["now"]
    True
    """
    with suppress(OSError):
        return _fields("/proc/self/smaps_rollup").get("Anonymous")
    return None


def map_libraries() -> None:
    """Make every page of the libraries that are loaded by now resident, on Linux.

    Otherwise the first call of a library's function maps as many pages around it as the system
    happens to hold side by side: megabytes of NumPy that differ from one installation to the next,
    and that would count for whoever called NumPy.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # optional: only processes whose memory is compared need it

    madvise = ctypes.CDLL(None).madvise
    for line in Path("/proc/self/maps").read_text().splitlines():
        addresses, rights, *_, name = line.split(maxsplit=5)
        if name.startswith("/") and rights[0] == "r":
            begin, end = (int(address, 16) for address in addresses.split("-"))
            madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), POPULATE)


def _linux() -> dict[str, int]:
    """Read /proc; getrusage would include the peak of the process that started this one.

    The kernel keeps the numbers in "status" only roughly, to some dozens of pages, where it counts
    them for each processor. Those in "smaps_rollup" are exact, but not every kernel has that file.
    """
    status = _fields("/proc/self/status")
    now, peak = status["VmRSS"], status["VmHWM"]
    with suppress(OSError):
        now = _fields("/proc/self/smaps_rollup")["Rss"]
    return {"now": now, "peak": max(now, peak)}


def _fields(path: str) -> dict[str, int]:
    """Read the sizes of a file of the kernel, which counts them in kB, as bytes."""
    lines = [line.split() for line in Path(path).read_text().splitlines()]
    return {line[0][:-1]: 1024 * int(line[1]) for line in lines if line[-1:] == ["kB"]}


def _unix() -> dict[str, int]:
    """Ask getrusage, which gives bytes on macOS and KiB elsewhere."""
    try:
        import resource  # optional: not every system has it
    except ImportError:
        return {}
    unit = 1 if platform.system() == "Darwin" else 1024
    return {"peak": unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


if sys.platform == "win32":
    import ctypes
    import ctypes.wintypes as types

    class Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS has two 32-bit fields, then eight of the size of a pointer."""

        _fields_ = (
            ("size", types.DWORD),
            ("faults", types.DWORD),
            *((name, ctypes.c_size_t) for name in ("peak", "now", *"abcdef")),
        )

    def _windows() -> dict[str, int]:
        """Ask K32GetProcessMemoryInfo."""
        counters = Counters(size=ctypes.sizeof(Counters))
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = types.HANDLE
        process = types.HANDLE(kernel.GetCurrentProcess())
        if not kernel.K32GetProcessMemoryInfo(process, ctypes.byref(counters), counters.size):
            return {}
        return {"now": counters.now, "peak": counters.peak}
