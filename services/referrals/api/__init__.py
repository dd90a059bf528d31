"""The routes of referrals."""

from services.referrals.api import cards, contacts, indicators, intelligence, referrals, requests

ROUTERS = (
    indicators.router,
    cards.router,
    referrals.router,
    contacts.router,
    requests.router,
    intelligence.router,
)

__all__ = ["ROUTERS"]
