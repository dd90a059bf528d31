"""The sharing decision: pure, dated, default deny. The one business rule that every service must apply alike."""

from shared.sharing.decide import OWN, Grant, View, decide, views
from shared.sharing.rules import DECISIONS, LegalGateway, Level, Partnership, RulesUnreadable, Status, load_partnership

__all__ = [
    "DECISIONS",
    "OWN",
    "Grant",
    "LegalGateway",
    "Level",
    "Partnership",
    "RulesUnreadable",
    "Status",
    "View",
    "decide",
    "load_partnership",
    "views",
]
