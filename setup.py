"""The native build: kernels once per instruction set, and the Cython engine over them.

With SERFAST_NO_NATIVE=1 nothing is compiled: a wheel for every platform, whose back ends are Numba
and the reference. Everything else about the package is in pyproject.toml.
"""

import os
import re
import shutil
import sys
import sysconfig
from contextlib import contextmanager

from setuptools import Extension, setup
from setuptools.command.build_clib import build_clib
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError

# The target's name, not this machine's: "linux-x86_64", "macosx-11.0-arm64", "…-universal2".
X86 = sysconfig.get_platform().endswith(("x86_64", "amd64"))

# On Windows clang-cl compiles if it is there. Microsoft's own compiler has no vectors in C, so with
# it the kernels are plain and there is one set of them; the rows have the same bits.
WINDOWS = sysconfig.get_platform().startswith("win")
CLANG_CL = shutil.which("clang-cl") if WINDOWS else None


def flags(*gnu):
    """These flags of GCC and Clang in the words of the compiler that is used."""
    if WINDOWS:
        return [f"/clang:{flag}" for flag in gnu] if CLANG_CL else []
    return list(gnu)


# Rows must be bit-equal on every instruction set: no contraction to fused operations, nothing
# that changes a value. The two last flags only say that errno and traps aren't looked at.
EXACT = ["/O2", "/std:c11", "/fp:precise"] if WINDOWS else ["-std=c11"]
EXACT += flags("-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math")
# Nothing here throws or is unwound, so the tables for that are left out.
QUIET = [] if WINDOWS else ["-fvisibility=hidden", "-g0", "-fno-asynchronous-unwind-tables"]
# The engine leads the kernels to their work: it is compiled for size, but its copies are the C
# library's, since GCC copies byte by byte then.
SMALL = flags("-Os", "-ftree-vectorize", "-finline-functions", "-fno-builtin-memcpy")
SMALL += flags("-fno-builtin-memset", "-fno-builtin-memmove")
# Where a loop lies in the lines of the cache is worth a seventh of a row's time, and would depend
# on whatever stands before it.
ALIGNED = flags("-falign-functions=64")
ISA_FLAGS = {
    "baseline": [],
    "avx2": flags("-mavx2"),
    "avx512": flags(
        *("-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mprefer-vector-width=512")
    ),
}
ISAS = ["baseline", "avx2", "avx512"] if X86 and (CLANG_CL or not WINDOWS) else ["baseline"]
# Cython's fast ways for Python's ints and methods: nothing here waits for those.
PLAIN_PYTHON = [("CYTHON_USE_PYLONG_INTERNALS", "0"), ("CYTHON_UNPACK_METHODS", "0")]
MACROS = [("SERFAST_X86", "1")] if len(ISAS) > 1 else []
HEADERS = [
    f"ext/kernels/{name}" for name in sorted(os.listdir("ext/kernels")) if not name.endswith(".c")
]
PUBLIC = "serfast/include"
GENERATED = "build/cython"


def library(name, flags):
    """A static library of one C file: setuptools compiles each with flags of its own."""
    options = {
        "sources": [f"ext/kernels/{name}.c"],
        "obj_deps": {"": HEADERS},
        "macros": MACROS,
        "cflags": EXACT + QUIET + ALIGNED + flags,
    }
    return f"serfast_{name}", options


def choose(compiler):
    """Let clang-cl stand in for Microsoft's compiler, whose command line it understands."""
    if compiler.compiler_type == "msvc" and CLANG_CL:
        compiler.initialize()
        compiler.cc = CLANG_CL


@contextmanager
def advice():
    """Say what is missing most of the time when nothing can be compiled."""
    try:
        yield
    except CompileError as error:
        raise CompileError(
            f"{error}\nBuilding serfast needs a C compiler and Python's headers. Debian, Ubuntu, "
            "Raspberry Pi OS: apt install gcc python3-dev; Fedora: dnf install gcc python3-devel; "
            "Alpine: apk add gcc musl-dev python3-dev; macOS: xcode-select --install; Windows: "
            "Build Tools for Visual Studio. A wheel needs none of them: pip install --upgrade pip, "
            "and try again."
        ) from error


