"""What is known of given paths: by their names, or by a table that lists them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .._checks import fail
from ..files import as_written
from ..urls import as_path
from .corpus_choice import FOLDERS, PATTERN, corpus_named, fitting, is_table, the_one_that_fits
from .label_tables import recordings_of_table
from .recordings import Recording
from .stored import STORED

__all__ = ["known_of", "labelled_by_name"]


def known_of(
    paths: Iterable[Path], labels: str | os.PathLike[str] = "auto"
) -> dict[Path, Recording]:
    """Tell label and speaker of the recordings of which they are known.

    Parameters
    ----------
    paths : iterable of Path
    labels : "auto", name of a corpus or path of a table
        As of :func:`serfast.corpora.find_recordings`. With "auto" nothing is known where no
        corpus's names fit.

    Returns
    -------
    dict of Path to Recording

    Raises
    ------
    ParameterError
        As that function does, if several corpora fit or the table is bad; and for "folders" and
        patterns.
    """
    given = list(paths)
    if str(labels) in (FOLDERS, *STORED) or str(labels).startswith(PATTERN):
        fail("labels", "auto, a corpus's name or a table's path where no folder is known", labels)
    table = as_path(labels)
    if is_table(table, str(labels)):
        anywhere = Path(os.path.abspath(table)).anchor
        listed_ones = recordings_of_table(table, Path(anywhere))
        rows = {as_written(recording.path): recording for recording in listed_ones}
        pairs = [(path, rows.get(as_written(path))) for path in given]
        return {path: recording for path, recording in pairs if recording}
    if labels == "auto":
        fits = fitting(given, None)
        corpora = [the_one_that_fits(fits, given)] if fits else []
    else:
        corpora = [corpus_named(str(labels))]
    return {one.path: one for corpus in corpora for _, one in corpus.labels.read(given, None)}


def labelled_by_name(paths: Sequence[Path]) -> Iterator[Recording | Path]:
    """Give paths as recordings, in their order, where a known corpus's names tell their labels.

    Where no corpus's names fit, they stay paths. None of them is kept: there may be a million.

    Raises
    ------
    ParameterError
        Several corpora fit.
    """
    fits = fitting(paths, None)
    known = the_one_that_fits(fits, paths).labels.read(paths, None) if fits else iter(())
    done = 0
    for place, recording in known:
        for unknown in range(done, place):
            yield paths[unknown]
        yield recording
        done = place + 1
    for unknown in range(done, len(paths)):
        yield paths[unknown]
