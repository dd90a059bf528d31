"""How each agency gets in, and who should ask a court for a warrant (evaluation ¶50, ¶52)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.calendar.domain.compose.case import Attending, Case, Concern, Partner
from services.calendar.domain.powers import powers_on
from shared.contracts.api.calendar.composer import Ease, EntryPlan, WarrantAdvice, WarrantHeld
from shared.contracts.api.calendar.policies import Staffing
from shared.contracts.api.calendar.powers import Authority, Notice, Power, PowerKind, PremisesKind
from shared.contracts.api.calendar.words import Purpose

EASE = list(Ease)
_BY_AUTHORITY = {
    Authority.none: Ease.open,
    Authority.written_authority: Ease.written_authority,
    Authority.warrant: Ease.warrant,
}


@dataclass(frozen=True, slots=True)
class _Way:
    """One way into one kind of premises."""

    ease: Ease
    sentence: str
    power: Power | None = None
    notice: Notice | None = None


def entry_plan(case: Case, partner: Partner, concerns: tuple[Concern, ...]) -> EntryPlan:
    """Into each kind of premises by the easiest way; the whole is as hard as the hardest."""
    ways = [_easiest(_ways(case, partner, concerns, kind)) for kind in case.asked.premises]
    return EntryPlan(
        ease=max((way.ease for way in ways), key=EASE.index),
        sentences=tuple(f"{_said(kind)}: {way.sentence}" for kind, way in zip(case.asked.premises, ways, strict=True)),
        powers=tuple(dict.fromkeys(way.power.id for way in ways if way.power)),
        notice=tuple(dict.fromkeys(way.notice for way in ways if way.notice)),
    )


def _easiest(ways: Iterable[_Way]) -> _Way:
    """Of those that are as easy, by the power that is most about such premises: the one that opens fewest others."""
    return min(ways, key=lambda way: (EASE.index(way.ease), len(way.power.premises) if way.power else 0))


def _ways(case: Case, partner: Partner, concerns: tuple[Concern, ...], kind: PremisesKind) -> list[_Way]:
    held = [_held(partner, warrant) for warrant in case.asked.warrants if _covers(case, partner, warrant, kind)]
    theirs = _powers(case, partner, {one.regime for one in concerns}, kind)
    walks_in = [_walks_in(case, power, kind) for power in theirs if power.kind is PowerKind.entry]
    asks = [_asks(power) for power in theirs if power.kind is PowerKind.warrant]
    consent = _Way(Ease.consent, "only with the occupier's consent, which cannot be relied on.")
    return [*held, *([] if case.asked.force else walks_in), *asks, consent]


def _powers(case: Case, partner: Partner, its_regimes: set[str], kind: PremisesKind) -> list[Power]:
    """Those it may use for what it comes for."""
    return [
        power
        for power in powers_on(case.day, (PowerKind.entry, PowerKind.warrant))
        if kind in power.premises and partner.is_one_of(power.holders) and its_regimes.intersection(power.regimes)
    ]


def _covers(case: Case, partner: Partner, warrant: WarrantHeld, kind: PremisesKind) -> bool:
    has = partner.id == warrant.holder or partner.id in warrant.names
    return has and kind in warrant.premises and case.day <= warrant.valid_until


def _held(partner: Partner, warrant: WarrantHeld) -> _Way:
    if partner.id == warrant.holder:
        return _Way(Ease.open, f"on its own warrant, valid until {warrant.valid_until}.")
    return _Way(Ease.named, f"named on the warrant of {warrant.holder}, valid until {warrant.valid_until}.")


def _walks_in(case: Case, power: Power, kind: PremisesKind) -> _Way:
    notice = _needed(case, power.notice, kind)
    assert power.authority is not None, "the contract of an entry"
    ease = Ease.notice if notice else _BY_AUTHORITY[power.authority]
    how = f"after notice. {notice.says}" if notice else _without(power)
    return _Way(ease, f"{_cited(power)}: {how}", power, notice)


def _without(power: Power) -> str:
    if power.authority is Authority.written_authority:
        return "on a senior officer's written authority."
    return "without a warrant."


def _needed(case: Case, notice: Notice | None, kind: PremisesKind) -> Notice | None:
    """None where suspicion waives it: on any visit but a supportive one there is one, or nobody would come."""
    if notice is None or (notice.premises and kind not in notice.premises):
        return None
    waived = notice.waived_on_suspicion and case.asked.purpose is not Purpose.supportive
    return None if waived else notice


def _asks(power: Power) -> _Way:
    return _Way(Ease.warrant, f"{_cited(power)}: on a warrant, yet to be asked for.", power)


def warrant_advice(
    case: Case, ordered: Sequence[str], attending: Attending, plans: Mapping[str, EntryPlan], staffing: Staffing
) -> WarrantAdvice | None:
    """Who should ask a court, if anybody must: with current intelligence before stale, the lead before others."""
    short = [agency for agency in ordered if _is_hard(plans[agency].ease)]
    shut = _shut(case, short, attending)
    asking = [(agency, power) for agency in ordered if (power := _warrant_of(case, agency, attending[agency], shut))]
    if not asking:
        return None
    agency, power = min(asking, key=lambda one: not can_swear(case, one[0], attending, staffing))
    names = tuple(other for other in short if other != agency)
    sentences = _advice(case, agency, power, names, attending, staffing)
    return WarrantAdvice(agency=agency, power=power.id, names=names, sentences=sentences)


def can_swear(case: Case, agency: str, attending: Attending, staffing: Staffing) -> bool:
    """Whether its own intelligence is fresh enough to lay before a justice."""
    days = (concern.newest(agency) for concern in attending[agency])
    return any(case.is_current(day, staffing.warrant_current_for_days) for day in days)


def _shut(case: Case, short: Iterable[str], attending: Attending) -> tuple[PremisesKind, ...]:
    """The kinds of premises that one of these agencies cannot enter without a warrant."""
    ways = {
        kind: [_easiest(_ways(case, case.partner(agency), attending[agency], kind)) for agency in short]
        for kind in case.asked.premises
    }
    return tuple(kind for kind, found in ways.items() if any(_is_hard(way.ease) for way in found))


def _is_hard(ease: Ease) -> bool:
    return EASE.index(ease) >= EASE.index(Ease.warrant)


def _warrant_of(case: Case, agency: str, concerns: tuple[Concern, ...], shut: tuple[PremisesKind, ...]) -> Power | None:
    """The warrant that opens most of what is shut, and of those the one that is most about such premises."""
    its_regimes = {one.regime for one in concerns}
    found = [power for kind in shut for power in _powers(case, case.partner(agency), its_regimes, kind)]
    warrants = [power for power in found if power.kind is PowerKind.warrant]
    return max(warrants, key=lambda one: (len(set(one.premises) & set(shut)), -len(one.premises)), default=None)


def _advice(
    case: Case,
    agency: str,
    power: Power,
    names: tuple[str, ...],
    attending: Attending,
    staffing: Staffing,
) -> tuple[str, ...]:
    fresh = can_swear(case, agency, attending, staffing)
    title, days = case.partner(agency).title, staffing.warrant_current_for_days
    because = (
        f"it has intelligence of its own of the last {days} days"
        if fresh
        else f"but nobody attending has intelligence of the last {days} days: refresh it first"
    )
    stale = [case.partner(one).title for one in names if not can_swear(case, one, attending, staffing)]
    return (
        f"{title} asks for a warrant under {_cited(power)}: {because}.",
        *([f"Without intelligence of its own that is so fresh: {', '.join(stale)}."] if stale and fresh else []),
        *([f"Have named on it: {', '.join(case.partner(one).title for one in names)}."] if names else []),
        *([power.others] if names and power.others else []),
    )


def _cited(power: Power) -> str:
    return f"{power.statute}, {power.section}"


def _said(kind: PremisesKind) -> str:
    return {"hmo": "House in multiple occupation"}.get(kind, kind.replace("_", " ").capitalize())
