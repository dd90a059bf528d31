"""The routes of the calendar."""

from fastapi import APIRouter

from services.calendar.api import attending, clashes, composing, operations, outcomes, tasking, visits
from services.calendar.api.dependencies import Desk

ROUTERS: tuple[APIRouter, ...] = (
    visits.router,
    attending.router,
    clashes.router,
    outcomes.router,
    composing.router,
    tasking.router,
    operations.router,
)

__all__ = ["ROUTERS", "Desk"]
