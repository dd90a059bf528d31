"""What does not go together on one visit, said before it is confirmed (evaluation ¶57, ¶62, ¶90; Table 3)."""

from collections.abc import Sequence

from services.calendar.domain.compose.case import Case
from shared.contracts.api.calendar.composer import Attendee, Ease, TeamClash, TeamClashKind
from shared.contracts.api.calendar.policies import Staffing
from shared.contracts.api.calendar.words import Purpose

_ALL_ARE_MANY = 4


def clashes(case: Case, attendees: Sequence[Attendee], staffing: Staffing) -> tuple[TeamClash, ...]:
    found = (
        _approaches(attendees),
        _uniforms(attendees),
        _notices(case, attendees),
        _crowd(attendees, staffing),
        _everybody(case, attendees),
        _shut_out(attendees),
    )
    return tuple(clash for clash in found if clash)


def _approaches(attendees: Sequence[Attendee]) -> TeamClash | None:
    support = [one for one in attendees if one.manner.approach is Purpose.supportive]
    enforce = [one for one in attendees if one.manner.approach is Purpose.enforcement]
    if not support or not enforce:
        return None
    return TeamClash(
        kind=TeamClashKind.approach,
        agencies=_ids([*support, *enforce]),
        sentence=f"{_titles(support)} would come to support, {_titles(enforce)} to enforce.",
        remedy="Agree one purpose before the visit, or let those who support come on another day.",
    )


def _uniforms(attendees: Sequence[Attendee]) -> TeamClash | None:
    uniformed = [one for one in attendees if one.manner.uniformed]
    plain = [one for one in attendees if not one.manner.uniformed]
    if not uniformed or not plain:
        return None
    return TeamClash(
        kind=TeamClashKind.uniform,
        agencies=_ids(attendees),
        sentence=f"{_titles(uniformed)} would come in uniform, {_titles(plain)} in plain clothes.",
        remedy="Agree who goes in first and who speaks, or ask for plain clothes.",
    )


def _notices(case: Case, attendees: Sequence[Attendee]) -> TeamClash | None:
    bound = [one for one in attendees if one.entry.ease is Ease.notice]
    if case.asked.announced or not bound or len(bound) == len(attendees):
        return None
    return TeamClash(
        kind=TeamClashKind.notice,
        agencies=_ids(bound),
        sentence=f"{_titles(bound)} must give notice, which would announce a visit that is to be unannounced.",
        remedy="Let them rely on consent on the day, come later, or wait for a warrant that names them.",
    )


def _crowd(attendees: Sequence[Attendee], staffing: Staffing) -> TeamClash | None:
    officers = sum(one.officers for one in attendees)
    if officers <= staffing.most_on_a_visit:
        return None
    return TeamClash(
        kind=TeamClashKind.crowd,
        agencies=_ids(attendees),
        sentence=f"{officers} officers at once; more than {staffing.most_on_a_visit} overwhelm a business.",
        remedy="Send fewer, or split the visit.",
    )


def _everybody(case: Case, attendees: Sequence[Attendee]) -> TeamClash | None:
    if len(attendees) < max(_ALL_ARE_MANY, len(case.partners)):
        return None
    return TeamClash(
        kind=TeamClashKind.everybody,
        agencies=_ids(attendees),
        sentence="Every agency of the partnership would attend. Visits tailored to two or three found more.",
        remedy="Keep to those whose concerns cannot wait; the others follow up what is found.",
    )


def _shut_out(attendees: Sequence[Attendee]) -> TeamClash | None:
    shut = [one for one in attendees if one.entry.ease is Ease.consent]
    if not shut:
        return None
    return TeamClash(
        kind=TeamClashKind.entry,
        agencies=_ids(shut),
        sentence=f"{_titles(shut)} can enter only if the occupier consents.",
        remedy="Ask consent openly, for a stated purpose; do not rely on another agency's power of entry.",
    )


def _ids(attendees: Sequence[Attendee]) -> tuple[str, ...]:
    return tuple(one.agency for one in attendees)


def _titles(attendees: Sequence[Attendee]) -> str:
    return ", ".join(one.title for one in attendees)
