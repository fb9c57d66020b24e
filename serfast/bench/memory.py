"""How much memory this process has. Only the standard library: it is run before NumPy is there."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

__all__ = ["memory"]


def memory() -> dict[str, int]:
    """Bytes of resident memory: ``peak``, and ``now`` where the system tells it.

    Linux and Windows tell both, other systems the peak alone; {} if none does.

    Examples
    --------
    >>> sorted(memory()) in (["now", "peak"], ["peak"], [])
    True
    """
    status = Path("/proc/self/status")
    if status.exists():
        # not getrusage: its peak includes that of the process that started this one
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        names = {"now": "VmRSS", "peak": "VmHWM"}
        return {name: 1024 * int(fields[field].split()[0]) for name, field in names.items()}
    if sys.platform == "win32":
        return _windows()
    return _unix()


def _unix() -> dict[str, int]:
    """Ask getrusage: bytes on macOS, KiB elsewhere."""
    try:
        import resource
    except ImportError:
        return {}
    unit = 1 if platform.system() == "Darwin" else 1024
    return {"peak": unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


if sys.platform == "win32":
    import ctypes
    import ctypes.wintypes as types

    class Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS: two 32-bit fields, then eight of the size of a pointer."""

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
