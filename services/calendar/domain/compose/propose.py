"""The proposal as a whole."""

from collections.abc import Sequence
from dataclasses import replace

from services.calendar.domain.compose import attend, clash, enter, lead, look, officers
from services.calendar.domain.compose.case import Attending, Case
from services.calendar.domain.follow_up import after
from services.calendar.domain.powers import CAUTION
from shared.contracts.api.calendar.composer import Attendee, EntryPlan, Manner, Overridden, Override, Proposal, Team
from shared.contracts.api.calendar.policies import PolicyKind

_PRIMARY_NONE_KNOWN = "Look the business up in the Primary Authority register before the visit: none is noted here."

_POLICIES = (PolicyKind.regimes, PolicyKind.staffing, PolicyKind.follow_up)
_NO_INDICATORS = "What to look for: the library of indicators does not answer."


def propose(case: Case) -> Proposal:
    """Of nobody, where no concern gives anybody a reason to come."""
    wanted = attend.attendance(case, case.policies.regimes)
    chosen = _as_decided(wanted, case.asked.override)
    plans = {agency: enter.entry_plan(case, case.partner(agency), concerns) for agency, concerns in chosen.items()}
    best = lead.choose(case, chosen, plans, case.policies.staffing)
    ordered = _led_by(best, case.asked.override)
    attendees = tuple(_attendee(case, agency, chosen, plans[agency], ordered[0]) for agency in ordered)
    advice = enter.warrant_advice(case, ordered, chosen, plans, case.policies.staffing)
    return Proposal(
        business_id=case.asked.business_id,
        name=case.name,
        day=case.day,
        attendees=attendees,
        lead_because=_because(case, ordered, best, chosen, plans),
        officers=sum(one.officers for one in attendees),
        would_have_sent=sum(one.would_have_sent for one in attendees),
        left_out=attend.left_out(case, set(chosen), set(wanted) - set(chosen)),
        warrants=(advice,) if advice else (),
        clashes=clash.clashes(case, attendees, case.policies.staffing),
        note_if_seen=look.note_if_seen(case, chosen),
        not_known=(_NO_INDICATORS,) if case.indicators is None else (),
        primary_authority=case.primary_authority or (_PRIMARY_NONE_KNOWN,),
        overridden=_overridden(case, wanted, best, attendees),
        policies=tuple(case.policies.names[kind] for kind in _POLICIES),
        caution=CAUTION,
    )


def _attendee(case: Case, agency: str, chosen: Attending, plan: EntryPlan, leader: str) -> Attendee:
    partner, concerns = case.partner(agency), chosen[agency]
    sent = officers.number(case, partner, concerns, case.policies.staffing, by_itself=len(chosen) == 1)
    decided = case.asked.override.officers.get(agency) if case.asked.override else None
    staff = partner.staff(case.policies.staffing)
    return Attendee(
        agency=agency,
        title=partner.title,
        leads=agency == leader,
        reasons=attend.reasons(partner, concerns),
        entry=plan,
        officers=decided or sent.officers,
        would_have_sent=sent.alone,
        officers_because="The chair decided so." if decided else sent.because,
        manner=case.asked.manners.get(agency, Manner(approach=staff.approach, uniformed=staff.uniformed)),
        sanctions=lead.sanctions(case, partner, concerns),
        looks_for=look.looks_for(case, agency, concerns),
        follow_up=after((one.regime for one in concerns), case.policies.follow_up),
    )


def _as_decided(wanted: Attending, override: Override | None) -> Attending:
    """With those whom the chair adds, who come without a concern of their own."""
    if override is None:
        return wanted
    named = (*override.add, *([override.lead] if override.lead else ()))
    kept = {agency: concerns for agency, concerns in wanted.items() if agency not in override.leave_out}
    return {**dict.fromkeys(named, ()), **kept}


def _led_by(best: Sequence[str], override: Override | None) -> list[str]:
    if override is None or override.lead is None:
        return list(best)
    return [override.lead, *(agency for agency in best if agency != override.lead)]


def _because(
    case: Case, ordered: Sequence[str], best: Sequence[str], chosen: Attending, plans: dict[str, EntryPlan]
) -> tuple[str, ...]:
    if not ordered:
        return ("No live concern that you may see gives an agency a reason to come.",)
    if ordered[0] != best[0]:
        return ("The chair decided so.", *lead.because(case, list(best), chosen, plans, case.policies.staffing))
    return lead.because(case, list(ordered), chosen, plans, case.policies.staffing)


def _overridden(case: Case, wanted: Attending, best: Sequence[str], attendees: Sequence[Attendee]) -> Overridden | None:
    override, ordered = case.asked.override, [one.agency for one in attendees]
    if override is None:
        return None
    as_proposed = propose(replace(case, asked=case.asked.model_copy(update={"override": None})))
    title = {partner.id: partner.title for partner in case.partners}
    return Overridden(
        by_reason=override.reason,
        changes=(
            *([f"{title[best[0]]} was best placed to lead."] if ordered and ordered[0] != best[0] else []),
            *(f"{title[one]} was added without a concern of its own." for one in ordered if one not in wanted),
            *(f"{title[one]} had a reason to come and was left out." for one in wanted if one not in ordered),
            *(f"{title[one]}: {count} officers." for one, count in override.officers.items() if one in ordered),
        ),
        proposed=_team(as_proposed.attendees),
        decided=_team(attendees),
    )


def _team(attendees: Sequence[Attendee]) -> Team:
    return Team(
        lead=attendees[0].agency if attendees else None, officers={one.agency: one.officers for one in attendees}
    )
