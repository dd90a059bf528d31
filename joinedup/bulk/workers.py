"""A few processes, results in order, and never more work under way than memory should hold."""

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar

from joinedup.bulk.forking import forking
from services.linker.domain.model import Model, load_model

Task = TypeVar("Task")
Result = TypeVar("Result")

_UNDER_WAY = 2  # tasks for each process, so that none waits for the next


class Workers:
    """Runs functions of modules on many arguments; with one process, in this one."""

    def __init__(self, executor: ProcessPoolExecutor | None, count: int) -> None:
        self._executor = executor
        self.count = count

    def run(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """The results in the order of `tasks`, which are taken only as fast as they are worked off."""
        if self._executor is None:
            yield from map(function, tasks)
            return
        waiting: deque[Future[Result]] = deque()
        for task in tasks:
            waiting.append(self._executor.submit(function, task))
            if len(waiting) > _UNDER_WAY * self.count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def begin(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """As `run`, but all tasks are handed over at once, and worked off while the caller does something else."""
        if self._executor is None:
            return map(function, tasks)
        started = [self._executor.submit(function, task) for task in tasks]
        return (one.result() for one in started)


@contextmanager
def workers(count: int | None = None) -> Iterator[Workers]:
    """`count` processes, by default as many as there are cores for this one."""
    count = count or len(os.sched_getaffinity(0))
    gc.disable()
    try:
        yield from _of_this_count(count)
    finally:
        gc.enable()


def _of_this_count(count: int) -> Iterator[Workers]:
    if count == 1:
        yield Workers(None, 1)
        return
    with ProcessPoolExecutor(count, mp_context=forking(), initializer=gc.disable) as executor:
        yield Workers(executor, count)


@lru_cache(maxsize=1)
def model_of(data: bytes) -> Model:
    """The model of a task, loaded once in each process."""
    return load_model(data)
