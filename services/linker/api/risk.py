"""Risk of a business on any date with all that is behind it, and the policy by which it is worked out."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy import Row

from services.linker.api.businesses import ONE, BusinessId, elsewhere
from services.linker.api.filters import Slug
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, IfNoneMatch, tagged
from services.linker.domain.assess import Observed, RiskPolicies, RiskPolicy, assess, say
from services.linker.domain.assess.course import Course, Point
from services.linker.domain.assess.risk import Regime, regimes
from services.linker.domain.assess.weigh import Recurrence, Weighed
from services.linker.store import reading
from shared.contracts.api.linker.risk import (
    CleanCheck,
    Persistence,
    Policy,
    PolicyBand,
    PolicyPersistence,
    PolicyReference,
    RegimeRisk,
    RiskOnDate,
    RiskPoint,
    WeighedConcern,
)
from shared.contracts.record import Observation, ObservationKind
from shared.runtime import clock
from shared.runtime.auth import Dashboard

router = APIRouter(tags=["risk"])

_SCORE = "The number of regimes with live concerns, and below one the share that their weights have of the greatest."
_EARLIEST, _LATEST = date(2000, 1, 1), date(2999, 12, 31)
OnDate = Annotated[date | None, Query(ge=_EARLIEST, le=_LATEST, description="Today unless given")]


@router.get("/v1/businesses/{business_id}/risk", summary="Its risk on a date", response_model=RiskOnDate, responses=ONE)
async def risk(
    business_id: BusinessId,
    principal: Dashboard,
    desk: AtDesk,
    as_of: OnDate = None,
    regime: Annotated[Slug, Query(description="This regime alone")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    async with desk.reading_as(principal) as (connection, audience):
        members = await reading.members(connection, audience, business_id)
        if not members:
            return await elsewhere(connection, audience, business_id, "/risk")
    seen = [_observed(row) for row in members if regime in (None, row.regime)]
    return tagged(_on_date(business_id, seen, as_of or clock.today(), desk.risk), if_none_match)


def _observed(row: Row[Any]) -> Observed:
    said = Observation.model_construct(
        kind=ObservationKind(row.kind),
        severity=row.severity,
        native_rating=row.native_rating,
        observed_on=row.observed_on,
        closed_on=row.closed_on,
    )
    return Observed(row.record_id, row.feed, row.regime, said, row.received_on)


def _on_date(business_id: str, seen: list[Observed], as_of: date, policies: RiskPolicies) -> RiskOnDate:
    policy = policies.in_force(as_of)
    now, course = assess(seen, as_of, policy), Course(seen, policies)
    live = [concern.regime for concern in now.regimes]
    following = course.after(as_of)
    return RiskOnDate(
        business_id=business_id,
        as_of=as_of,
        summary=say.in_short(now.band, live),
        band=now.band,
        band_rule=say.band(policy.band_rule(len(live), now.regimes[0].weight if live else 0.0)),
        score=now.score,
        score_rule=_SCORE,
        policy=PolicyReference(version=policy.version, status=policy.status, address=f"/v1/risk-policy?on={as_of}"),
        regimes=tuple(_regime(found, policy) for found in regimes(seen, as_of, policy)),
        course=tuple(map(_point, course.until(as_of))),
        next=_point(following) if following else None,
        records=len(seen),
    )


def _regime(found: Regime, policy: RiskPolicy) -> RegimeRisk:
    return RegimeRisk(
        regime=found.regime,
        live=found.again is not None,
        weight=round(found.weight, 3),
        half_life_days=policy.half_life_of(found.regime),
        persistence=_persistence(found.again, policy) if found.again else None,
        concerns=tuple(_concern(weighed, policy) for weighed in found.weighed),
        checks=tuple(_check(check) for check in found.clear),
        sentence=found.sentence,
    )


def _persistence(again: Recurrence, policy: RiskPolicy) -> Persistence:
    sentence = say.persistence(again, policy)
    return Persistence(times=again.times, since=again.since, factor=again.factor, sentence=sentence)


def _concern(weighed: Weighed, policy: RiskPolicy) -> WeighedConcern:
    said = weighed.observed.observation
    return WeighedConcern(
        record_id=weighed.observed.record_id,
        severity=weighed.observed.severity,
        native_rating=said.native_rating,
        observed_on=said.observed_on,
        closed_on=said.closed_on,
        standing=weighed.standing,
        weight=round(weighed.weight, 3),
        sentence=say.standing(weighed, policy),
    )


def _check(check: Observed) -> CleanCheck:
    return CleanCheck(record_id=check.record_id, observed_on=check.observation.observed_on, sentence=say.check(check))


def _point(point: Point) -> RiskPoint:
    now = point.risk
    live = tuple(concern.regime for concern in now.regimes)
    return RiskPoint(on=point.on, band=now.band, score=now.score, regimes=live, because=point.because)


@router.get("/v1/risk-policy", summary="The rules behind every risk", response_model=Policy, responses=NOT_MODIFIED)
async def risk_policy(_: Dashboard, desk: AtDesk, on: OnDate = None, if_none_match: IfNoneMatch = None) -> Response:
    policy = desk.risk.in_force(on or clock.today())
    following = [other.in_force_from for other in desk.risk.by_date if other.in_force_from > policy.in_force_from]
    until = min(following) - timedelta(days=1) if following else None
    return tagged(_policy(policy, until), if_none_match)


def _policy(policy: RiskPolicy, until: date | None) -> Policy:
    rule = policy.persistence
    return Policy(
        version=policy.version,
        in_force_from=policy.in_force_from,
        in_force_until=until,
        status=policy.status,
        source=policy.source,
        half_life_days=policy.half_life,
        half_life_days_by_regime=dict(policy.half_life_by_regime),
        least_severity=policy.least_severity,
        live_above=policy.live_above,
        nothing_found_by_another_source=policy.nothing_found_by_another_source,
        persistence=PolicyPersistence(
            within_days=rule.within_days,
            apart_days=rule.apart_days,
            each_time=rule.each_time,
            after_nothing_found=rule.after_nothing_found,
            most=rule.most,
        ),
        bands=tuple(
            PolicyBand(band=rule.band, regimes=rule.regimes, weight=rule.weight, sentence=say.band(rule))
            for rule in policy.bands
        ),
    )
