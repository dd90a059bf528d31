"""The process that workers are forked from. It loads what they need, beside whoever starts it early."""

import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

from shared.runtime import native

_NATIVE = "joinedup.bulk.native_first"
_PRELOAD = ["joinedup.bulk.rows", "joinedup.bulk.weigh", "joinedup.bulk.group"]


def forking() -> ForkServerContext:
    """It, started and not waited for. It takes what is compiled where the process that starts it does."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_NATIVE, *_PRELOAD] if native.in_use() else _PRELOAD)
    forkserver.ensure_running()
    return context
