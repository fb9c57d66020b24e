"""The facts of a machine, read from files like those of boards and servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from serfast.bench.machine import machine, state


def write(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


PI = {
    "proc/cpuinfo": "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n",
    "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0",
    "proc/meminfo": "MemTotal:        3884360 kB\n",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "ondemand\n",
    "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "ondemand\n",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq": "600000\n",
    "sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq": "1800000\n",
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal\n",
    "sys/class/thermal/thermal_zone0/temp": "82300\n",
    "sys/class/thermal/thermal_zone1/type": "battery\n",
    "sys/class/thermal/thermal_zone1/temp": "99000\n",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "50005\n",
}


def test_a_raspberry_pi(tmp_path: Path) -> None:
    root = write(tmp_path, PI)
    facts = machine(root)
    assert facts["cpu"] == "Cortex-A72"
    assert facts["board"] == "Raspberry Pi 4 Model B Rev 1.4"
    assert facts["memory"] == 3884360 * 1024
    assert state(root) == {
        "governors": ["ondemand"],
        "mhz": [600, 1800],
        "celsius": 82.3,
        "throttled": ["under-voltage", "throttled"],
    }


def test_what_a_board_remembers(tmp_path: Path) -> None:
    where = "sys/devices/platform/soc/soc:firmware/get_throttled"
    root = write(tmp_path, {where: "50004\n"})
    assert state(root)["throttled"] == ["throttled", "under-voltage since the board started"]


def test_a_processors_own_sensor(tmp_path: Path) -> None:
    files = {
        "sys/class/hwmon/hwmon0/name": "nvme\n",
        "sys/class/hwmon/hwmon0/temp1_input": "91000\n",
        "sys/class/hwmon/hwmon1/name": "k10temp\n",
        "sys/class/hwmon/hwmon1/temp1_input": "48125\n",
        "sys/class/hwmon/hwmon1/temp3_input": "51000\n",
    }
    assert state(write(tmp_path, files))["celsius"] == 51.0
    zone = {"sys/class/thermal/thermal_zone0/type": "acpitz\n"}
    zone["sys/class/thermal/thermal_zone0/temp"] = "27800\n"
    assert state(write(tmp_path, zone))["celsius"] == 51.0
    zone["sys/class/thermal/thermal_zone0/type"] = "x86_pkg_temp\n"
    assert state(write(tmp_path, zone))["celsius"] == 27.8


def test_a_machine_that_tells_nothing(tmp_path: Path) -> None:
    facts = machine(tmp_path)
    assert facts["cpu"]
    assert facts["processors"] >= 1
    assert facts["board"] is facts["memory"] is None
    assert state(tmp_path) == {"governors": [], "mhz": [], "celsius": None, "throttled": []}


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        ("model name\t: AMD EPYC 7B13\n", "AMD EPYC 7B13"),
        ("CPU implementer\t: 0x41\nCPU part\t: 0xd03\n", "Cortex-A53"),
        ("CPU implementer\t: 0x41\nCPU part\t: 0xfff\n", "CPU part 0xfff"),
        ("CPU implementer\t: 0x61\nCPU part\t: 0xd03\n", "CPU part 0xd03"),
    ],
)
def test_names_of_processors(cpuinfo: str, name: str, tmp_path: Path) -> None:
    assert machine(write(tmp_path, {"proc/cpuinfo": cpuinfo}))["cpu"] == name
