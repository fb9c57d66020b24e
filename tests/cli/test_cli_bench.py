"""`serfast bench`: the whole command once, in a few seconds; then its parts."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib
import pytest

import serfast
from serfast.bench import compare, picture, report, suite
from serfast.bench import saved as saved_result
from serfast.bench.settings import Settings, whole_row
from serfast.cli.main import main
from serfast.models import registry

QUICK = Settings(seconds=0.05)


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    """Everything measured, in as little time as possible; figures of a busy machine."""
    return json.loads(json.dumps(suite.run(QUICK)))


@pytest.fixture
def again(measured: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The command gives these figures without measuring; a copy that may be changed."""
    result = copy.deepcopy(measured)
    monkeypatch.setattr(suite, "run", lambda settings, step: result)
    return result


def saved(result: dict[str, Any], folder: Path) -> Path:
    path = folder / "old.json"
    path.write_text(json.dumps(result))
    return path


# --- what is measured -------------------------------------------------------------------------


def test_every_feature_and_the_whole_row_have_a_throughput(measured: dict[str, Any]) -> None:
    works = [row["work"] for row in measured["throughput"]]
    assert works == [
        *("RMS, 512", "ZeroCrossingRate, 512", "LogMel, 512, 40 columns"),
        *("MFCC, 512, 13 columns", "YIN, 1024, 2 columns", "whole row"),
    ]
    for row in measured["throughput"]:
        assert row["us_per_row"] * row["times_real_time"] == pytest.approx(10_000, rel=0.01)
    assert sum(row["columns"] for row in measured["throughput"]) == 2 * 57


def test_latency_is_of_every_chunk(measured: dict[str, Any]) -> None:
    found = measured["latency"]
    us = found["us"]
    assert list(us) == ["p50", "p99", "p99.9", "max"]
    assert list(us.values()) == sorted(us.values())
    counts, edges = found["histogram"]["counts"], found["histogram"]["edges"]
    assert sum(counts) == found["chunks"] >= 100
    assert edges[0] <= us["p50"] < us["max"] < edges[-1]


def test_every_installed_classifier_predicts_or_says_why_not(measured: dict[str, Any]) -> None:
    assert [row["classifier"] for row in measured["predictions"]] == list(registry.available())
    (svm,) = [row for row in measured["predictions"] if row["classifier"] == "svm"]
    assert svm["ms"] * svm["per_second"] == pytest.approx(1000)
    assert svm["load_ms"] > 0


