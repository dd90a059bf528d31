"""Who is served: an agency of the partnership, for a purpose, under the rules and policies of today."""

from dataclasses import dataclass

from services.calendar.domain.policy import Policies
from services.calendar.domain.sight import Eyes
from shared.runtime import clock, peer
from shared.runtime.auth import Principal
from shared.runtime.errors import Forbidden
from shared.sharing import Partnership


@dataclass(frozen=True, slots=True)
class Caller:
    """`headers` are its own, with which other services are asked in its name."""

    subject: str
    eyes: Eyes
    headers: peer.Caller
    policies: Policies

    @property
    def agency(self) -> str:
        return self.eyes.agency


def eyes_of(agency: str, purpose: str | None, partnership: Partnership) -> Eyes:
    """Raises Forbidden for an agency that is no partner."""
    if partnership.agency(agency) is None:
        raise Forbidden("Your agency is not in this partnership.")
    return Eyes(agency, purpose or partnership.stream_purpose, clock.today(), partnership)


def caller_of(principal: Principal, partnership: Partnership, headers: peer.Caller, policies: Policies) -> Caller:
    """Raises Forbidden for an agency that is no partner."""
    return Caller(principal.subject, eyes_of(principal.agency, principal.purpose, partnership), headers, policies)
