"""The parts of `serfast bench`: facts of the machine, noise, processes, live streams."""

from __future__ import annotations

import json
import os
import time
from itertools import count, pairwise
from mmap import mmap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serfast import RMS, Delta, Extractor, FeatureSpec, Recognizer
from serfast.bench import capacity, live, noise
from serfast.bench.first_calls import first_calls
from serfast.bench.histogram import EDGES, bars, histogram, quantiles
from serfast.bench.laps import call_times
from serfast.bench.machine import machine, processors, state
from serfast.bench.measures import environment, measure, measure_all
from serfast.bench.memory import map_libraries, memory
from serfast.bench.predictions import predictions
from serfast.bench.settings import Settings, cut
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
    lines = bars({"edges": [1.0, 1.25, 1.6, 2.0, 2.5], "counts": [10, 0, 20, 1]}, width=40)
    assert [line.count("#") for line in lines] == [10, 0, 20, 1]
    assert {len(line) for line in lines} == {40}


def test_one_slow_call_is_one_line_away() -> None:
    lines = bars(histogram(np.array([1.1] * 100 + [1e6])))
    assert len(lines) == 3
    assert lines[1].strip() == "…"


@given(VALUES, st.integers(40, 120))
def test_bars_are_as_wide_as_the_terminal(values: np.ndarray, width: int) -> None:
    lines = [line for line in bars(histogram(values), width) if "…" not in line]
    assert {len(line) for line in lines} == {width}
    assert sum(int(line.split()[-1]) for line in lines) == len(values)


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


# --- noise ------------------------------------------------------------------------------------

CALM: dict[str, Any] = {
    "others": 0.02,
    "stolen": 0.01,
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
    assert (
        noise.warnings({**CALM, "others": None, "stolen": None, "states": [silent, silent]}) == []
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"others": 1.27}, "other programs keep 1.3 processors busy: stop them"),
        ({"stolen": 0.31}, "the host keeps 0.3 processors of this virtual machine for others"),
        ({"waited": 0.2}, "taken away for up to 20 % of the time"),
        ({"before": {**CALM["before"], "waited": 0.1}}, "taken away for up to 10 %"),
        ({"after": {**CALM["after"], "spread": 0.5}}, "took 50 % longer in one case out of ten"),
        (
            {"after": {**CALM["after"], "seconds": 1.3e-3}},
            "30 % slower in the end: its clock changed, or",
        ),
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
    before, after = "cpu 0 0 0 0 0 0 0 0 0 0", "cpu 30 0 20 140 10 0 0 40 0 0"
    stat.write_text(f"{before}\ncpu0 0\ncpu1 0\ncpu2 0\ncpu3 0\nintr 0\n")

    def pause(seconds: float) -> None:
        stat.write_text(stat.read_text().replace(before, after))

    monkeypatch.setattr(noise, "sleep", pause)
    assert noise.load(stat) == pytest.approx({"others": 4 * 50 / 240, "stolen": 4 * 40 / 240})
    assert noise.load(tmp_path / "none") == {"others": None, "stolen": None}


# --- times, memory and chunks -----------------------------------------------------------------


def test_each_call_is_timed_after_the_warm_up() -> None:
    arguments: list[int] = []
    times, waited = call_times(arguments.append, [1, 2, 3], warm_up=2, calls=250)
    assert len(times) == 250
    assert min(times) >= 0
    assert arguments == [1, 2, 3] * 84, "the warm-up takes the first two"
    assert 0 <= waited <= 1


def test_calls_end_with_the_time() -> None:
    times, waited = call_times(time.sleep, [0.002], warm_up=0, calls=10**6, seconds=0.1)
    assert len(times) == 100, "the clock is looked at after every hundred calls"
    assert min(times) >= 2_000_000
    assert waited > 0.5, "a process that sleeps doesn't run"


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads Linux's file")
def test_every_page_of_numpy_can_be_made_resident() -> None:
    map_libraries()
    lines = iter(Path("/proc/self/smaps").read_text().splitlines())
    sizes = []
    for line in lines:
        if "_multiarray_umath" in line and line.split()[1].startswith("r"):
            size, rss = (next(one for one in lines if one.startswith(f)) for f in ("Size", "Rss"))
            sizes.append((int(size.split()[1]), int(rss.split()[1])))
    assert sizes
    assert all(size == rss for size, rss in sizes), sizes


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads Linux's file")
def test_memory_is_exact() -> None:
    n_bytes = 40 * 2**20
    with mmap(-1, n_bytes) as block:  # malloc would take memory that an earlier test gave back
        before = memory()
        np.frombuffer(block, np.uint8)[:] = 1
        after = memory()
    assert after["now"] - before["now"] == pytest.approx(n_bytes, abs=2**20)
    assert after["peak"] >= after["now"]
    assert before["peak"] >= before["now"]


def test_chunks_are_whole() -> None:
    chunks = cut(np.arange(10, dtype=np.float32), 4)
    assert [chunk.tolist() for chunk in chunks] == [[0, 1, 2, 3], [4, 5, 6, 7]]


