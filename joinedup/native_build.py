"""`python -m joinedup.native_build`: compile the modules in which linking spends its time, by mypyc and the
machine's C compiler, for `joinedup.native` to find. Says in one line what it did; ends with code 1 if it could not."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from sysconfig import get_config_var, get_path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from shared.runtime.native import BUILT, COMPILED, ROOT, SUFFIX, folder


class CannotBuild(Exception):
    """What is missing."""


def build() -> str:
    """Compile, unless it is done. What was done, in words. Raises CannotBuild."""
    target = folder()
    if target.exists():
        return "the compiled modules of linking are up to date"
    _need_compiler()
    began = perf_counter()
    BUILT.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=BUILT) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        extensions = _translate(Path(scratch))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for one in extensions:
                _make(one, made / f"{one.name.removesuffix('.__init__')}{SUFFIX}", pool)
        _put(made, target)
    return f"compiled {len(extensions) - 1} modules of linking in {perf_counter() - began:.0f} s"


def _need_compiler() -> None:
    """Asked first, since what comes before compiling takes ten seconds."""
    compiler, *_ = _words("CC")
    if not shutil.which(compiler):
        raise CannotBuild(f"there is no {compiler}")
    if not Path(get_path("include"), "Python.h").exists():
        raise CannotBuild("there are no headers of Python (on Debian or Ubuntu: apt-get install python3-dev)")


def _translate(scratch: Path) -> list[Any]:
    """Their C, as setuptools' extensions: a large one that holds all of it, and a small one by the name of each."""
    modules = [str(file.relative_to(ROOT)) for pattern in COMPILED for file in sorted(ROOT.glob(pattern))]
    said = StringIO()
    try:
        with chdir(ROOT), redirect_stdout(said), redirect_stderr(said):
            from mypyc.build import mypycify

            return mypycify(
                ["--cache-dir", str(scratch / "mypy"), *modules],
                opt_level="2",
                debug_level="0",
                multi_file=True,
                target_dir=str(scratch),
                group_name="joinedup_native",
            )
    except ImportError as error:
        raise CannotBuild(f"the Python package {error.name} is not installed") from None
    except SystemExit:
        raise CannotBuild(said.getvalue().strip()) from None


def _make(extension: Any, target: Path, pool: Executor) -> None:
    include = [f"-I{folder}" for folder in (get_path("include"), *extension.include_dirs)]
    flags = [*_words("CFLAGS"), *_words("CCSHARED"), *extension.extra_compile_args, "-w", *include]
    objects = [f"{source}.o" for source in extension.sources]
    commands = (
        [*_words("CC"), *flags, "-c", source, "-o", compiled]
        for source, compiled in zip(extension.sources, objects, strict=True)
    )
    list(pool.map(_run, commands))
    _run([*_words("LDSHARED"), *objects, "-o", str(target)])


def _words(variable: str) -> list[str]:
    """What this Python was itself built with."""
    return shlex.split(get_config_var(variable) or "")


def _run(command: Sequence[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    except subprocess.CalledProcessError as error:
        raise CannotBuild(f"{command[0]} says: {error.stderr.strip()[:300]}") from None


def _put(made: Path, target: Path) -> None:
    """Beside what other interpreters have, in place of what was made of older sources."""
    for old in BUILT.glob(f"{get_config_var('SOABI')}-*"):
        shutil.rmtree(old)
    made.rename(target)


if __name__ == "__main__":
    try:
        print(f"{build()}.")
    except CannotBuild as lacking:
        sys.exit(f"Linking runs uncompiled, which takes longer: {lacking}.")
