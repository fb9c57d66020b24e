"""Print, as JSON, the SHA-256 of rows and of their statistics, and the instruction set used.

test_isa.py runs this file once for each instruction set.
"""

from __future__ import annotations

import hashlib
import json
import warnings

import serfast
import signals
from broad import RATE, broad_specs
from serfast import functionals

STATISTICS = serfast.Statistics(functionals=(*functionals.FUNCTIONALS, "p33", "ac7"), deltas=3)


def main() -> None:
    """Hash the rows of every broad spec over noise, something like speech, and clicks."""
    warnings.simplefilter("ignore", UserWarning)
    made = {
        "noise": signals.noise(4000, seed=5),
        "voice": signals.voice(RATE, 6000, seed=6),
        "clicks": signals.synthetic(RATE, 16)["clicks"][:3000],
        "quiet": signals.noise(3000, seed=7, level=1e-6),
    }
    hashes = {"in_use": serfast.native_info()["in_use"]}
    for spec_name, spec in broad_specs().items():
        extractor = serfast.Extractor(spec)
        for signal_name, y in made.items():
            rows = extractor(y)
            hashes[f"{spec_name} {signal_name}"] = hashlib.sha256(rows.tobytes()).hexdigest()
            vector = STATISTICS(rows, spec.columns)
            hashes[f"{spec_name} {signal_name} statistics"] = hashlib.sha256(vector).hexdigest()
    print(json.dumps(hashes))


if __name__ == "__main__":
    main()
