"""The routes of the calendar. What they answer is a function of what the caller's agency may see."""

from fastapi import APIRouter

from services.calendar.api import (
    attending,
    calendars,
    clashes,
    composing,
    duties,
    operations,
    outcomes,
    policies,
    reports,
    tasking,
    visits,
)
from services.calendar.api.dependencies import Desk

ROUTERS: tuple[APIRouter, ...] = (
    visits.router,
    attending.router,
    clashes.router,
    outcomes.router,
    calendars.router,
    composing.router,
    tasking.router,
    operations.router,
    reports.router,
    policies.router,
    duties.router,
)

__all__ = ["ROUTERS", "Desk"]
