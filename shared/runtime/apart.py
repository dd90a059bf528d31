"""Reading what a stranger sent, in a process of its own: a file that takes too much time or memory, or that breaks a
library written in C, costs that process and nobody else's request.
"""

import asyncio
import pickle
import resource
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

_AT_ONCE = 2
_PATIENCE = 5
"""How many times as long as it may work it may take, on a machine that is busy."""
_MOST_BYTES = 2 << 30
_CHILD = (sys.executable, "-c", f"from {__name__} import work; work()")
_places = ThreadPoolExecutor(_AT_ONCE, "apart")


class TookTooMuch(Exception):
    """More time or memory than is given, or the process came to an end."""


async def apart(function: Callable[..., T], *given: Any, seconds: int) -> T:
    """What `function`, of the top level of a module, returns or raises. Raises TookTooMuch as well, after so many
    seconds of work."""
    asked = pickle.dumps((seconds, function, given))
    said = await asyncio.get_running_loop().run_in_executor(_places, _answer, asked, seconds)
    result, error = pickle.loads(said)  # noqa: S301 - written by `work`
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


def _answer(asked: bytes, seconds: int) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own words
            _CHILD, input=asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds * _PATIENCE
        )
    except subprocess.TimeoutExpired as error:
        raise TookTooMuch from error
    if done.returncode:
        raise TookTooMuch
    return done.stdout


def work() -> None:
    """All that the other process does. It ends by itself, should nobody wait for it any more."""
    seconds, function, given = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by `apart`
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    said: tuple[Any, Exception | None]
    try:
        said = function(*given), None
    except MemoryError:
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - raised again where it is waited for
        said = None, error
    pickle.dump(said, sys.stdout.buffer)
