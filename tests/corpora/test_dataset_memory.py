"""A list of very many recordings takes little memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from helpers.processes import printed

N_FILES = 100_000
MOST = 700
"""Bytes for each file: the path, its text, the source, and its place in a dictionary."""

PROGRAM = """
import resource, sys
from pathlib import Path
from serfast.corpora import dataset, search
from serfast.corpora.dataset_parts import Parts
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
sources = dataset.sources_of(search(sys.argv[1] + "/0").paths)  # everything is loaded
before = peak()
sources = dataset.sources_of(search(sys.argv[1]).paths)
plan = Parts(Path(sys.argv[2])).plan(dataset._by_key(sources), 256)
print(len(sources), len(plan.todo), peak() - before)
"""


@pytest.mark.skipif(os.name == "nt", reason="a process's peak isn't told so there")
def test_a_hundred_thousand_files_take_less_than_a_kilobyte_each(tmp_path: Path) -> None:
    for i in range(N_FILES):
        if i % 1000 == 0:
            folder = tmp_path / "in" / str(i // 1000)
            folder.mkdir(parents=True)
            file = folder / f"{i:06d}.wav"
            file.write_bytes(b"x")
        else:
            os.link(file, folder / f"{i:06d}.wav")  # one file on the disk, by a thousand names
    n, n_parts, peak = map(int, printed(PROGRAM, str(tmp_path / "in"), str(tmp_path)).split())
    assert (n, n_parts) == (N_FILES, -(-N_FILES // 256))
    assert peak / N_FILES < MOST
