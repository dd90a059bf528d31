"""`column IN (many values)` as one parameter: one statement, built and prepared once, takes a batch of any size."""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Among(FunctionElement[bool]):
    inherit_cache = True


def among(column: ColumnElement[Any], name: str = "ids") -> ColumnElement[bool]:
    """True where `column` is one of the values given as the parameter `name`, in the form that `many` makes."""
    return _Among(column, bindparam(name, type_=Text))


def many(values: Iterable[str]) -> str:
    """Values for `among`."""
    return orjson.dumps(list(values)).decode()


@compiles(_Among, "sqlite")
def _sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - two clauses that SQLAlchemy compiled


@compiles(_Among, "postgresql")
def _postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY(ARRAY(SELECT json_array_elements_text(CAST({values} AS json))))"
