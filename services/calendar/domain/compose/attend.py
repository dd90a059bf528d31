"""Who has a reason to come: the agency of each regime with a live concern, and nobody else (evaluation ¶58, ¶85)."""

from services.calendar.domain.compose.case import Attending, Case, Concern, Partner
from shared.contracts.api.calendar.composer import AttendanceReason, LeftOut
from shared.contracts.api.calendar.policies import Regimes

_NO_REASON = "No live concern that you may see is in a regime that it enforces."


def attendance(case: Case, regimes: Regimes) -> Attending:
    found: dict[str, list[Concern]] = {}
    for concern in sorted(case.concerns, key=lambda one: (-one.weight, one.regime)):
        for partner in _for(concern, case, regimes):
            found.setdefault(partner.id, []).append(concern)
    return {agency: tuple(concerns) for agency, concerns in found.items()}


def _for(concern: Concern, case: Case, regimes: Regimes) -> list[Partner]:
    """Of those that enforce the regime, all that hold a concern of their own; else the first that knows the business;
    else the first. Where nobody is known to enforce it, whoever recorded it."""
    competent = _competent(concern.regime, case, regimes)
    own = [partner for partner in competent or case.partners if concern.is_of(partner.id)]
    known = [partner for partner in competent if partner.id in case.known_to]
    return own or known[:1] or competent[:1]


def _competent(regime: str, case: Case, regimes: Regimes) -> list[Partner]:
    """In the order of the policy, then of their ids."""
    found: dict[str, Partner] = {}
    for class_ in regimes.regimes.get(regime, ()):
        for partner in sorted(case.partners, key=lambda one: one.id):
            if partner.is_one_of([class_]):
                found.setdefault(partner.id, partner)
    return list(found.values())


def reasons(partner: Partner, concerns: tuple[Concern, ...]) -> tuple[AttendanceReason, ...]:
    return tuple(
        AttendanceReason(regime=one.regime, sentence=_sentence(partner, one), records=one.records) for one in concerns
    )


def _sentence(partner: Partner, concern: Concern) -> str:
    whose = "its own records" if concern.is_of(partner.id) else "records of partners"
    return (
        f"{partner.title} deals with {concern.regime.replace('-', ' ')}; {whose} show a live concern. {concern.reason}"
    )


def left_out(case: Case, attending: set[str], by_chair: set[str]) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(agency=partner.id, title=partner.title, why=_why(partner.id, by_chair))
        for partner in sorted(case.partners, key=lambda one: one.id)
        if partner.id not in attending
    )


def _why(agency: str, by_chair: set[str]) -> str:
    return "The chair decided so." if agency in by_chair else _NO_REASON
