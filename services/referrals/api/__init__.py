"""The routes of referrals."""

from services.referrals.api import agendas, cards, contacts, duties, indicators, intelligence, referrals, requests

ROUTERS = (
    indicators.router,
    cards.router,
    referrals.router,
    contacts.router,
    requests.router,
    intelligence.router,
    agendas.router,
    duties.router,
)

__all__ = ["ROUTERS"]
