"""Modules of linking as mypyc compiles them, in place of their sources (docs/adr/0037).

`joinedup.native_build` puts them into a folder named after the interpreter, their names and the sources of all that
they were made of.
Where there is no such folder, since nothing was built or something was edited, Python reads the sources as ever.
"""

import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from sysconfig import get_config_var
from types import ModuleType

ROOT = Path(__file__).parents[2]
BUILT = ROOT / ".native"
SUFFIX = EXTENSION_SUFFIXES[0]
COMPILED = (
    "services/linker/domain/assess/course.py",
    "services/linker/domain/assess/risk.py",
    "services/linker/domain/assess/say.py",
    "services/linker/domain/assess/weigh.py",
    "services/linker/domain/normalise/*.py",
    "services/linker/domain/compare/*.py",
    "services/linker/domain/block.py",
    "services/linker/domain/cluster.py",
    "services/linker/domain/decide.py",
    "services/linker/domain/kept.py",
    "services/linker/domain/key_numbers.py",
    "services/linker/domain/naming.py",
    "services/linker/domain/score.py",
    "services/linker/domain/views.py",
    "services/linker/domain/walk.py",
    "services/linker/domain/relate/traits.py",
    "services/linker/domain/search/said.py",
    "services/linker/handlers/learn.py",
    "services/linker/handlers/near.py",
    "services/linker/handlers/restate.py",
    "services/linker/handlers/telling.py",
    "services/linker/store/graph.py",
    "services/linker/store/holdings.py",
    "services/linker/store/writing.py",
    "services/ingest/domain/cells.py",
    "services/ingest/domain/values.py",
    "services/ingest/domain/*mapping.py",
    "services/ingest/domain/readers/*_rows.py",
    "services/ingest/domain/readers/json_items.py",
    "services/ingest/domain/readers/lines.py",
    "services/ingest/domain/readers/xml_stream.py",
    "services/ingest/domain/readers/xlsx_cells.py",
)
_SOURCES = ("shared", "services/ingest/domain", "services/linker")  # what that may import


class Compiled(MetaPathFinder):
    """Finds these modules in these files, and leaves all others to those that come after it."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        file = self._files.get(fullname)
        if file is None:
            return None
        source = ROOT.joinpath(*fullname.split("."))
        return spec_from_file_location(
            fullname, file, submodule_search_locations=[str(source)] if source.is_dir() else None
        )


def use() -> bool:
    """Take what is compiled from now on; whether that is so. It is not if nothing was built of the sources as they are,
    nor if one of them is loaded already: compiled modules know each other's insides, so it is all or none."""
    if in_use():
        return True
    files = {file.name.removesuffix(SUFFIX): file for file in folder().glob(f"*{SUFFIX}")}
    if not files or files.keys() & sys.modules.keys():
        return False
    sys.meta_path.insert(0, Compiled(files))
    return True


def in_use() -> bool:
    """Whether this process takes what is compiled."""
    return any(isinstance(finder, Compiled) for finder in sys.meta_path)


def folder() -> Path:
    """Where what is compiled of the sources as they are now, for this interpreter, belongs."""
    digest = sha256("\n".join(COMPILED).encode())
    for file in sorted(file for part in _SOURCES for file in (ROOT / part).rglob("*.py")):
        digest.update(f"{file.relative_to(ROOT)}\0{sha256(file.read_bytes()).hexdigest()}\0".encode())
    return BUILT / f"{get_config_var('SOABI')}-{digest.hexdigest()[:32]}"
