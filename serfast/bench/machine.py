"""Facts about the machine: processor, clock, temperature, memory, as far as the system tells."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["machine", "processors", "state"]

ARM_CORES = {
    "0xd03": "Cortex-A53",
    "0xd04": "Cortex-A35",
    "0xd05": "Cortex-A55",
    "0xd07": "Cortex-A57",
    "0xd08": "Cortex-A72",
    "0xd09": "Cortex-A73",
    "0xd0a": "Cortex-A75",
    "0xd0b": "Cortex-A76",
    "0xd0c": "Neoverse N1",
    "0xd40": "Neoverse V1",
    "0xd41": "Cortex-A78",
    "0xd49": "Neoverse N2",
    "0xd4f": "Neoverse V2",
}
"""Names of the cores that Arm designed (implementer 0x41) by part number, which is in MIDR_EL1."""

THROTTLING = {0: "under-voltage", 1: "clock capped", 2: "throttled", 3: "temperature limit"}
"""Bits of the Raspberry Pi's get_throttled, as its documentation of vcgencmd names them."""

SINCE_START = 16
"""So many bits higher are those that stay set once the same has happened since the start."""

SENSORS = ("k10temp", "zenpower", "coretemp", "cpu_thermal")
"""Drivers of the sensors inside processors: of AMD, of Intel, of boards."""


def machine(root: Path = Path("/")) -> dict[str, Any]:
    """Give what doesn't change while a benchmark runs.

    Parameters
    ----------
    root : Path
        Folder in which /proc and /sys are.

    Returns
    -------
    dict
        ``cpu``: name of the processor; ``board``: its name, or None; ``processors``: how many may
        be used; ``memory``: bytes, or None; ``system``: its name and release; ``architecture``.
    """
    return {
        "cpu": _cpu(root),
        "board": _text(root / "proc/device-tree/model"),
        "processors": processors(),
        "memory": _memory(root),
        "system": f"{platform.system()} {platform.release()}",
        "architecture": platform.machine(),
    }


def state(root: Path = Path("/")) -> dict[str, Any]:
    """Give what changes while a benchmark runs.

    Returns
    -------
    dict
        ``governors``: list, each once; ``mhz``: list of clocks; ``celsius``: the hottest sensor of
        the processor, or of all; ``throttled``: list of what slows the board down, or has since it
        started. What the system doesn't tell is None or [].
    """
    cpus = sorted((root / "sys/devices/system/cpu").glob("cpu[0-9]*/cpufreq"))
    clocks = [_number(cpu / "scaling_cur_freq") for cpu in cpus]
    return {
        "governors": sorted({g for cpu in cpus if (g := _text(cpu / "scaling_governor"))}),
        "mhz": [round(khz / 1000) for khz in clocks if khz],
        "celsius": _celsius(root),
        "throttled": _throttled(root),
    }


def processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cpu(root: Path) -> str:
    fields: dict[str, str] = {}
    for line in (_text(root / "proc/cpuinfo") or "").splitlines():
        name, _, value = line.partition(":")
        fields.setdefault(name.strip(), value.strip())
    if model := fields.get("model name"):
        return model
    if part := fields.get("CPU part"):
        arm = fields.get("CPU implementer") == "0x41"
        return (ARM_CORES.get(part) if arm else None) or f"CPU part {part}"
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip() or platform.machine()
    return platform.processor() or platform.machine()


def _memory(root: Path) -> int | None:
    for line in (_text(root / "proc/meminfo") or "").splitlines():
        if line.startswith("MemTotal:"):
            return 1024 * int(line.split()[1])
    return None


def _celsius(root: Path) -> float | None:
    zones = sorted((root / "sys/class/thermal").glob("thermal_zone*"))
    readings = [(_text(zone / "type") or "", _number(zone / "temp")) for zone in zones]
    celsius = [(kind.lower(), value / 1000) for kind, value in readings if value is not None]
    processor = [value for kind, value in celsius if "cpu" in kind or "pkg" in kind]
    return max(processor or _sensors(root) or [value for _, value in celsius], default=None)


def _sensors(root: Path) -> list[float]:
    """Read the temperatures that the processor's driver gives."""
    monitors = (root / "sys/class/hwmon").glob("hwmon*")
    files = [
        file
        for monitor in monitors
        if _text(monitor / "name") in SENSORS
        for file in monitor.glob("temp*_input")
    ]
    return [value / 1000 for file in files if (value := _number(file)) is not None]


def _throttled(root: Path) -> list[str]:
    text = _text(root / "sys/devices/platform/soc/soc:firmware/get_throttled")
    try:
        bits = int(text or "0", 16)
    except ValueError:
        return []
    now = [name for bit, name in THROTTLING.items() if bits >> bit & 1]
    since = [name for bit, name in THROTTLING.items() if bits >> bit + SINCE_START & 1]
    return now + [f"{name} since the board started" for name in since if name not in now]


def _text(path: Path) -> str | None:
    """Read a file of the kernel; give None if there is none, or nothing in it."""
    try:
        return path.read_text("utf-8", "replace").strip("\0\n ") or None
    except OSError:
        return None


def _number(path: Path) -> int | None:
    text = _text(path)
    return int(text) if text is not None and text.lstrip("-").isdecimal() else None
