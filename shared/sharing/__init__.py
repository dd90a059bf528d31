"""The sharing decision: pure, dated, default deny. The one business rule that every service must apply alike."""

from shared.contracts.api.sharing import ConditionKind, Level
from shared.sharing.answer import answer
from shared.sharing.catalogue import Entry, catalogue
from shared.sharing.decide import Grant, View, decide, is_standing, views
from shared.sharing.legal_gateway import Agency, LegalGateway, Status
from shared.sharing.memorandum import Memorandum, clone
from shared.sharing.recipients import recipients
from shared.sharing.refusal import not_for_this_purpose
from shared.sharing.rules import (
    CARDS,
    DECISIONS,
    OUTCOMES,
    REQUESTS,
    VISITS,
    Partnership,
    RulesUnreadable,
    load_partnership,
)

__all__ = [
    "CARDS",
    "DECISIONS",
    "OUTCOMES",
    "REQUESTS",
    "VISITS",
    "Agency",
    "ConditionKind",
    "Entry",
    "Grant",
    "LegalGateway",
    "Level",
    "Memorandum",
    "Partnership",
    "RulesUnreadable",
    "Status",
    "View",
    "answer",
    "catalogue",
    "clone",
    "decide",
    "is_standing",
    "load_partnership",
    "not_for_this_purpose",
    "recipients",
    "views",
]
