"""Rows as named tuples."""

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any


def row_maker(columns: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    """Makes a row of its values in order. By itself, since what makes types of names that are known when it runs cannot
    be compiled (`native.py`)."""
    row: Any = namedtuple("Row", columns, rename=True)  # type: ignore[misc]
    return partial(tuple.__new__, row)
