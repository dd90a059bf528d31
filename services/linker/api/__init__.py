"""The linker's routes. What they answer is a function of the records and decisions that the caller's audience sees."""

from services.linker.api import (
    businesses,
    compare,
    decisions,
    downloads,
    duties,
    export,
    findings,
    funnel,
    history,
    known,
    models,
    queue,
    relations,
    risk,
    search,
    statistics,
    traits,
    why,
)
from services.linker.api.viewing import Desk

__all__ = ["ROUTERS", "Desk"]

ROUTERS = (
    businesses.router,
    risk.router,
    search.router,
    funnel.router,
    statistics.router,
    relations.router,
    traits.router,
    findings.router,
    export.router,
    why.router,
    history.router,
    compare.router,
    decisions.router,
    queue.router,
    downloads.router,
    models.router,
    known.router,
    duties.router,
)
