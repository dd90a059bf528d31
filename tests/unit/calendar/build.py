"""Cases to compose, in few words."""

from datetime import date, timedelta
from typing import Any

from services.calendar.domain.compose import Case, Concern, Partner, Sighting, propose
from services.calendar.domain.policy import as_shipped
from shared.contracts.api.calendar.composer import Attendee, ComposeRequest, LookFor, Proposal
from shared.contracts.api.calendar.powers import PremisesKind

TODAY = date(2026, 11, 23)
BUSINESS = "biz_" + "a" * 20
PARTNERS = tuple(
    Partner(id_, id_.replace("-", " ").capitalize(), (class_,))
    for id_, class_ in {
        "food": "environmental-health",
        "fire": "fire-authority",
        "housing": "housing-authority",
        "hmrc": "revenue-and-customs",
        "immigration": "immigration-authority",
        "police": "police-force",
        "trading-standards": "trading-standards",
    }.items()
)


def concern(regime: str, *agencies: str, weight: float = 3.0, days_ago: int = 10) -> Concern:
    on = TODAY - timedelta(days=days_ago)
    seen = tuple(Sighting(f"rec_{regime}_{agency}", agency, on) for agency in agencies)
    return Concern(regime, weight, f"A concern of {regime}.", seen)


def composed(
    *concerns: Concern,
    premises: tuple[PremisesKind, ...] = (PremisesKind.business,),
    indicators: tuple[LookFor, ...] | None = (),
    partners: tuple[Partner, ...] = PARTNERS,
    **asked: Any,
) -> Proposal:
    known_to = frozenset(sighting.agency for one in concerns for sighting in one.sightings)
    request = ComposeRequest.model_validate({"business_id": BUSINESS, "premises": premises, **asked})
    return propose(Case(TODAY, "Chicken Shop", request, concerns, known_to, partners, indicators, as_shipped()))


def attendee(proposal: Proposal, agency: str) -> Attendee:
    return next(one for one in proposal.attendees if one.agency == agency)


def agencies(proposal: Proposal) -> list[str]:
    return [one.agency for one in proposal.attendees]
