"""Whether an agency may have a notice, asked of the sharing rules each time that it is about to be given."""

from collections.abc import Mapping
from typing import NamedTuple

from services.gateway.domain.basis import Addressed, Disclosure, Invitations, Sight
from services.gateway.handlers.powers import Powers
from services.gateway.handlers.rules import Rules
from shared.runtime.clock import today


class Grounds(NamedTuple):
    """For which purpose, and under which legal gateways, something is given; neither, for what is the agency's own."""

    purpose: str | None
    legal_gateways: tuple[str, ...]


Bases = Mapping[str, Sight | Addressed]


class Judge:
    """By the rules as they are now. Raises Unavailable while they cannot be read.

    A notice rests on the one of `bases` that has this id, or on None, where it is the agency's alone.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._powers = Powers(rules)

    def may_have(self, agency: str, basis: str | None, bases: Bases) -> bool:
        if basis is None:
            return self._rules.has_agency(agency)
        match bases.get(basis):
            case Sight() as sight:
                return sight.is_open_to(agency, self._rules.audiences())
            case Disclosure() | Invitations() as disclosure:
                return disclosure.grant(agency, today(), self._rules.partnership()) is not None
        return False

    def open_to(self, agency: str, bases: Bases) -> list[str]:
        """The ids of those on which the agency may have notices."""
        return [basis for basis in bases if self.may_have(agency, basis, bases)]

    def grounds(self, agency: str, basis: str | None, bases: Bases) -> Grounds:
        match bases.get(basis or ""):
            case Sight():
                return Grounds(self._powers.purpose, self._powers.of(agency))
            case Disclosure() | Invitations() as disclosure:
                grant = disclosure.grant(agency, today(), self._rules.partnership())
                return Grounds(
                    disclosure.purpose or self._powers.purpose,
                    tuple(sorted(one.id for one in grant.under)) if grant else (),
                )
        return Grounds(None, ())
