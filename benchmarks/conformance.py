"""How closely the presets agree with the toolkits that they are named after.

    python -m benchmarks.conformance
    python -m benchmarks.conformance --check [--without TOOLKIT …]

Each preset and its toolkit, as it is installed, compute the same signals on a grid of parameters
(conformance_cases.py). The figures go to benchmarks/results/conformance.json and into
docs/conformance.md. With ``--check`` nothing is written, and the command fails if a figure is above
its limit, or a toolkit isn't installed. ``--without`` names toolkits that are left out, such as
those that take gigabytes. The toolkits: ``pip install -e ".[conformance]"``.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Collection
from importlib import metadata
from typing import Any

import numpy as np

from serfast import Extractor

from . import RESULTS, ROOT, publish
from .conformance_cases import CONVENTIONS, Convention, signals
from .conformance_table import conformance_table
from .reports import write

__all__ = ["TOOLKITS", "measure", "report"]

COMPARED = np.log(1e4)
"""Logarithms are held to the limit down to 40 dB below the largest of their row, in neper.

Further down the noise of float32 is larger than 1e-4: it is 140 dB below the largest bin.
"""


def measure(convention: Convention) -> dict[str, Any]:
    """Give the errors of one preset over its grid."""
    errors, held, exact, n_cases = [], [], [], 0
    for case in convention.cases():
        n_cases += 1
        extractor, reference = Extractor(case.spec), Extractor(case.spec, "reference")
        for name, y in signals(case.spec.sample_rate).items():
            ours = extractor(y).astype(np.float64)
            theirs = np.asarray(case.theirs(y), np.float64)
            if ours.shape != theirs.shape:
                sys.exit(f"{convention.name}, {name}: shape {ours.shape}, toolkit {theirs.shape}")
            error = np.abs(ours - theirs)
            largest = theirs.max(axis=1, keepdims=True)
            within = np.full(error.shape, True)
            best = np.abs(reference(y) - theirs)
            if convention.relative:
                error /= np.abs(theirs).max(axis=1, keepdims=True)
                best /= np.abs(theirs).max(axis=1, keepdims=True)
            else:
                within = theirs >= largest - COMPARED
            errors.append(error.ravel())
            held.append(error[within])
            exact.append(best.max())
    every = np.concatenate(errors)
    return {
        "name": convention.name,
        "toolkit": convention.toolkit,
        "version": metadata.version(convention.toolkit) if convention.toolkit else "",
        "relative": convention.relative,
        "limit": convention.limit,
        "cases": n_cases,
        "worst": float(f"{every.max():.1e}"),
        "worst_held": float(f"{np.concatenate(held).max():.1e}"),
        "worst_reference": float(f"{max(exact):.1e}"),
        "median": float(f"{np.median(every):.0e}"),
        "why": convention.why,
        "left_out": convention.left_out,
    }


TOOLKITS = tuple(dict.fromkeys(one.toolkit for one in CONVENTIONS if one.toolkit))
"""The distributions that presets are compared with."""


def report(without: Collection[str] = ()) -> dict[str, Any]:
    """Give the errors of every preset, except beside the toolkits that are left out."""
    wanted = [one for one in CONVENTIONS if one.toolkit not in without]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # bands without a bin, which toolkits have as well
        return {"conventions": [measure(one) for one in wanted]}


def main() -> None:
    """Measure; write or check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, hold to the limits")
    parser.add_argument(
        "--without", nargs="+", choices=TOOLKITS, default=[], metavar="TOOLKIT",
        help=f"with --check: leave out some of {', '.join(TOOLKITS)}",
    )  # fmt: skip
    arguments = parser.parse_args()
    if arguments.without and not arguments.check:
        parser.error("--without needs --check: the page has a row for every toolkit")
    results = report(arguments.without)
    print(conformance_table(results))
    above = [one["name"] for one in results["conventions"] if one["worst_held"] > one["limit"]]
    if not arguments.check:
        write(RESULTS / "conformance.json", results)
        page = ROOT / "docs/conformance.md"
        page.write_text(publish.published("docs/conformance.md"), encoding="utf-8")
    if above:
        sys.exit(f"above the limit: {', '.join(above)}")


if __name__ == "__main__":
    main()
