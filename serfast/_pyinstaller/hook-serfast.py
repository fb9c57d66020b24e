"""What a frozen program needs of serfast, which PyInstaller can't see in its imports.

That are the modules that are imported by a computed name (commands, back ends, the native module,
names that are loaded when they are first used), and the installed plugins with the metadata by
which they are found and the models that they bring.
"""

from __future__ import annotations

from PyInstaller.utils.hooks import (
    collect_data_files,
    collect_entry_point,
    collect_submodules,
)


def _is_of_programs(name: str) -> bool:
    """Tell whether a program may need the module; tests and this hook are none of its business."""
    return not name.startswith(("serfast._pyinstaller", "serfast.testing"))


hiddenimports = collect_submodules("serfast", filter=_is_of_programs)
datas = []
for _kind in ("classifiers", "embeddings", "encoders", "features"):
    _metadata, _modules = collect_entry_point(f"serfast.{_kind}")
    datas += _metadata
    hiddenimports += _modules
    for _package in {_name.partition(".")[0] for _name in _modules}:
        datas += collect_data_files(_package)

# `serfast bench` reads the file of one of its modules, and Numba looks for the files of functions
# that it compiles.
module_collection_mode = {"serfast.bench": "pyz+py", "serfast.backends.numba": "py"}
