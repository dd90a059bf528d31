"""Clashes: what else is planned at a place, at linked premises, for the same organisation or in its network."""

from datetime import date

from pydantic import Field

from shared.contracts.api.calendar.words import How, VisitStatus
from shared.contracts.envelope import Contract
from shared.contracts.problem import Problem


class Clash(Contract):
    """A visit that you may know of. `join` is where to POST to attend it instead of making your own."""

    visit_id: str
    agency: str
    status: VisitStatus
    how: How
    first_day: date
    last_day: date
    contact: str = Field(description="Whom to ring")
    blocks: bool = Field(description="Whether yours cannot be confirmed without saying that you know of it")
    sentence: str
    join: str | None


class Ring(Contract):
    """Someone plans something. That is all that is told: neither who, nor what, when, where or how often."""

    contact: str
    sentence: str


class CapReached(Contract):
    """What the business would bear with your visit, against what the partnership has agreed on."""

    code: str
    sentence: str
    visits: tuple[str, ...] = Field(description="Ids of the visits that were counted, all of which you may see")
    source: str


class Clashes(Contract):
    """`seen` stands for this very answer: give it to confirm in spite of it."""

    clashes: tuple[Clash, ...]
    ring: tuple[Ring, ...]
    caps: tuple[CapReached, ...]
    days: int = Field(description="Either side of your visit that was looked at, for its regimes")
    clear: bool = Field(description="Whether it can be confirmed as it is")
    seen: str


class ClashProblem(Problem):
    """A confirmation that was refused, with all that may be told of why (RFC 9457, extension member)."""

    clashes: Clashes
