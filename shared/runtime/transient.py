"""Faults that pass by themselves, and are waited for: those of the infrastructure, never of what was sent."""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_PASSING_SQLSTATES = frozenset({"08", "40", "53", "55", "57", "58"})
"""PostgreSQL's classes: connection, rollback (deadlock), resources, lock not free, operator, system."""


class Transient(Exception):
    """Raise from a handler what is no fault of the message: it is tried again for ever, and never set aside."""


def is_transient(error: BaseException) -> bool:
    """Whether the infrastructure is at fault (connection, lock, deadlock, disk) and not the message."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if sqlstate := getattr(cause, "sqlstate", None):  # PostgreSQL's, from SQLAlchemy or straight from the driver
        return str(sqlstate)[:2] in _PASSING_SQLSTATES
    return isinstance(error, Transient | OSError | PoolTimeout | OperationalError | sqlite3.OperationalError)
