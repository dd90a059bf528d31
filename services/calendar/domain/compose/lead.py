"""Who leads: whoever gets in most easily, then whoever can do most about it without a court (¶50 to ¶52)."""

from collections.abc import Mapping

from services.calendar.domain.compose.case import Attending, Case, Concern, Partner
from services.calendar.domain.compose.enter import EASE, can_swear
from services.calendar.domain.powers import powers_on
from shared.contracts.api.calendar.composer import Ease, EntryPlan, SanctionSaid
from shared.contracts.api.calendar.policies import Staffing
from shared.contracts.api.calendar.powers import PowerKind

_GETS_IN = {
    Ease.open: "needs no warrant",
    Ease.named: "is named on a warrant",
    Ease.notice: "needs no warrant but must give notice",
    Ease.written_authority: "needs a senior officer's written authority",
    Ease.warrant: "needs a warrant",
    Ease.consent: "has no power to enter",
}
_Rank = tuple[int, bool, bool, int, float, str]


def sanctions(case: Case, partner: Partner, concerns: tuple[Concern, ...]) -> tuple[SanctionSaid, ...]:
    its_regimes = {one.regime for one in concerns}
    found = [
        SanctionSaid(
            power=power.id,
            statute=power.statute,
            section=power.section,
            says=power.says,
            reach=power.reach or 1,
            without_prosecution=bool(power.without_prosecution),
        )
        for power in powers_on(case.day, (PowerKind.sanction,))
        if partner.is_one_of(power.holders) and its_regimes.intersection(power.regimes)
    ]
    return tuple(sorted(found, key=lambda one: (not one.without_prosecution, -one.reach, one.power)))


def choose(case: Case, attending: Attending, plans: Mapping[str, EntryPlan], staffing: Staffing) -> list[str]:
    """The agencies, the best placed to lead first."""

    def rank(agency: str) -> _Rank:
        concerns, ease = attending[agency], plans[agency].ease
        best = sanctions(case, case.partner(agency), concerns)[:1]
        return (
            EASE.index(ease),
            ease is Ease.warrant and not can_swear(case, agency, attending, staffing),
            not (best and best[0].without_prosecution),
            -(best[0].reach if best else 0),
            -sum(concern.weight for concern in concerns),
            agency,
        )

    return sorted(attending, key=rank)


def because(
    case: Case,
    ordered: list[str],
    attending: Attending,
    plans: Mapping[str, EntryPlan],
    staffing: Staffing,
) -> tuple[str, ...]:
    """Why the first leads: how it gets in, what it can impose, and where the others stand."""
    first, *others = ordered
    title, plan = case.partner(first).title, plans[first]
    best = sanctions(case, case.partner(first), attending[first])[:1]
    return (
        f"{title} {_GETS_IN[plan.ease]}.",
        *plan.sentences,
        *([_sworn(case, first, attending, staffing)] if plan.ease is Ease.warrant else []),
        *(f"It can act: {one.says} ({one.statute}, {one.section})." for one in best),
        *(_compared(case, other, first, attending, plans) for other in others),
    )


def _sworn(case: Case, agency: str, attending: Attending, staffing: Staffing) -> str:
    if can_swear(case, agency, attending, staffing):
        return "Its own intelligence is fresh enough to ask a court for one."
    return "Its own intelligence is too old to ask a court for one."


def _compared(
    case: Case,
    other: str,
    first: str,
    attending: Attending,
    plans: Mapping[str, EntryPlan],
) -> str:
    title = case.partner(other).title
    if plans[other].ease is not plans[first].ease:
        return f"{title} {_GETS_IN[plans[other].ease]}."
    best = sanctions(case, case.partner(other), attending[other])[:1]
    if best and not best[0].without_prosecution:
        return f"{title} gets in as easily, but would have to prosecute ({best[0].statute}, {best[0].section})."
    return f"{title} gets in as easily; what it can impose there stops less, or the concerns it comes for weigh less."
