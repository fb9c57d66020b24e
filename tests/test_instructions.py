"""No stage takes more instructions than it did: benchmarks/instructions.py, against its record."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

import serfast
from helpers.benching import bench, copied

RECORD = Path("benchmarks", "results", "instructions.json")
NOT_COMPARABLE = 3

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or "avx2" not in serfast.native_info()["built"],
    reason="the record is that of x86-64, and of Valgrind on Linux",
)


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory, lacking: Callable[[str], NoReturn]) -> Path:
    """The instructions of this build, counted once."""
    for program in ("valgrind", "gcc"):
        if shutil.which(program) is None:
            lacking(f"{program} not found: apt-get install valgrind gcc")
    done = bench("instructions", "--json")
    assert done.returncode == 0, done.stderr
    path = tmp_path_factory.mktemp("counts") / "counts.json"
    path.write_text(done.stdout, encoding="utf-8")
    return path


def checked(counts: Path, record: dict[str, Any], tree: Path) -> subprocess.CompletedProcess[str]:
    """The comparison with another record, in a copy of the benchmarks."""
    (copied(tree) / RECORD).write_text(json.dumps(record), encoding="utf-8")
    return bench("instructions", "--check", "--counts", str(counts), cwd=tree)


def test_no_stage_takes_five_percent_more_than_recorded(
    counts: Path, lacking: Callable[[str], NoReturn]
) -> None:
    done = bench("instructions", "--check", "--counts", str(counts))
    if done.returncode == NOT_COMPARABLE:
        lacking(done.stderr)
    assert done.returncode == 0, done.stderr
    if done.stderr:  # a feature is new in the catalogue: the warning says how it is recorded
        warnings.warn(done.stderr, stacklevel=1)


def test_all_stages_were_counted(counts: Path) -> None:
    found = json.loads(counts.read_text("utf-8"))["instructions"]
    assert "baseline" in found
    for isa, stages in found.items():
        assert len(stages) > 15
        assert stages["MFCC 512/40/13"] > stages["log-mel 512/40"] > stages["mel power 512/40"], isa
        assert stages["power 2048"] > 3 * stages["power 512"]
        samples = {"baseline": 512 / 4, "avx2": 512 / 8}[isa]
        assert samples < stages["RMS 512"] < 20 * samples, "a load, a product, a sum of a vector"


def test_a_stage_that_takes_more_is_named(counts: Path, tmp_path: Path) -> None:
    record = json.loads(counts.read_text("utf-8"))
    stages = record["instructions"]["baseline"]
    stages["YIN 1024"] = int(stages["YIN 1024"] / 1.06)
    stages["RMS 512"] = round(stages["RMS 512"] / 1.04)
    done = checked(counts, record, tmp_path)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("YIN 1024, baseline: ")
    assert line.endswith("+6.0 %")


def test_a_stage_that_nobody_recorded_is_named(counts: Path, tmp_path: Path) -> None:
    record = json.loads(counts.read_text("utf-8"))
    del record["instructions"]["baseline"]["ZCR 512"]
    done = checked(counts, record, tmp_path)
    assert done.returncode == 1
    assert "ZCR 512, baseline: " in done.stderr
    assert "not in the record" in done.stderr


def test_a_feature_that_is_new_in_the_catalogue_needs_no_record_yet(
    counts: Path, tmp_path: Path
) -> None:
    report = json.loads(counts.read_text("utf-8"))
    record = json.dumps(report)
    for stages in report["instructions"].values():
        stages["BrandNew"] = 4321
    new = tmp_path / "new.json"
    new.write_text(json.dumps(report), encoding="utf-8")
    done = checked(new, json.loads(record), tmp_path / "tree")
    assert done.returncode == 0, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("BrandNew, ")
    assert "4321 instructions a row" in line
    assert line.endswith("python -m benchmarks.instructions --record")
    report["instructions"]["baseline"]["BrandNew"] = 4000
    assert checked(new, report, tmp_path / "later").returncode == 1, "8 % more than recorded"


def test_another_compiler_is_not_comparable(counts: Path, tmp_path: Path) -> None:
    record = json.loads(counts.read_text("utf-8"))
    major, _, rest = record["compiler"].partition(".")
    done = checked(counts, {**record, "compiler": f"{major}0.{rest}"}, tmp_path / "other")
    assert done.returncode == NOT_COMPARABLE
    assert "not comparable" in done.stderr
    done = checked(counts, {**record, "compiler": f"{major}.{rest}9"}, tmp_path / "same")
    assert done.returncode == 0, "only the major version counts"
