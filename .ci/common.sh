# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are those of the scripts that source this
# What the scripts beside this file share. It is sourced with `set -euo pipefail` in force.
#
# A function or a group that is called in a condition (`f || …`, `if f`, `f && …`) runs without `set -e`: its
# commands fail and it goes on. So nothing here does several things in such a place: `quietly` runs one program, and
# what has several steps is a script or a function of its own that is called plainly.

# Without it `set -e` is off in what `$(…)` runs, too.
shopt -s inherit_errexit

# The tests that need NumPy, pytest and hypothesis alone, seen from tests/.
PLAIN_TESTS=(backends/reference/test_engine.py backends/reference/test_pitch.py
    features/test_energy.py features/test_pitch.py
    models/bundle/test_fingerprint.py backends/test_stream.py)
PLAIN_CHOICE="not documentation and not numba and not recordings"
ROW_HASHES=helpers.row_hashes # python -m, in tests/
KERNEL_BITS=tests/helpers/kernel_bits.c
SMALL_TESTS=tests/test_small.py

missing=()

needs() { # PACKAGE CHECK…: the package is installed by install_missing unless the check succeeds
    local package="$1"
    shift
    if ! "$@" >/dev/null 2>&1; then missing+=("$package"); fi
}

has() { PATH="$PATH:/usr/sbin" command -v "$1"; }

install_missing() { # Debian's packages, which only root can install
    if [ ${#missing[@]} -eq 0 ]; then return; fi
    echo "installing ${missing[*]}"
    [ "$(id -u)" = 0 ] || { echo "needs root, to install ${missing[*]}" >&2; exit 1; }
    # Another one may be at work: elsewhere on the system, or a step beside this one, whose update has a lock of its own.
    local apt=(flock build/apt.lock env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    mkdir -p build
    quietly "build/apt-$$.log" "${apt[@]}" update
    quietly "build/apt-$$.log" "${apt[@]}" install -y --no-install-recommends "${missing[@]}"
    missing=()
}

quietly() { # LOG PROGRAM…: runs one program, and shows the end of its log if it fails
    local log="$1" status=0
    shift
    # a function would run without `set -e` below
    case "$(type -t "$1")" in function) echo "quietly: $1 is a function" >&2; exit 1 ;; esac
    "$@" >"$log" 2>&1 || status=$?
    if [ $status -ne 0 ]; then
        tail -n 60 "$log" >&2
        echo "failed with status $status: $*" >&2
        exit $status
    fi
}

make_builder() { # FOLDER: a Python there that builds, with what pyproject.toml asks for, and NumPy; sets `builder`
    local folder="$1" base="${PYTHON:-python3}"
    builder="$folder/bin/python"
    "$base" -c "$RECENT"
    "$base" -m venv --clear "$folder"
    "$base" -c "$REQUIREMENTS" >"$folder/requirements.txt"
    "$builder" -m pip install --quiet --requirement "$folder/requirements.txt" numpy
}
RECENT='import sys; sys.exit(sys.version_info < (3, 11) and "PYTHON must be 3.11 or later, which reads TOML")'
REQUIREMENTS='
import tomllib
from pathlib import Path
wanted = set()
for path in (Path("pyproject.toml"), *Path("plugins").glob("*/pyproject.toml")):
    wanted |= set(tomllib.loads(path.read_text("utf-8"))["build-system"]["requires"])
print(*sorted(wanted), sep="\n")
'

unpack_sources() { # FOLDER: the files that git tracks, without what was built in the checkout
    mkdir -p "$1"
    git ls-files -z >"$1.list"
    tar -c --null -T "$1.list" -f "$1.tar"
    tar -x -C "$1" -f "$1.tar"
    rm "$1.tar" "$1.list"
}

build_wheel() { # LOG SOURCE TARGET [VARIABLE=VALUE…]: the wheel of the project in SOURCE, by the builder
    local log="$1" source="$2" target="$3"
    shift 3
    quietly "$log" env --chdir="$source" "$@" "$builder" -c "$BUILD_WHEEL" "$target"
}
BUILD_WHEEL='import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])'

build_is() { # FILE WORDS…: what the program `file` says of it, which must have these words
    local word found
    [ -e "$1" ] || { echo "$1 wasn't built" >&2; exit 1; }
    found="$(file -b "$1")"
    shift
    for word in "$@"; do
        case "$found" in *"$word"*) ;; *) echo "built for another system: $found, not $*" >&2; exit 1 ;; esac
    done
    echo "$found"
}
