"""Routine programmes: a visit that comes again, by the clock in London, on working days."""

from datetime import datetime, timedelta

from services.calendar.domain.london import WorkingDays, local
from services.calendar.domain.recur import BadRule, occurrences
from services.calendar.handlers import attending, planning
from services.calendar.handlers.caller import Caller
from services.calendar.handlers.composing import overruling
from services.calendar.handlers.placing import Placed, Timed, timed
from services.calendar.handlers.planning import Plan
from shared.contracts.api.calendar.visits import NewProgramme, NewVisit, Slot, When, Window
from shared.contracts.problem import FieldProblem
from shared.runtime import clock
from shared.runtime.apart import TookTooMuch, apart
from shared.runtime.db import Tx
from shared.runtime.errors import Invalid

_SECONDS = 3


async def times(asked: NewProgramme, days: WorkingDays) -> list[Timed]:
    """Of each of its visits. Raises Invalid for a rule that is none, and for a time that the clock in London skips."""
    first = timed(asked.visit.when)
    begins = local(first.starts).replace(tzinfo=None)
    try:
        found = await apart(occurrences, begins, asked.rule, days, seconds=_SECONDS)
    except BadRule as error:
        raise _bad_rule(error.remedy) from error
    except TookTooMuch as error:
        raise _bad_rule("Write a rule that comes true more often: it takes too long to find its days.") from error
    return [timed(_again(asked.visit.when, first, one)) for one in found]


def _bad_rule(remedy: str) -> Invalid:
    return Invalid(errors=[FieldProblem(field="body.rule", code="rule", remedy=remedy)])


def _again(when: When, first: Timed, begins: datetime) -> When:
    if isinstance(when, Window):
        return Window(first=begins.date(), last=begins.date() + (when.last - when.first))
    lasts = local(first.ends).replace(tzinfo=None) - local(first.starts).replace(tzinfo=None)
    return Slot(starts=begins, ends=begins + max(lasts, timedelta(minutes=1)))


async def make(
    tx: Tx, caller: Caller, visit: NewVisit, where: Placed, whens: list[Timed]
) -> tuple[str, tuple[str, ...]]:
    """The programme's id and those of its visits, each planned and to be confirmed by itself."""
    programme, made = clock.new_id("prg"), list[str]()
    overridden = await overruling(tx, caller, visit.override_id, where.spot.business_id)
    for when in whens:
        id_ = await planning.make(tx, caller, Plan(visit.terms, where, when, visit.contribution, programme, overridden))
        if visit.invite:
            await attending.invite(tx, caller, id_, visit.invite)
        made.append(id_)
    return programme, tuple(made)
