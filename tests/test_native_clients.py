"""Programs of others, built against the installed wheel, get the extractor's bits."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers.building import ROOT, build, install, run, tree_wheel
from helpers.streams import SPECS, VOICE

EXAMPLES = ROOT / "examples"
DOCS = ROOT / "docs" / "native.md"
NATIVE_CLIENT = Path(__file__).with_name("helpers") / "native_client.c"

COMPARE = """
import json, sys
from pathlib import Path
import numpy as np
import serfast, native_client, serfast_client

folder = Path(sys.argv[1])
x = np.load(folder / "samples.npy")
seen = {}
for name, text in json.loads((folder / "specs.json").read_text()).items():
    expected = serfast.Extractor(serfast.FeatureSpec.from_json(text))(x).tobytes()
    rows, live = native_client.rows(text.encode(), x.tobytes())
    seen[name] = {
        "Cython": serfast_client.extract(text, x).tobytes() == expected,
        **{
            f"Cython, chunks of {n}": serfast_client.extract_live(text, x, n).tobytes() == expected
            for n in (1, 160, 10**6)
        },
        "C": rows == expected,
        "C, stream": live == expected,
    }
print(json.dumps(seen))
"""

REFUSED = """
import json
import numpy as np
import serfast, native_client, serfast_client

spec = serfast.FeatureSpec(features=[serfast.RMS()], center=False).to_json()
whole = serfast.presets.librosa().to_json()
long, short = np.ones(1000, np.float32), np.ones(511, np.float32)
nan = np.full(1000, np.nan, np.float32)
calls = {
    "spec": lambda: serfast_client.extract("{}", long),
    "short": lambda: serfast_client.extract(spec, short),
    "empty": lambda: serfast_client.extract(spec, short[:0]),
    "nan": lambda: serfast_client.extract(spec, nan),
    "stream": lambda: serfast_client.extract_live(whole, long, 9),
    "live nan": lambda: serfast_client.extract_live(spec, nan, 9),
    "C spec": lambda: native_client.rows(b"{}", long.tobytes()),
    "C nan": lambda: native_client.rows(spec.encode(), nan.tobytes()),
}
said = {}
for name, call in calls.items():
    try:
        call()
    except ValueError as error:
        said[name] = str(error)
print(json.dumps(said))
"""


def documented(language: str) -> str:
    """The example of docs/native.md in this language."""
    (block,) = re.findall(rf"```{language}\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    return block


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of this tree, and both clients built against it, installed."""
    base = tmp_path_factory.mktemp("clients")
    folder = base / "site"
    install(tree_wheel(tmp_path_factory), folder)
    source = shutil.copytree(EXAMPLES / "cython-client", base / "cython-client")
    install(build(source, base / "wheel", "wheel", path=folder), folder)
    shutil.copy(NATIVE_CLIENT, base)
    (base / "documented.c").write_text(documented("c"))
    run("-c", BUILD_C, str(folder), cwd=base, path=folder)
    return folder


BUILD_C = """
import sys
from setuptools import Extension, setup
from serfast import native

include = native.get_include()
assert include.startswith(sys.argv[1]), "the header of the installed wheel"
flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"]
client = Extension(
    "native_client",
    ["native_client.c", "documented.c"],
    include_dirs=[include],
    extra_compile_args=flags,
    extra_link_args=["-pthread"],
)
arguments = ["build_ext", "--build-lib", sys.argv[1]]
setup(name="native-client", py_modules=[], ext_modules=[client], script_args=arguments)
"""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with specs as JSON, and a signal."""
    folder = tmp_path_factory.mktemp("inputs")
    texts = {name: spec.to_json() for name, spec in SPECS.items()}
    (folder / "specs.json").write_text(json.dumps(texts))
    np.save(folder / "samples.npy", VOICE)
    return folder


def test_cython_and_c_get_the_extractors_bits(site: Path, inputs: Path) -> None:
    same = json.loads(run("-c", COMPARE, str(inputs), cwd=inputs, path=site))
    assert len(same) >= 15
    assert {name: row for name, row in same.items() if not all(row.values())} == {}


def test_what_is_refused_raises_with_serfasts_words(site: Path, inputs: Path) -> None:
    said = json.loads(run("-c", REFUSED, cwd=inputs, path=site))
    assert said == {
        "spec": "spec format must be 1, got None",
        "short": "samples must be enough for one row",
        "empty": "samples must be enough for one row",
        "nan": "samples must be finite",
        "stream": said["stream"],
        "live nan": "samples must be finite",
        "C spec": "spec must be the JSON of a FeatureSpec, and streamable for a stream: see reason",
        "C nan": "samples must be finite",
    }
    assert said["stream"].startswith("features of a stream must not depend on the whole signal")


def test_ctypes_example_gets_the_extractors_bits(site: Path, inputs: Path) -> None:
    example, speech = EXAMPLES / "ctypes_client.py", EXAMPLES / "speech.flac"
    printed = run(str(example), str(speech), cwd=inputs, path=site)
    samples, _ = serfast.load(speech, sample_rate=16000)
    assert printed == f"{1 + len(samples) // 160} rows of 81 columns: equal bits\n"


def test_cffi_example_of_the_documentation(site: Path, inputs: Path) -> None:
    assert run("-c", documented("python"), cwd=inputs, path=site) == "0 True\n"


def test_the_clients_run_on_the_installed_package(site: Path, inputs: Path) -> None:
    code = "import json; print(json.dumps([m.__file__ for m in (n, c, s)]))"
    imports = "import native_client as n, serfast_client as c, serfast as s;"
    files = json.loads(run("-c", imports + code, cwd=inputs, path=site))
    assert [Path(file).is_relative_to(site) for file in files] == [True, True, True]
