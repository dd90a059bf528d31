"""Visits as answers: all of one, or who and where and on which days."""

from typing import Any

from sqlalchemy import Row

from services.calendar.domain.advice import Plan, advice
from services.calendar.domain.policy import Policies
from services.calendar.domain.sight import Eyes, Sight
from services.calendar.handlers.seeing import Seen
from shared.contracts.api.calendar.visits import Attendance, OwnDetails, Place, Visit, VisitDetails
from shared.contracts.api.calendar.words import Answer, VisitStatus
from shared.sharing import ConditionKind


def shown(found: Seen, eyes: Eyes, policies: Policies) -> Visit:
    """Of what may be seen at all."""
    row, whole = found.row, found.sight >= Sight.full
    return Visit(
        visit_id=row.id,
        agency=row.agency,
        no_onward_sharing=_is_bound(found, eyes),
        status=VisitStatus(row.status),
        place=Place(area=row.area, **row.place),
        first_day=row.first_on,
        last_day=row.last_on,
        starts=row.starts_at if whole else None,
        ends=row.ends_at if whole else None,
        is_window=row.is_window if whole else None,
        version=row.version if whole else None,
        details=_details(found, eyes) if whole else None,
        own=_own(found, eyes, policies) if found.sight is Sight.own else None,
    )


def _is_bound(found: Seen, eyes: Eyes) -> bool:
    """Whether the agency may not pass on what it was told."""
    mine = found.of(eyes.agency)
    grant = eyes.grant(found.row.agency, met=frozenset(map(ConditionKind, mine.met)) if mine else frozenset())
    return grant is not None and grant.no_onward_sharing


def _details(found: Seen, eyes: Eyes) -> VisitDetails:
    row = found.row
    return VisitDetails(
        lead=row.lead,
        purpose=row.purpose,
        regimes=tuple(row.regimes),
        letter_on=row.letter_on,
        powers=tuple(row.powers),
        attendances=tuple(_attendance(one, eyes) for one in found.attendances),
        cancelled=row.cancelled,
    )


def _attendance(row: Row[Any], eyes: Eyes) -> Attendance:
    return Attendance(
        agency=row.agency,
        answer=row.answer or Answer.accepted,
        officers=row.officers,
        alone=row.alone,
        uniformed=row.uniformed,
        attended=row.attended,
        officers_sent=row.officers_sent,
        people=tuple(row.people) if row.agency == eyes.agency else (),
        referrals=tuple(row.referrals) if row.agency == eyes.agency else (),
    )


def _own(found: Seen, eyes: Eyes, policies: Policies) -> OwnDetails:
    row = found.row
    return OwnDetails(
        business_id=row.business_id,
        tier=row.tier,
        contact=row.contact,
        referrals=tuple(row.referrals),
        note=row.note,
        knowing=row.knowing,
        advice=advice(_plan(found), eyes.day, policies) if found.is_ahead else (),
        programme=row.programme,
        overridden=row.overridden,
    )


def _plan(found: Seen) -> Plan:
    row = found.row
    return Plan(
        starts=row.starts_at,
        ends=row.ends_at,
        is_window=row.is_window,
        agencies=tuple(one.agency for one in found.attendances if one.answer != Answer.declined),
        area=row.area,
        uniforms=tuple(one.uniformed for one in found.coming if one.officers),
    )
