"""The routes of referrals."""

from services.referrals.api import contacts, requests

ROUTERS = (contacts.router, requests.router)

__all__ = ["ROUTERS"]
