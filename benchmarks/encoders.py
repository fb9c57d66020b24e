"""What a vector of 3 s costs by each family of encoders: docs/embeddings.md.

    python -m benchmarks.encoders [--save]

Weights are random, which cost the same as the real ones; transformers and torch make and export
them as docs/embeddings.md says (`pip install torch transformers onnx`). The installed embeddings
are measured beside them. Each runs on one thread; the medians of the thread's time are shown.
Encoders lie in a temporary folder, 0.7 GB at most, one after the other.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import serfast
from serfast.models import embeddings, encoders

from . import RESULTS
from .conditions import machine, sentence
from .tables import markdown, number
from .timing import in_turn

__all__ = ["FAMILIES", "Family", "measured", "table"]

RATE, SECONDS, REPEAT = 16000, 3, 9

LARGE = {
    "hidden_size": 1024,
    "num_attention_heads": 16,
    "intermediate_size": 4096,
    "feat_extract_norm": "layer",
    "do_stable_layer_norm": True,
    "conv_bias": True,
}


@dataclass(frozen=True)
class Family:
    """A model of transformers, cut behind a layer."""

    title: str
    kind: str
    """The class of transformers is called so, with `Model` and `Config` behind it."""
    layers: int
    config: Mapping[str, Any] = field(default_factory=dict)


FAMILIES = (
    *(
        Family(f"{title}, layer {layers} of 12", kind, layers)
        for title, kind in (
            ("wav2vec 2.0 base", "Wav2Vec2"),
            ("HuBERT base", "Hubert"),
            ("WavLM base", "WavLM"),
            ("data2vec base (the shape of emotion2vec's)", "Data2VecAudio"),
        )
        for layers in (6, 12)
    ),
    Family("wav2vec 2.0 large, layer 12 (the shape of audEERING's)", "Wav2Vec2", 12, LARGE),
)


def export(family: Family, path: Path) -> int:
    """Write an encoder with random weights; give the number of its parameters."""
    import torch  # optional: only this benchmark needs it
    import transformers  # optional: only this benchmark needs it

    torch.manual_seed(0)
    config = getattr(transformers, f"{family.kind}Config")(
        num_hidden_layers=family.layers, **family.config
    )
    model = getattr(transformers, f"{family.kind}Model")(config).eval()

    class LastLayer(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_values: Any) -> Any:
            return self.model(input_values).last_hidden_state

    torch.onnx.export(
        LastLayer(),
        (torch.randn(1, RATE),),
        str(path),
        opset_version=17,
        dynamo=False,
        input_names=["input_values"],
        output_names=["last_hidden_state"],
        dynamic_axes={"input_values": {1: "samples"}, "last_hidden_state": {1: "frames"}},
    )
    return sum(parameter.numel() for parameter in model.parameters())


@contextmanager
def added(family: Family, folder: Path) -> Iterator[tuple[serfast.Embedding, int, int]]:
    """Give the family's embedding, its parameters and the bytes of its file, for a while."""
    path, name = folder / "encoder.onnx", "measured"
    parameters = export(family, path)
    card = {"licence": "none: random", "normalise": "zero-mean-unit-variance"}
    encoders.add(name, path, card, force=False)
    size = path.stat().st_size
    path.unlink()
    yield serfast.Embedding(name), parameters, size
    encoders.remove(name)


def cost(embedding: serfast.Embedding, y: Any) -> float:
    """Give the time of the thread for one vector [ms], the median of turns after one untimed."""
    embedding.vectors([y], threads=1)
    times = in_turn({"": lambda: embedding.vectors([y], threads=1)}, REPEAT, time.thread_time)
    return 1e3 * median(times[""])


def measured() -> dict[str, Any]:
    """Give the whole report."""
    rng = np.random.default_rng(0)
    lines = []
    for name in embeddings.available():
        embedding = serfast.Embedding(name)
        y = rng.normal(0, 0.1, SECONDS * embedding.sample_rate).astype(np.float32)
        lines.append({"title": f"`{name}`", "ms": cost(embedding, y)})
    y = rng.normal(0, 0.1, SECONDS * RATE).astype(np.float32)
    with tempfile.TemporaryDirectory() as name:
        os.environ["SERFAST_EMBEDDINGS"] = str(Path(name) / "added")
        for family in FAMILIES:
            with added(family, Path(name)) as (embedding, parameters, size):
                line = {"title": family.title, "ms": cost(embedding, y)}
                lines.append({**line, "parameters": parameters, "bytes": size})
    versions = {name: version(name) for name in ("onnxruntime", "torch", "transformers")}
    return {"machine": machine(), "versions": versions, "encoders": lines}


def table(report: Mapping[str, Any]) -> str:
    """Show the report as markdown."""
    rows = [
        [
            line["title"],
            f"{line['parameters'] / 1e6:.0f} M" if "parameters" in line else "",
            f"{line['bytes'] / 1e6:.0f} MB" if "bytes" in line else "",
            f"{number(line['ms'])} ms",
            f"{SECONDS * 1e3 / line['ms']:.0f} ×",
        ]
        for line in report["encoders"]
    ]
    versions = ", ".join(f"{name} {value}" for name, value in report["versions"].items())
    above = (
        f"A vector of {SECONDS} s, one thread, medians of {REPEAT}; random weights, float32. "
        f"{sentence(report['machine'])}; {versions}."
    )
    header = ["encoder", "parameters", "file", "a vector", "real time"]
    return f"{above}\n\n{markdown(header, rows, text=1)}"


def main() -> None:
    """Print the table; keep the report with --save."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--save", action="store_true", help="write results/encoders.json")
    arguments = parser.parse_args()
    report = measured()
    print(table(report))
    if arguments.save:
        (RESULTS / "encoders.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
