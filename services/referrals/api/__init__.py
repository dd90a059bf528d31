"""The routes of referrals."""

from services.referrals.api import contacts, intelligence, requests

ROUTERS = (contacts.router, requests.router, intelligence.router)

__all__ = ["ROUTERS"]
