"""The linker's routes. All are reads; what they answer is a function of the records the caller's audience sees."""

from services.linker.api import businesses, export, statistics
from services.linker.api.viewing import Desk

__all__ = ["ROUTERS", "Desk"]

ROUTERS = (businesses.router, statistics.router, export.router)
