"""Many values as one parameter: one statement, built and prepared once, takes a batch of any size."""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, Integer, Select, Text, UnaryExpression, bindparam, cast, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import custom_op


def many(values: Iterable[str] | Iterable[int]) -> str:
    """Values for `among` and `listed`."""
    return orjson.dumps(list(values)).decode()


class _Among(FunctionElement[bool]):
    inherit_cache = True


def among(found: ColumnElement[Any], name: str = "ids") -> ColumnElement[bool]:
    """True where `found`, a text or an integer, is one of the values given as the parameter `name`."""
    return _Among(found, bindparam(name, type_=Text))


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    found, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{found} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - two clauses that SQLAlchemy compiled


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    found, values = (compiler.process(clause, **options) for clause in element.clauses)
    cast = "::BIGINT" if isinstance(next(iter(element.clauses)).type, Integer) else ""
    return f"{found} = ANY(ARRAY(SELECT json_array_elements_text(CAST({values} AS json)){cast}))"


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """`column`, not to be looked up by: without statistics SQLite takes an equality for ten rows, however many."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


class _Listed(FunctionElement[str]):
    inherit_cache = True


def listed(name: str = "ids") -> Any:
    """A table of the texts given as the parameter `name`, in its column `value`."""
    return _Listed(bindparam(name, type_=Text)).table_valued(column("value", Text))


def sought(statement: Select[Any], found: ColumnElement[Any], name: str = "ids") -> Select[Any]:
    """`statement` where `among` holds, by a join. Behind `IN` SQLite makes a table of its own of the values, which
    takes as long as to look a few of them up. For one list only: of two it would look up the first and go through all
    that has it. A value that is given twice gives its rows twice."""
    values = listed(name)
    value = cast(values.c.value, BigInteger) if isinstance(found.type, Integer) else values.c.value
    return statement.select_from(values).where(found == value)


@compiles(_Listed, "sqlite")
def _listed_sqlite(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Listed, "postgresql")
def _listed_postgresql(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS json))"
