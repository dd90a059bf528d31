"""A thread that does one thing after another for an event loop. A pool's futures, made for any number of threads and of
waiters, cost a good part of what a small transaction does."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class OwnThread:
    """Work is done in the order in which it was asked for. Begun when first asked; `stop` lets it end what it has."""

    def __init__(self, name: str) -> None:
        self._asked: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._serve, name=name, daemon=True)

    async def do(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises. Not begun if who asks is cancelled before; otherwise done to its end."""
        if self._thread.ident is None:
            self._thread.start()
        loop, run = asyncio.get_running_loop(), copy_context().run
        answer: asyncio.Future[T] = loop.create_future()

        def visit() -> None:
            if answer.cancelled():
                return
            try:
                result = run(work)
            except BaseException as error:  # noqa: BLE001 - who asked is told of it, whatever it is
                _tell(loop, answer, answer.set_exception, error)
            else:
                _tell(loop, answer, answer.set_result, result)

        self._asked.put(visit)
        return await answer

    def stop(self) -> None:
        """For good."""
        if self._thread.ident is not None:
            self._asked.put(None)
            self._thread.join()

    def _serve(self) -> None:
        while visit := self._asked.get():
            visit()
            del visit  # and what it holds, which may be a whole batch


def _tell(
    loop: asyncio.AbstractEventLoop, answer: asyncio.Future[Any], settle: Callable[[Any], None], outcome: object
) -> None:
    def tell() -> None:
        if not answer.done():
            settle(outcome)

    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(tell)
