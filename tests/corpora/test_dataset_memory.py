"""A list of very many recordings takes little memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from helpers.processes import printed

N_FILES = 100_000
MOST = 150
"""Bytes for each file: its name, numbers of its folder and label, begin, end, hash and place."""

PROGRAM = """
import resource, sys
from pathlib import Path
from serfast.corpora import search
from serfast.corpora.dataset_parts import Parts
from serfast.corpora.source_list import KeyIndex, SourceList
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
def planned(folder):
    sources = SourceList(search(folder).paths)
    return sources, Parts(Path(sys.argv[2])).plan(sources, KeyIndex(sources), 256)
planned(sys.argv[1] + "/0")  # everything is loaded
before = peak()
sources, plan = planned(sys.argv[1])
print(len(sources), len(plan.todo), peak() - before)
"""


@pytest.mark.skipif(os.name == "nt", reason="a process's peak isn't told so there")
def test_a_hundred_thousand_files_take_little_memory_each(tmp_path: Path) -> None:
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


LISTED = """
import resource, sys
from pathlib import Path
from serfast.corpora.catalogue import CORPORA
from serfast.corpora.labelled_files import LabelledFiles
from serfast.corpora.path_list import PathList
from serfast.corpora.source_list import SourceList
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
def listed(root, n):
    paths = PathList()
    for k in range(n):
        paths.append(root / "Audios" / f"MSP-PODCAST_{k:06d}.wav")
    labels = CORPORA["msp-podcast"].labels
    files = LabelledFiles(paths, labels.read(paths, root), "", "{}")
    sources = SourceList(files)
    return sources.reordered(files.order(sources.times()[0]))
listed(Path(sys.argv[1]), 10)  # everything is loaded
before = peak()
sources = listed(Path(sys.argv[1]), int(sys.argv[2]))
print(len(sources), peak() - before)
"""


@pytest.mark.skipif(os.name == "nt", reason="a process's peak isn't told so there")
def test_a_hundred_thousand_lines_of_a_list_take_little_memory_each(tmp_path: Path) -> None:
    """Read as a list of recordings they would take 770 bytes each, and their order more."""
    header = "FileName,EmoClass,EmoAct,EmoVal,EmoDom,SpkrID,Split_Set\n"
    lines = [
        f"MSP-PODCAST_{k:06d}.wav,A,5.2,2.1,4.9,{k % 1000},Train\n"
        for k in reversed(range(N_FILES))
    ]
    (tmp_path / "labels_consensus.csv").write_text(header + "".join(lines))
    n, peak = map(int, printed(LISTED, str(tmp_path), str(N_FILES)).split())
    assert n == N_FILES
    assert peak / N_FILES < 2 * MOST
