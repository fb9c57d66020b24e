"""The benchmarks run, say what is missing, and the pages show their last results."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.benching import bench, copied, environment

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


def test_pages_show_the_last_results() -> None:
    done = bench("publish", "--check")
    assert done.returncode == 0, done.stderr


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


def test_stages_run(tmp_path: Path) -> None:
    """One call of each stage, with nothing but the fixture's place taken."""
    code = (
        "from benchmarks.stages import STAGES, rows_into\n"
        "for stage in STAGES:\n"
        "    rows = rows_into(stage, 3)()\n"
        "    print(stage.name, rows.shape[0], float(abs(rows).max()))\n"
    )
    (copied(tmp_path) / "run.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "run.py"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.rsplit(" ", 2) for line in done.stdout.splitlines()]
    assert len(lines) > 15
    assert {rows for _, rows, _ in lines} == {"3"}
    assert all(0 < float(largest) < np.inf for _, _, largest in lines)


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
