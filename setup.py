"""The native build: kernels once per instruction set, and the Cython engine over them.

Everything else about the package is in pyproject.toml.
"""

import os
import sys
import sysconfig

from setuptools import Extension, setup

try:
    from Cython.Build import cythonize
except ImportError as error:  # pip brings Cython along; a bare `python setup.py` may not
    raise SystemExit(
        "building serfast needs Cython: pip install cython, or pip install ."
    ) from error

# The target's name, not this machine's: "linux-x86_64", "macosx-11.0-arm64", "…-universal2".
X86 = sysconfig.get_platform().endswith(("x86_64", "amd64"))

# Rows must be bit-equal on every instruction set: no contraction to fused operations, nothing
# that changes a value. The two last flags only say that errno and traps aren't looked at.
EXACT = ["-O3", "-std=c11", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
QUIET = ["-fvisibility=hidden", "-g0"]
ISA_FLAGS = {
    "baseline": [],
    "avx2": ["-mavx2"],
    "avx512": ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mprefer-vector-width=512"],
}
ISAS = ["baseline", "avx2", "avx512"] if X86 else ["baseline"]
MACROS = [("SERFAST_X86", "1")] if X86 else []
HEADERS = [
    f"ext/kernels/{name}" for name in sorted(os.listdir("ext/kernels")) if not name.endswith(".c")
]
PUBLIC = "serfast/include"


def library(name, flags):
    """A static library of one C file: setuptools compiles each with flags of its own."""
    options = {
        "sources": [f"ext/kernels/{name}.c"],
        "obj_deps": {"": HEADERS},
        "macros": MACROS,
        "cflags": EXACT + QUIET + flags,
    }
    return f"serfast_{name}", options


engine = Extension(
    "serfast._engine",
    ["ext/engine.pyx"],
    include_dirs=["ext", PUBLIC],
    define_macros=MACROS,
    extra_compile_args=EXACT + QUIET,
    extra_link_args=["-s"] if sys.platform.startswith("linux") else [],
    depends=[*HEADERS, f"{PUBLIC}/serfast.h"],
)

setup(
    libraries=[library("select", []), *(library(isa, ISA_FLAGS[isa]) for isa in ISAS)],
    ext_modules=cythonize(
        [engine],
        build_dir="build/cython",
        include_path=["ext"],
        compiler_directives={
            "language_level": 3,
            "boundscheck": False,
            "cdivision": True,
            "initializedcheck": False,
        },
    ),
)