def test_each_part_of_the_start_takes_longer_than_the_one_before(measured: dict[str, Any]) -> None:
    seconds = measured["startup"]["seconds"]
    assert list(seconds) == ["python", "numpy", "serfast", "first row"]
    assert 0 < seconds["python"] < seconds["numpy"] < seconds["first row"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems needn't tell")
def test_memory_is_told(measured: dict[str, Any]) -> None:
    memory = measured["startup"]["memory"]
    assert (
        10 * 2**20 < memory["numpy"]["now"] < memory["serfast"]["now"] <= memory["serfast"]["peak"]
    )


def test_live_streams_are_computed_and_run(measured: dict[str, Any]) -> None:
    rows, *events = measured["live"]
    assert rows["classifier"] is None
    assert "svm" in [row["classifier"] for row in events]
    for row in measured["live"]:
        assert row["computed"] == int(0.8 * 10_000 / row["cost_us"])
        assert row["runs"][0]["streams"] == row["computed"]
        assert row["shown"] in (0, row["runs"][-1]["streams"])


def test_what_computed_is_told(measured: dict[str, Any]) -> None:
    assert measured["engine"]["isa"] == serfast.native_info()["in_use"]
    assert measured["engine"]["serfast"] == serfast.__version__
    assert measured["machine"]["cpu"]
    assert Settings.from_dict(measured["settings"]) == QUICK


def test_classifiers_are_live_though_the_spec_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = serfast.FeatureSpec(pad_mode="reflect", features=[serfast.RMS()])
    monkeypatch.setattr(registry, "available", lambda: ("svm",))
    monkeypatch.setattr(suite, "startup", lambda settings, streams, step: {"streams": streams})
    found = suite.run(Settings(seconds=0.05, spec=spec))
    assert found["latency"]["error"].startswith("pad_mode of a stream must be")
    assert found["startup"] == {"streams": False}
    rows, svm = found["live"]
    assert rows == {"classifier": None, "error": found["latency"]["error"]}
    assert svm["classifier"] == "svm"
    assert svm["runs"]


# --- the command ------------------------------------------------------------------------------


def test_page(again: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    again["warnings"] = ["other programs keep 1.3 processors busy: stop them"]
    assert main(["bench"]) == 0
    page = capsys.readouterr().out
    assert [line for line in page.splitlines() if len(line) > 120] == []
    for word in ("times real time", "p99.9", "#", "svm", "Start-up: Python", "Live streams"):
        assert word in page
    assert "Warning: other programs keep 1.3 processors busy: stop them" in page
    for row in again["throughput"]:
        assert report.digits(row["us_per_row"]) in page
    shown = again["live"][0]["shown"]
    assert f"This machine carries {shown or 'no'} live stream" in page


def test_no_line_ends_between_a_number_and_its_unit(
    again: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """The names have every length, so that the line would end at every place of an entry."""
    row = next(one for one in again["predictions"] if one.get("peak"))
    for length in range(1, 24):
        again["predictions"] = [{**row, "classifier": "x" * length} for _ in range(6)]
        assert main(["bench"]) == 0
        page = capsys.readouterr().out
        peaks = page[page.index("Peak memory") :].split("\n\n")[0]
        assert len(re.findall("[0-9.]+ MiB", peaks)) == peaks.count("MiB") >= 6
        assert max(map(len, peaks.splitlines())) <= report.WIDTH


def test_json_is_what_was_measured(again: dict[str, Any], tmp_path: Path, capsys: Any) -> None:
    assert main(["bench", "--json", "--compare", str(saved(again, tmp_path))]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == again
    assert captured.err.startswith("Compared")


def test_options_become_settings(
    measured: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = []
    monkeypatch.setattr(suite, "run", lambda settings, step: seen.append(settings) or measured)
    spec = serfast.FeatureSpec(features=[serfast.RMS()])
    (tmp_path / "spec.json").write_text(spec.to_json())
    options = ["--backend", "native", "--isa", "baseline", "--threads", "3", "--seconds", "0.5"]
    options += ["--chunk-ms", "20", "--spec", str(tmp_path / "spec.json")]
    assert main(["bench", "--json", *options]) == 0
    assert main(["bench", "--json"]) == 0
    expected = Settings("native", "baseline", threads=3, chunk_ms=20.0, seconds=0.5, spec=spec)
    assert seen == [expected, Settings(spec=whole_row())]


def test_the_back_end_is_that_of_the_environment(
    measured: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(suite, "run", lambda settings, step: seen.append(settings) or measured)
    monkeypatch.setenv("SERFAST_BACKEND", "reference")
    assert main(["bench", "--json"]) == 0
    assert main(["bench", "--json", "--backend", "native"]) == 0
    assert [settings.backend for settings in seen] == ["reference", "native"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--threads", "0"], "threads must be an int >= 1, got 0"),
        (["--seconds", "nan"], "seconds must be a finite number"),
        (["--chunk-ms", "-1"], "chunk_ms must be a finite number >= 0.1 and <= 10000, got -1.0"),
        (["--threads", "99999"], "4 for each processor here, got 99999"),
        (["--isa", "mmx"], "SERFAST_ISA must be one of baseline"),
        (["--isa", "baseline", "--backend", "reference"], "isa must be None unless backend is"),
        (["--backend", "cuda"], "backend must be one of"),
        (["--compare", "none.json"], "none.json: no such file"),
        (["--plot", "bench.doc"], "plot must end in .png, .svg, .pdf, got bench.doc"),
        (["--plot", "none/bench.png"], "output must be in an existing folder"),
    ],
)
def test_bad_options_are_one_line(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *options]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("serfast bench: error: ")
    assert message in captured.err
    assert captured.err.count("\n") == 1


def test_it_loads_nothing_heavy_before_it_is_asked() -> None:
    code = (
        "import sys; from serfast.cli.main import main\n"
        "main(['bench', '--threads', '0'])\n"
        "heavy = {'matplotlib', 'soundfile', 'soxr', 'serfast.recognizer'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_number_of_streams_that_none_were_served_of_is_told(again: dict[str, Any]) -> None:
    run = {**again["live"][0]["runs"][0], "in_time": 0.2, "deadline_ms": 0.125}
    runs = [{**run, "streams": n} for n in (100, 50, 1)]
    again["live"][0] |= {"computed": 100, "shown": 0, "runs": runs}
    page = report.text(again)
    assert "carries no live stream of rows (100 computed, down to 1 tried)." in page
    assert "in time: within 0.125 or 100 ms" in page


@pytest.mark.parametrize("columns", ["50", "200"])
def test_bars_fit_a_narrow_terminal(
    again: dict[str, Any], columns: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["bench"]) == 0
    bars = [
        line for line in capsys.readouterr().out.splitlines() if " µs  " in line and "–" in line
    ]
    assert max(map(len, bars)) == min(int(columns), report.WIDTH)


def test_a_broken_matplotlib_is_found_before_the_work(
    measured: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setattr(suite, "run", lambda settings, step: pytest.fail("it measured"))
    assert main(["bench", "--plot", str(tmp_path / "bench.png")]) == 1
    assert "--plot needs matplotlib: pip install matplotlib" in capsys.readouterr().err


# --- beside an older one ----------------------------------------------------------------------


def test_compare_shows_ratios(
    again: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again["live"][0]["shown"] = 300
    old = copy.deepcopy(again)
    old["throughput"][0]["us_per_row"] *= 2
    old["latency"]["us"]["p50"] /= 4
    old["live"][0]["shown"] = 200
    old["engine"]["isa"] = "sse9"
    assert main(["bench", "--compare", str(saved(old, tmp_path))]) == 0
    page = capsys.readouterr().out.partition("Compared")[2]
    lines = {line.partition("  ")[0]: line.split()[-2:] for line in page.splitlines()[1:]}
    assert lines["RMS, 512 [µs a row]"] == ["2.00", "better"]
    assert lines["latency p50 [µs]"] == ["0.25", "worse"]
    assert lines["live streams, rows"] == ["1.50", "better"]
    assert lines["YIN, 1024, 2 columns [µs a row]"][-1] == "1.00"
    assert f"Different: instruction set was sse9, now {again['engine']['isa']}" in page


def test_compare_with_what_only_one_of_them_has(measured: dict[str, Any]) -> None:
    old = copy.deepcopy(measured)
    old["latency"] = {"error": "no streams"}
    old["throughput"].append({"work": "Chroma, 512", "us_per_row": 1.0, "times_real_time": 1.0})
    lines = {
        line.partition("  ")[0]: line.split() for line in compare.text(measured, old).split("\n")
    }
    assert lines["latency p50 [µs]"][-3] == "–"
    assert lines["latency p50 [µs]"][-1] == "–"
    assert lines["Chroma, 512 [µs a row]"][-3:] == ["1", "–", "–"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "must be the output of `serfast bench --json`"),
        ("[]", "must be the output of `serfast bench --json`"),
        ('{"format": true}', "it.format must be an int >= 1, got True"),
        ('{"format": 99}', "must be 1, got 99: another serfast's"),
        ('{"format": 1, "throughput": 3}', "must be the output of `serfast bench --json`"),
    ],
)
def test_another_file_is_refused_before_the_work(
    content: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "old.json"
    path.write_text(content)
    assert main(["bench", "--compare", str(path)]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        (("throughput", 0, "us_per_row"), None, "it.throughput[0].us_per_row must be a finite num"),
        (("throughput", 0, "times_real_time"), ..., "must be an object with times_real_time"),
        (("throughput", 0, "work"), [], "it.throughput[0].work must be text"),
        (("latency", "us", "p50"), "fast", "it.latency.us.p50 must be a finite number >= 0"),
        (("latency", "histogram"), ..., "it.latency must be an object with histogram"),
        (("latency", "histogram", "edges"), [1.0], "must be counts and one edge more, got 1 edges"),
        (("latency", "histogram", "counts"), [], "must be counts and one edge more"),
        (("latency", "chunks"), 0, "it.latency.chunks must be a finite number > 0, got 0"),
        (
            ("predictions", 0),
            {"classifier": "svm", "ms": True},
            "it.predictions[0].ms must be a finite number",
        ),
        (("startup", "seconds", "numpy"), None, "it.startup.seconds.numpy must be a finite"),
        (("startup", "memory", "serfast"), 3, "it.startup.memory.serfast must be an object"),
        (("live", 0, "shown"), "many", "it.live[0].shown must be a finite number"),
        (("live", 0, "classifier"), {}, "it.live[0].classifier must be text"),
        (("live",), {}, "it.live must be a list"),
        (("settings", "spec"), "mine", "it.settings.spec must be an object"),
        (("engine", "isa"), ..., "it.engine must be an object with isa"),
    ],
)
def test_what_could_not_be_compared_or_drawn_is_refused(
    measured: dict[str, Any], where: tuple[Any, ...], value: Any, message: str, tmp_path: Path
) -> None:
    old = copy.deepcopy(measured)
    inner: Any = old
    for key in where[:-1]:
        inner = inner[key]
    if value is ...:
        del inner[where[-1]]
    else:
        inner[where[-1]] = value
    with pytest.raises(serfast.errors.ParameterError, match=re.escape(message)):
        saved_result.read(saved(old, tmp_path))


def test_errors_in_an_older_one_are_compared_and_drawn(
    measured: dict[str, Any], tmp_path: Path
) -> None:
    old = copy.deepcopy(measured)
    old["latency"] = {"error": "no streams"}
    old["predictions"] = [{"classifier": "svm", "error": "no way"}]
    old["live"] = [{"classifier": None, "error": "no streams"}]
    old["startup"]["memory"] = {"numpy": {}, "serfast": {}}
    old = saved_result.read(saved(old, tmp_path))
    assert "–" in compare.text(measured, old)
    picture.plot(measured, tmp_path / "bench.svg", old)


# --- the picture ------------------------------------------------------------------------------


@pytest.mark.parametrize("beside", [False, True])
def test_plot(again: dict[str, Any], beside: bool, tmp_path: Path) -> None:
    path = tmp_path / "bench.png"
    options = ["--compare", str(saved(again, tmp_path))] if beside else []
    assert main(["bench", "--plot", str(path), *options]) == 0
    assert path.read_bytes().startswith(b"\x89PNG")
    assert main(["bench", "--plot", str(path)]) == 1, "an existing picture stays"


def test_the_pictures_words_are_the_pages(measured: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "bench.svg"
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        picture.plot(measured, path)
    words = path.read_text("utf-8")
    for row in measured["throughput"]:
        assert row["work"] in words
        assert f"{row['times_real_time']:,.0f} ×" in words
    assert f"p99 {report.digits(measured['latency']['us']['p99'])}" in words


def test_what_cannot_be_measured_is_said_everywhere(again: dict[str, Any], tmp_path: Path) -> None:
    again["latency"] = {"error": "the reference has no streams"}
    again["live"] = [{"classifier": None, "error": "the reference has no streams"}]
    again["predictions"] = [{"classifier": "bad", "error": "No module named 'torch'"}]
    assert "Memory with one recording" in report.text(again)
    again["startup"]["memory"] = {"numpy": {}, "serfast": {}}
    page = report.text(again)
    assert "Latency: the reference has no streams" in page
    assert "Live streams of rows: the reference has no streams" in page
    assert "in time" not in page
    assert "bad: No module named 'torch'" in page
    assert "Memory: this system doesn't tell" in page
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        picture.plot(again, tmp_path / "bench.svg")
    assert (tmp_path / "bench.svg").read_text("utf-8").count("the reference has no streams") >= 2
    again["predictions"] = []
    assert "in a copy of serfast's repository: pip install ./plugins/serfast-svm" in report.text(
        again
    )


def test_a_frozen_application_cannot_measure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert main(["bench"]) == 1
    assert "a frozen application has no Python" in capsys.readouterr().err
