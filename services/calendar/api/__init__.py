"""The routes of the calendar."""

from fastapi import APIRouter

from services.calendar.api import attending, calendars, clashes, composing, outcomes, tasking, visits
from services.calendar.api.dependencies import Desk

ROUTERS: tuple[APIRouter, ...] = (
    visits.router,
    attending.router,
    clashes.router,
    outcomes.router,
    calendars.router,
    composing.router,
    tasking.router,
)

__all__ = ["ROUTERS", "Desk"]
