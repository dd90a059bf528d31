"""What to think of before a visit. It forbids nothing, and each piece names the rule that it comes from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.calendar.domain.london import day_of, local
from services.calendar.domain.policy import Policies
from shared.contracts.api.calendar.visits import Advice

_LETTERS = re.compile("[A-Z]+")


@dataclass(frozen=True, slots=True)
class Plan:
    """What advice is given on. `area` is the outward postcode."""

    starts: datetime
    ends: datetime
    is_window: bool
    agencies: Sequence[str]
    area: str | None
    uniforms: Sequence[bool] = ()


def advice(plan: Plan, today: date, policies: Policies) -> tuple[Advice, ...]:
    return (*_on_the_day(plan, policies), *_notice(plan, today, policies), *_travel(plan, policies), *_looks(plan))


def _on_the_day(plan: Plan, policies: Policies) -> Iterator[Advice]:
    day, days, known = day_of(plan.starts), policies.working_days, policies.bank_holidays
    if day > known.known_until:
        yield Advice(
            code="holidays_unknown",
            sentence=f"Bank holidays are known until {known.known_until.year} only.",
            source=known.published,
        )
    if plan.is_window:
        return
    if name := days.holidays.get(day):
        yield Advice(code="bank_holiday", sentence=f"It is on a bank holiday: {name}.", source=known.published)
    hours = policies.working_time.hours
    earliest, latest = hours.span
    begins, ends = local(plan.starts).time(), local(plan.ends).time()
    if not days.is_working(day) or begins < earliest or ends > latest or day_of(plan.ends) != day:
        words = f"It is outside Monday to Friday, {hours.begin} to {hours.end}."
        yield Advice(code="out_of_hours", sentence=words, source=hours.source)


def _notice(plan: Plan, today: date, policies: Policies) -> Iterator[Advice]:
    rule, left = policies.working_time.lead_time, policies.working_days.between(today, day_of(plan.starts))
    for agency in plan.agencies:
        if left < (needed := rule.of(agency)):
            words = f"{agency} asks for {needed} clear working days; there are {left}."
            yield Advice(code="short_notice", sentence=words, source=rule.source)


def _travel(plan: Plan, policies: Policies) -> Iterator[Advice]:
    rule, letters = policies.working_time.travel, _LETTERS.match(plan.area or "")
    for journey in rule.journeys:
        if letters and journey.agency in plan.agencies and letters[0] in journey.areas:
            words = f"{journey.agency} travels about {journey.minutes} minutes to {letters[0]}: prepare by video first."
            yield Advice(code="travel", sentence=words, source=rule.source)


def _looks(plan: Plan) -> Iterator[Advice]:
    if len(set(plan.uniforms)) > 1:
        words = "Some officers come in uniform and some in plain clothes: agree on one approach."
        yield Advice(code="approach", sentence=words, source="seed ¶62 and ¶90")
