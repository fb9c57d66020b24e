"""The benchmarks run, say what is missing, and the pages show their last results."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import egemaps_emotions
from helpers.benching import ROOT, bench, copied, environment
from serfast.audio.augmentation import KINDS

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def ran(name: str, *arguments: str, **where: Path) -> str:
    """What a command prints, if it ends well."""
    done = bench(name, *arguments, **where)
    assert done.returncode == 0, done.stderr
    return done.stdout


def compared(tmp_path: Path, *works: str, **where: Path) -> tuple[str, dict[str, Any]]:
    """Table and report of a comparison that is over soon."""
    report = tmp_path / "report.json"
    settings = ["--seconds", "1", "--repeat", "1", "--json", str(report), "--work", *works]
    table = ran("peers", *settings, **where)
    return table, json.loads(report.read_text("utf-8"))


def printed(code: str, folder: Path) -> list[str]:
    """Lines that a program prints beside a copy of the benchmarks."""
    (copied(folder) / "run.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "run.py"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_pages_show_the_last_results() -> None:
    done = bench("publish", "--check")
    assert done.returncode == 0, done.stderr


def test_every_format_is_read_alike_in_every_way(tmp_path: Path) -> None:
    """What docs/formats.md promises of all of them, wherever this runs."""
    report = tmp_path / "report.json"
    table = ran("formats", "--json", str(report))
    formats = json.loads(report.read_text("utf-8"))["formats"]
    assert len(formats) > 100
    for line in formats:
        assert (line["blocks"], line["pipe"]) == ("same", "same"), line
        assert "other" not in line["load"], line
        assert "wrong" not in line["damaged"], line
        assert f"| {line['container']} |" in table


def test_copies_of_every_kind_are_timed(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    table = ran("augmentation", "--seconds", "0", "--json", str(report))
    times = json.loads(report.read_text("utf-8"))["times"]
    names = {text.partition("=")[0] for text in times}
    assert names == set(KINDS) - {"none"}
    assert all(f"| `{text}` | " in table for text in times)
    assert min(times.values()) > 0


def test_a_peer_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "audiomentations.py").write_text("raise ImportError('not here')")
    peer = tmp_path / "python"
    peer.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {sys.executable} "$@"\n')
    peer.chmod(0o755)
    done = bench("augmentation", "--seconds", "0", "--peer", str(peer))
    assert done.returncode == 1
    assert done.stderr == f"{peer} must have audiomentations: ImportError: not here\n"


def test_pages_with_other_results_are_noticed_and_mended(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    path = tree / "benchmarks" / "results" / "peers.json"
    report = json.loads(path.read_text("utf-8"))
    own, peer = report["works"][0]["results"][0], report["works"][0]["results"][-1]
    own["ms"], peer["ms"] = 123.4, 61.7
    path.write_text(json.dumps(report), encoding="utf-8")
    done = bench("publish", "--check", cwd=tree)
    assert done.returncode == 1
    assert "README.md, docs/roofline.md must show the last results" in done.stderr
    ran("publish", cwd=tree)
    ran("publish", "--check", cwd=tree)
    readme = (tree / "README.md").read_text("utf-8")
    assert "| 123 ms (" in readme
    assert "**0.500 ×**" in readme, "where a peer wins is marked"
    verdict = readme.partition("A peer is faster in: ")[2].partition("\n")[0]
    assert verdict.startswith(f"{report['works'][0]['title']}: librosa, ")
    assert f", {peer['package']}" in verdict


def test_figures_under_conditions_come_from_the_plugins(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    path = tree / "plugins" / "serfast-svm" / "measured.json"
    figures = json.loads(path.read_text("utf-8"))
    line = {
        "recordings": 4,
        "recall": {"anger": 0.5},
        "ece": 0.0625,
        "group": "noise",
        "alter": None,
    }
    figures["conditions"] = [
        {"name": "clean", "trained": True, "uar": 0.75, "interval": [0.5, 0.875], **line},
        {"name": "rain", "trained": False, "uar": 0.5, "interval": [0.25, 0.625], **line},
    ]
    path.write_text(json.dumps(figures), "utf-8")
    done = bench("publish", "--check", cwd=tree)
    assert done.stderr.startswith("docs/robustness.md must show the last results")
    ran("publish", cwd=tree)
    page = (tree / "docs" / "robustness.md").read_text("utf-8")
    shown = page.partition("<!-- results: robustness -->")[2].partition("<!-- end -->")[0]
    lines = [line for line in shown.splitlines() if line.startswith("| ")]
    assert lines[0].startswith("| condition | SVM: UAR % | interval |")
    assert lines[1].startswith("| clean | 75.0 | 50 to 88 |")
    assert lines[2].startswith("| rain | 50.0 † | 25 to 62 |")
    begin = next(i for i, line in enumerate(lines) if "SVM: ECE" in line)
    assert lines[begin].startswith("| condition | SVM: ECE | certain % | right of these % |")
    assert lines[begin + 1].startswith("| clean | 0.062 |")


def test_peers_are_timed_and_their_errors_are_small(tmp_path: Path) -> None:
    table, report = compared(tmp_path, "rms", "zcr", "row")
    for work in report["works"]:
        packages = {line["package"]: line for line in work["results"]}
        assert set(packages) == {"serfast", "librosa"}
        assert all(line["ms"] > 0 for line in packages.values())
    for line in (line for work in report["works"][:2] for line in work["results"]):
        assert line["error"]["largest"] <= 1e-6
    assert table.count("\n| ") == 1 + 6
    assert report["machine"]["compiler"].split()[0] in ("gcc", "clang")


def test_whoever_is_not_there_or_fails_has_a_line_that_says_so(tmp_path: Path) -> None:
    tree = copied(tmp_path / "tree")
    subjects = tree / "benchmarks" / "subjects"
    broken = "EXACT = ROWS = {}\ndef spectrum(work, y):\n    %s\nMAKE = {'spectrum': spectrum}\n"
    there, missing = "DISTRIBUTION = 'numpy'\n", "DISTRIBUTION = 'serfast-nobody'\n"
    install = "INSTALL = 'pip install nobody'\n"
    (subjects / "pyfftw.py").write_text(missing + install + broken % "pass")
    (subjects / "mkl_fft.py").write_text(there + install + broken % "import os; os._exit(7)")
    for name in ("aubio_yinfft", "aubio_yinfast"):
        text = there + install + broken % "raise ValueError('no')"
        (subjects / f"{name}.py").write_text(text)
    table, report = compared(tmp_path, "spectrum-512", "spectrum-2048", cwd=tree)
    for work in report["works"]:
        trouble = {line["subject"]: line.get("trouble") for line in work["results"]}
        assert trouble == {
            "serfast": None,
            "pyfftw": "not installed: pip install nobody",
            "mkl_fft": "ended with 7",
            "aubio_yinfft": "failed: ValueError: no",
            "aubio_yinfast": "failed: ValueError: no",
        }
        own = work["results"][0]
        assert own["error"]["largest"] < 1e-5
    assert "| not installed: pip install nobody |" in table


STAGES_RUN = (
    "from benchmarks.stages import STAGES, rows_into\n"
    "for stage in STAGES:\n"
    "    rows = rows_into(stage, 6)()\n"
    "    print(stage.name, rows.shape[0], float(abs(rows).max()))\n"
)


def test_stages_run(tmp_path: Path) -> None:
    """One call of each stage, with nothing but the fixture's place taken.

    It has six rows, since the first four of RASTA are 0.
    """
    lines = [line.rsplit(" ", 2) for line in printed(STAGES_RUN, tmp_path)]
    assert len(lines) > 15
    assert {rows for _, rows, _ in lines} == {"6"}
    assert all(0 < float(largest) < np.inf for _, _, largest in lines)


def test_every_feature_of_the_catalogue_is_measured(tmp_path: Path) -> None:
    code = (
        "import serfast\n"
        "from serfast.features import FEATURES\n"
        "class BrandNew(serfast.MelPower):\n"
        "    @classmethod\n"
        "    def example(cls):\n"
        "        return cls(n_fft=256, n_mels=20)\n"
        "FEATURES['BrandNew'] = BrandNew\n"
    )
    also = (
        "from benchmarks.stages import LISTED\n"
        "from benchmarks.backends import specs\n"
        "from benchmarks.budget import further\n"
        "classes = {type(f) for stage in STAGES for f in stage.features}\n"
        "print(classes >= set(FEATURES.values()))\n"
        "print('BrandNew' in {stage.name for stage in LISTED})\n"
        "print(specs()['BrandNew'].columns == further()['BrandNew'].columns)\n"
    )
    *lines, every, by_hand, others = printed(code + STAGES_RUN + also, tmp_path)
    assert [every, by_hand, others] == ["True", "False", "True"]
    (line,) = (line.split() for line in lines if line.startswith("BrandNew "))
    assert line[1] == "6"
    assert float(line[2]) > 0


def test_a_feature_is_measured_beside_those_that_it_reads(tmp_path: Path) -> None:
    code = (
        "import serfast\n"
        "from serfast.features import FEATURES\n"
        "class Reads(serfast.RMS):\n"
        "    prefix = 'reads'\n"
        "    reads = ('aperiodicity',)\n"
        "FEATURES['Reads'] = Reads\n"
        "from benchmarks.catalogue import others\n"
        "print([type(f).__name__ for f in others([])['Reads']])\n"
        "print('Reads' in others([Reads()]))\n"
    )
    assert printed(code, tmp_path) == ["['YIN', 'Reads']", "False"]


def test_what_runs_without_serfast_does_not_import_it(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "import benchmarks.fresh, benchmarks.latency_subjects, benchmarks.worker\n"
        "import benchmarks.augmentation_peer\n"
        "from benchmarks.child import bench_file\n"
        "print(len(bench_file('laps').call_times(abs, [1], warm_up=0, calls=3)[0]))\n"
        "bench_file('channel'), bench_file('first_calls'), bench_file('memory')\n"
        "print('serfast' in sys.modules)\n"
    )
    assert printed(code, tmp_path) == ["3", "False"]


def test_works_take_turns(tmp_path: Path) -> None:
    code = (
        "from benchmarks.timing import in_turn, mean_seconds\n"
        "order, now = [], [0.0]\n"
        "def work(name, seconds):\n"
        "    order.append(name)\n"
        "    now[0] += seconds\n"
        "works = {'a': lambda: work('a', 1.0), 'b': lambda: work('b', 2.0)}\n"
        "print(in_turn(works, 2, lambda: now[0]), ''.join(order))\n"
        "print(mean_seconds(lambda: order.append('c'), 0.0) > 0, order.count('c'))\n"
    )
    first, second = printed(code, tmp_path)
    assert first == "{'a': [1.0, 1.0], 'b': [2.0, 2.0]} abab"
    assert second == "True 1"


def test_the_start_is_measured_in_a_fresh_process(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    table = ran("start", "--repeat", "1", "--json", str(report))
    ms = json.loads(report.read_text("utf-8"))["ms"]
    recorded = json.loads((ROOT / "benchmarks/results/start.json").read_text("utf-8"))["ms"]
    assert list(ms) == list(recorded)
    assert all(f"| {name} | " in table for name in ms)
    assert ms["import"] > 1, "the module wasn't there before"
    assert ms["warm-up"] == pytest.approx(ms["first call"] - ms["later calls"])


def test_latency_of_each_package_or_why_there_is_none(tmp_path: Path) -> None:
    """The warm-up is longer than what is timed here; the table is that of the real run."""
    tree = copied(tmp_path)
    subjects = tree / "benchmarks" / "latency_subjects.py"
    text = subjects.read_text("utf-8").replace('Subject("aubio"', 'Subject("serfast-nobody"')
    subjects.write_text(text, encoding="utf-8")
    ran("latency", "--chunks", "200", "--save", cwd=tree)
    report = json.loads((tree / "benchmarks/results/latency.json").read_text("utf-8"))
    lines = {(line["package"], line["work"]): line for line in report["results"]}
    row = lines["serfast", "whole row with YIN"]
    assert 0 < row["p50"] <= row["p99"] <= row["p99.9"] <= row["max"]
    missing = lines["serfast-nobody", "pitch yinfft 1024/160 alone"]
    assert missing["missing"] == "not installed: pip install serfast-nobody"


def test_live_streams_are_served(tmp_path: Path) -> None:
    page = ran("live", "--streams", "2", "--seconds", "1", cwd=copied(tmp_path))
    assert page.startswith("2 streams, 1 s, chunks of 20 ms, awake; ")
    assert "\n4 decisions, " in page, "two streams decide each 0.5 s"


@linux
def test_a_long_file_read_in_blocks_takes_no_memory(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    ran("long", "--seconds", "600", "--json", str(report))
    found = json.loads(report.read_text("utf-8"))["lengths"][0]["blocks"]
    assert found["rows"] == 1 + 600 * 100
    assert found["growth_kib"] <= 64, (
        "eight minutes of samples are 30 MB; a page or two is Python's"
    )
    assert found["peak_mb"] < 100


def test_the_first_call_loads_nothing() -> None:
    """What it loaded, the first caller would wait for; benchmarks/start.py has the times."""
    code = (
        "import sys, numpy as np, serfast\n"
        "extractor = serfast.Extractor(serfast.presets.speech())\n"
        "stream, y = extractor.stream(), np.ones(16000, np.float32)\n"
        "before = set(sys.modules)\n"
        "extractor(y), stream.accept(y), stream.flush()\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_emotions_are_heard_in_parameters_of_speakers_that_were_left_out() -> None:
    """A parameter that tells the emotions is enough; one that tells the speakers is of no use."""
    random = np.random.default_rng(0)
    labels = np.array(["anger", "sadness"] * 24)
    speakers = np.repeat(["a", "b", "c", "d"], 12)
    noise = random.normal(size=(48, 3))
    telling = noise + 5 * (labels == "anger")[:, None]
    assert egemaps_emotions.chosen(telling, labels, speakers) > 0.95
    assert egemaps_emotions.accuracy(telling, labels, speakers, 0.1) > 0.95
    of_speakers = noise + 5 * (speakers == "a")[:, None]
    assert egemaps_emotions.accuracy(of_speakers, labels, speakers, 0.1) < 0.75
