"""`column IN (many values)` as one parameter, so that a batch of any size is one statement that is prepared once."""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Among(FunctionElement[bool]):
    inherit_cache = True


def among(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """True where `column` is one of `values`."""
    return _Among(column, bindparam(None, orjson.dumps(list(values)).decode(), type_=Text, unique=True))


@compiles(_Among, "sqlite")
def _sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - two clauses that SQLAlchemy compiled


@compiles(_Among, "postgresql")
def _postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY(ARRAY(SELECT json_array_elements_text(CAST({values} AS json))))"
