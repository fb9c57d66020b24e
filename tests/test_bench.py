"""The parts of `serfast bench`: facts of the machine, noise, processes, live streams."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serfast.bench import capacity, live, noise
from serfast.bench.histogram import EDGES, bars, histogram, quantiles
from serfast.bench.machine import machine, state
from serfast.bench.process import measure, measure_all
from serfast.bench.settings import Settings
from serfast.errors import ParameterError, SerfastError

# --- histogram and quantiles ------------------------------------------------------------------

VALUES = st.lists(st.floats(0, 1e9), min_size=1, max_size=50).map(np.array)


@given(VALUES)
def test_every_value_is_in_its_bin(values: np.ndarray) -> None:
    counted = histogram(values)
    edges, counts = np.array(counted["edges"]), counted["counts"]
    assert set(edges) <= set(EDGES)
    inside = np.clip(values, EDGES[0], np.nextafter(EDGES[-1], 0))
    expected = [np.sum((low <= inside) & (inside < high)) for low, high in pairwise(edges)]
    assert counts == expected
    assert counts[0]
    assert counts[-1]


@given(VALUES)
def test_quantiles_are_numpys(values: np.ndarray) -> None:
    found = quantiles(values)
    for name, share in {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "max": 1}.items():
        assert found[name] == np.quantile(values, share, method="inverted_cdf"), name


def test_bars_are_as_long_as_the_counts() -> None:
    lines = bars({"edges": [1.0, 1.25, 1.6, 2.0, 2.5], "counts": [10, 0, 20, 1]}, width=20)
    assert [line.count("#") for line in lines] == [10, 0, 20, 1]
    assert len({len(line) for line in lines}) == 1


# --- the machine ------------------------------------------------------------------------------


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


# --- noise ------------------------------------------------------------------------------------

CALM: dict[str, Any] = {
    "others": 0.02,
    "before": {"seconds": 1e-3, "spread": 0.03, "waited": 0.001},
    "after": {"seconds": 1.01e-3, "spread": 0.03, "waited": 0.001},
    "waited": 0.004,
    "states": [{"governors": ["performance"], "mhz": [], "celsius": 50.0, "throttled": []}] * 2,
}


def hot(**changes: Any) -> list[dict[str, Any]]:
    return [CALM["states"][0], {**CALM["states"][1], **changes}]


def test_a_calm_machine_has_no_warning() -> None:
    assert noise.warnings(CALM) == []
    silent = {"governors": [], "mhz": [], "celsius": None, "throttled": []}
    assert noise.warnings({**CALM, "others": None, "states": [silent, silent]}) == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"others": 1.27}, "other programs keep 1.3 processors busy: stop them"),
        ({"waited": 0.2}, "taken away for up to 20 % of the time"),
        ({"before": {**CALM["before"], "waited": 0.1}}, "taken away for up to 10 %"),
        ({"after": {**CALM["after"], "spread": 0.5}}, "took 50 % longer in one case out of ten"),
        ({"after": {**CALM["after"], "seconds": 1.3e-3}}, "30 % slower in the end"),
        ({"after": {**CALM["after"], "seconds": 0.8e-3}}, "20 % faster in the end"),
        ({"states": hot(governors=["ondemand"])}, "governor ondemand, performance: the clock"),
        ({"states": hot(celsius=84.0)}, "the processor is at 84 °C"),
        ({"states": hot(throttled=["under-voltage"])}, "the board reports: under-voltage"),
    ],
)
def test_a_noisy_machine_is_warned_of(changed: dict[str, Any], message: str) -> None:
    (said,) = noise.warnings({**CALM, **changed})
    assert message in said


def test_others_are_counted_in_processors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu 0 0 0 0 0 0 0 0 0 0\ncpu0 0\ncpu1 0\ncpu2 0\ncpu3 0\nintr 0\n")

    def pause(seconds: float) -> None:
        stat.write_text(stat.read_text().replace("cpu 0 0 0 0 0", "cpu 30 0 20 140 10"))

    monkeypatch.setattr(noise, "sleep", pause)
    assert noise.busy_others(stat) == pytest.approx(4 * 50 / 200)
    assert noise.busy_others(tmp_path / "none") is None


# --- processes --------------------------------------------------------------------------------


def test_the_instruction_set_is_the_one_chosen() -> None:
    assert measure("engine", Settings(isa="baseline"))["isa"] == "baseline"
    assert measure("engine", Settings(backend="reference"))["isa"] is None


@pytest.mark.parametrize(
    ("name", "settings", "arguments", "message"),
    [
        ("latency", Settings(backend="reference"), {}, "stream must be 'native'"),
        ("predictions", Settings(), {"classifier": "none"}, "classifier must be an installed"),
        ("live", Settings(), {"classifier": "none", "streams": 1, "paced": True}, "installed"),
        ("engine", Settings(isa="mmx"), {}, "SERFAST_ISA must be one of"),
        ("cook", Settings(), {}, "measurement must be one of"),
    ],
)
def test_an_error_there_is_an_error_here(
    name: str, settings: Settings, arguments: dict[str, Any], message: str
) -> None:
    together = name == "live"
    with pytest.raises(SerfastError, match=message):
        measure_all(name, settings, [arguments], together)


def test_the_working_folder_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "serfast").mkdir()
    (tmp_path / "serfast" / "__init__.py").write_text("raise RuntimeError('the wrong one')")
    monkeypatch.chdir(tmp_path)
    assert measure("engine", Settings())["serfast"]


def test_libraries_have_one_thread_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from serfast.bench.process import environment

    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    made = environment(Settings(isa="avx2"))
    assert made["OMP_NUM_THREADS"] == "1"
    assert made["SERFAST_ISA"] == "avx2"
    assert os.environ["OMP_NUM_THREADS"] == "64"


# --- live streams -----------------------------------------------------------------------------


@pytest.mark.parametrize("classifier", [None, "svm"])
def test_every_chunk_of_every_stream_has_a_delay(classifier: str | None) -> None:
    settings = Settings(seconds=0.2)
    each = [{"classifier": classifier, "streams": n, "paced": True} for n in (2, 3)]
    two, three = measure_all("live", settings, each, together=True)
    assert len(two["delays"]) == 2 * 20
    assert len(three["delays"]) == 3 * 20
    assert min(two["delays"]) > 0
    assert two["busy"] > 0


def test_a_long_run_of_many_streams_keeps_so_many_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST", 7)
    monkeypatch.setattr(live, "ready", lambda: None)
    settings = Settings(seconds=0.2)
    assert len(live.live(settings, None, streams=2, paced=True)["delays"]) == 7
    assert len(live.live(settings, None, streams=9, paced=True)["delays"]) == 9, "one of each"


def serving(in_time_up_to: int) -> Any:
    """A machine that serves so many streams in all, at 40 µs a chunk."""

    def measure_all(
        name: str, settings: Settings, each: list[dict[str, Any]], together: bool
    ) -> list[dict[str, Any]]:
        if not each[0]["paced"]:
            return [{"us": 40.0} for _ in each]
        late = sum(job["streams"] for job in each) > in_time_up_to
        return [{"delays": [20_000.0 if late else 50.0] * 1000, "busy": 0.5} for _ in each]

    return measure_all


@pytest.mark.parametrize(
    ("really", "tried", "shown"),
    [
        (1000, [400], 400),
        (300, [400, 320, 256], 256),
        (0, [400, 320, 256, 204, 163], 0),
    ],
)
def test_fewer_streams_are_tried_until_all_are_served(
    really: int, tried: list[int], shown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capacity, "measure_all", serving(really))
    said: list[str] = []
    found = capacity.capacity(Settings(threads=2), None, said.append)
    assert found["cost_us"] == 40
    assert found["computed"] == 400, "80 % of 10 ms, in two processes"
    assert [run["streams"] for run in found["runs"]] == tried
    assert found["shown"] == shown
    assert said == ["cost of a chunk", *(f"{n} streams" for n in tried)]


def test_a_machine_too_slow_for_one_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "_cost", lambda *arguments: 9000.0)
    found = capacity.capacity(Settings(), None, lambda text: None)
    assert (found["computed"], found["shown"], found["runs"]) == (0, 0, [])


def test_settings_survive_json() -> None:
    settings = Settings("numba", "avx2", 3, 20.0, 1.5)
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
    assert settings.chunk == 320
    with pytest.raises(ParameterError, match="threads must be an int >= 1, got 0"):
        Settings(threads=0)