@pytest.mark.parametrize("chunk_ms", [1.0, 10.0, 25.0])
def test_a_chunk_never_completes_more_rows_than_there_is_room_for(chunk_ms: float) -> None:
    spec = FeatureSpec(features=[RMS(), Delta(RMS(name="other"), width=5)])
    settings = Settings(chunk_ms=chunk_ms, spec=spec)
    stream, out = Extractor(spec).stream(), settings.rows_of_a_chunk()
    counts = [stream.accept(chunk, out) for chunk in cut(settings.recording(), settings.chunk)]
    assert 0 < max(counts) <= len(out)


def test_first_calls_are_timed_in_order() -> None:
    clock = count()
    signal = np.zeros(4000, np.float32)
    times = first_calls(
        lambda serfast: serfast.FeatureSpec(features=[serfast.RMS()]),
        "native",
        signal,
        extractors=2,
        calls=3,
        chunks=[signal[:160]] * 4,
        clock=lambda: float(next(clock)),
    )
    assert times == {
        "import": [1.0],
        "extractor": [1.0] * 2,
        "call": [1.0] * 3,
        "stream": [1.0],
        "chunk": [1.0] * 4,
    }
    assert next(clock) == 2 * (1 + 2 + 3 + 1 + 4), "the clock is read before and after each"


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
    assert 0 <= two["waited"] <= 1


@pytest.mark.parametrize(("rate", "chunk_ms", "period"), [(8000, 10, 0.010), (8000, 0.3, 0.00025)])
def test_a_classifier_is_served_at_its_own_rate(rate: int, chunk_ms: float, period: float) -> None:
    settings = Settings(
        seconds=0.05, chunk_ms=chunk_ms, spec=FeatureSpec(sample_rate=rate, features=[RMS()])
    )
    assert live._rows(settings, 1).period == period
    own = Recognizer("svm").spec.sample_rate
    assert own != rate
    made = live._events(settings, "svm", 1)
    size = len(made.chunks[0])
    assert made.period == size / own == pytest.approx(chunk_ms / 1000, abs=0.5 / own)
    assert sum(map(len, made.chunks)) == pytest.approx(10 * own, abs=size)


def test_a_prediction_is_of_three_seconds_of_the_models_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard = []

    def predict(self: Recognizer, samples: np.ndarray, sample_rate: int) -> None:
        heard.append(len(samples) / sample_rate)

    monkeypatch.setattr(Recognizer, "predict", predict)
    predictions(Settings(seconds=0.05, spec=FeatureSpec(sample_rate=8000, features=[RMS()])), "svm")
    assert set(heard) == {3.0}


def test_a_cost_is_of_the_processor_not_of_the_clock() -> None:
    made = live.Streams([lambda chunk: time.sleep(0.02)], [None], period=0.25)
    cost, waited = live._cost(made, seconds=0.1)
    assert cost < 0.01
    assert waited > 0.5


def test_a_clock_of_coarse_ticks_is_waited_for_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"now": 0.0}

    def tell() -> float:
        clock["now"] += 1e-4
        return clock["now"]

    def sleep(seconds: float) -> None:
        tick = 1 / 64
        clock["now"] = tick * (1 + (clock["now"] + seconds) // tick)

    monkeypatch.setattr(live, "perf_counter", tell)
    monkeypatch.setattr(live, "sleep", sleep)
    made = live.Streams([lambda chunk: None], [None], period=0.05)
    calls = [(0.05 * k, 0, k) for k in range(1, 50)]
    assert live.serve(made, calls, 49).delays.max() > 0.01
    assert live.serve(made, calls, 49, awake=0.016).delays.max() < 0.001


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
            return [{"us": 40.0, "period": 0.01, "waited": 0.0} for _ in each]
        much = sum(job["streams"] for job in each) / max(in_time_up_to, 0.5)
        late = 0 if much <= 1 else (10 if much < 1.5 else 600)
        delays = [20_000.0] * late + [50.0] * (1000 - late)
        return [{"delays": delays, "busy": 0.5, "period": 0.01, "waited": 0.02} for _ in each]

    return measure_all


@pytest.mark.parametrize(
    ("really", "tried", "shown"),
    [
        (1000, [400], 400),
        (300, [400, 320, 256], 256),
        (110, [400, 200, 100], 100),
        (1, [400, 200, 100, 50, 25, 12, 6, 3, 1], 1),
        (0, [400, 200, 100, 50, 25, 12, 6, 3, 1], 0),
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
    assert found["period_ms"] == 10
    assert found["waited"] == 0.02
    assert said == ["cost of a chunk", *(f"{n} streams" for n in tried)]


def test_a_machine_too_slow_for_one_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "_cost", lambda *arguments: (0.01, 9000.0, 0.0))
    found = capacity.capacity(Settings(), None, lambda text: None)
    assert (found["computed"], found["shown"], found["runs"]) == (0, 0, [])


def test_settings_survive_json() -> None:
    settings = Settings("native", "avx2", 3, 20.0, 1.5)
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
    assert settings.chunk == 320


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"threads": 0}, "threads must be an int >= 1, got 0"),
        ({"threads": 4 * processors() + 1}, r"threads must be an int <= \d+, 4 for each processor"),
        ({"backend": "reference", "isa": "baseline"}, "isa must be None unless backend is 'nat"),
    ],
)
def test_settings_that_cannot_be(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Settings(**changed)