TWIN = re.compile(
    r"^cdef inline void (\w+)\(const (Inputs|Window) \*\w+, (?:double \*\w+, )?float \*\w+\) "
    r"noexcept nogil:$",
    re.MULTILINE,
)


def write_twins(path):
    """Write the table of native twins: functions of features and tracks in ext/, by name."""
    tables = {"Inputs": [], "Window": []}
    imports = []
    for name in sorted(os.listdir("ext")):
        if name.endswith(".pxd"):
            with open(f"ext/{name}", encoding="utf-8") as file:
                for function, kind in TWIN.findall(file.read()):
                    imports.append(f"from {name[:-4]} cimport {function} as twin_{function}\n")
                    tables[kind].append(f'    "{function}": <uintptr_t><void *>twin_{function},\n')
    lines = ["# Written by setup.py: native twins of features' functions.\n\n"]
    lines += ["from libc.stdint cimport uintptr_t\n\n", *imports]
    for name, kind in (("TWINS", "Inputs"), ("TRACK_TWINS", "Window")):
        lines += [f"\ncdef dict {name} = {{\n", *tables[kind], "}\n"]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    text = "".join(lines)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return  # a newer file would have the engine compiled again
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class BuildLibraries(build_clib):
    """The kernels."""

    def build_libraries(self, libraries):
        """Choose the compiler first."""
        choose(self.compiler)
        with advice():
            super().build_libraries(libraries)


class BuildExtension(build_ext):
    """The engine."""

    def build_extensions(self):
        """Choose the compiler first."""
        choose(self.compiler)
        with advice():
            super().build_extensions()


def native():
    """What setup() is told of the native module."""
    try:
        from Cython.Build import cythonize
    except ImportError as error:  # pip brings Cython along; a bare `python setup.py` may not
        raise SystemExit(
            "building serfast needs Cython: pip install cython, or pip install .; without the "
            "native module: SERFAST_NO_NATIVE=1"
        ) from error
    engine = Extension(
        "serfast._engine",
        ["ext/engine.pyx"],
        include_dirs=["ext", PUBLIC],
        define_macros=MACROS + PLAIN_PYTHON,
        extra_compile_args=EXACT + QUIET + SMALL,
        export_symbols=["serfast_get_api"],  # what Windows needs; elsewhere it is visible by itself
        extra_link_args=["-s"] if sys.platform.startswith("linux") else [],
        depends=[*HEADERS, f"{PUBLIC}/serfast.h", f"{GENERATED}/twins.pxi"],
    )
    write_twins(f"{GENERATED}/twins.pxi")
    directives = {
        "language_level": 3,
        "boundscheck": False,
        "cdivision": True,
        "initializedcheck": False,
        # smaller code: the classes refuse to be pickled; methods that users call are bound, so that
        # they tell their signature
        "auto_pickle": False,
        "binding": False,
        # engines don't change, streams know whether a thread is in them: no global lock is needed
        "freethreading_compatible": True,
    }
    return {
        "cmdclass": {"build_clib": BuildLibraries, "build_ext": BuildExtension},
        "libraries": [library("select", []), *(library(isa, ISA_FLAGS[isa]) for isa in ISAS)],
        "ext_modules": cythonize(
            [engine],
            build_dir=GENERATED,
            include_path=["ext", GENERATED],
            compiler_directives=directives,
        ),
    }


def wants_native():
    """Whether the native module shall be built."""
    value = os.environ.get("SERFAST_NO_NATIVE", "")
    if value not in ("", "0", "1"):
        raise SystemExit(f"SERFAST_NO_NATIVE must be 0 or 1, got {value!r}")
    return value != "1"


# without the native module nobody can compile or link against it
PURE = {"exclude_package_data": {"serfast": ["*.pxd", "*.h", "include/*"]}}

setup(**native() if wants_native() else PURE)
