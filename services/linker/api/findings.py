"""Findings, the rules by which they are found, and gaps: who is known to one agency and not to another."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import Row

from services.linker.api import answers
from services.linker.api.cursors import Cursor, next_page, position, position_after
from services.linker.api.filters import Area, Sector, Slug
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, IfNoneMatch, tagged
from services.linker.domain.relate.rules import FindingRules as Rules
from services.linker.domain.relate.rules import Rule, default_rules
from services.linker.store import findings as store
from services.linker.store import gaps as gaps_store
from shared.contracts.api.linker.findings import (
    CitedRecord,
    Finding,
    FindingPage,
    FindingRule,
    FindingRules,
    FindingSummary,
    GapPage,
)
from shared.contracts.events.linker import FindingType
from shared.runtime.auth import Dashboard
from shared.runtime.errors import NotFound
from shared.runtime.web import problems

router = APIRouter(tags=["findings"])

_ONE: dict[int | str, dict[str, Any]] = NOT_MODIFIED | problems(404)
_FindingId = Annotated[str, Path(pattern=r"^fnd_[a-z2-7]{20}$")]
_Agency = Annotated[str, Query(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
_Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/v1/findings", summary="Patterns, the latest first", response_model=FindingPage, responses=NOT_MODIFIED)
async def findings(
    principal: Dashboard,
    desk: AtDesk,
    type_: Annotated[list[FindingType] | None, Query(alias="type", max_length=6, description="Any of these")] = None,
    area: Annotated[Area, Query(description="With a business in this district, e.g. UB1")] = None,
    business: Annotated[str | None, Query(pattern=r"^biz_[a-z2-7]{20}$", description="Of this business")] = None,
    cursor: Cursor = None,
    limit: _Limit = 50,
    if_none_match: IfNoneMatch = None,
) -> Response:
    filters = store.Filters(tuple(type_ or ()), area.upper() if area else None, business)
    after = _after(cursor) if cursor else None
    async with desk.reading_as(principal) as (connection, audience):
        rows = await store.page(connection, audience, filters, after, limit + 1)
    return tagged(_page(rows, limit, default_rules()), if_none_match)


@router.get(
    "/v1/findings/{finding_id}", summary="One, with its records and rule", response_model=Finding, responses=_ONE
)
async def finding(
    finding_id: _FindingId, principal: Dashboard, desk: AtDesk, if_none_match: IfNoneMatch = None
) -> Response:
    async with desk.reading_as(principal) as (connection, audience):
        row = (await store.by_id(connection, audience, [finding_id])).get(finding_id)
        if row is None:
            raise NotFound
        cited = await store.cited(connection, audience, row.records)
    return tagged(_opened(row, cited, default_rules()), if_none_match)


@router.get(
    "/v1/finding-rules", summary="What counts as a finding", response_model=FindingRules, responses=NOT_MODIFIED
)
async def finding_rules(principal: Dashboard, if_none_match: IfNoneMatch = None) -> Response:
    rules = default_rules()
    body = FindingRules(
        version=rules.version,
        in_force_from=rules.in_force_from,
        status=rules.status,
        source=rules.source,
        rules=tuple(map(_rule, rules.rules)),
    )
    return tagged(body, if_none_match)


@router.get("/v1/gaps", summary="Known to one agency, not to another", response_model=GapPage, responses=NOT_MODIFIED)
async def gaps(
    principal: Dashboard,
    desk: AtDesk,
    known_to: Annotated[_Agency, Query(description="Agency with a record of it")],
    not_to: Annotated[_Agency, Query(description="Agency of which you may see no record of it")],
    regime: Annotated[Slug, Query(description="The record of `known_to` is in this regime")] = None,
    not_regime: Annotated[Slug, Query(description="No record of `not_to` in this regime, whatever in others")] = None,
    seen_since: Annotated[date | None, Query(description="Trading: seen by anyone on this day or later")] = None,
    area: Area = None,
    sector: Sector = None,
    cursor: Cursor = None,
    limit: _Limit = 50,
    if_none_match: IfNoneMatch = None,
) -> Response:
    wanted = gaps_store.Gap(known_to, not_to, regime, not_regime, seen_since, area, sector)
    after = position(cursor) if cursor else None
    async with desk.reading_as(principal) as (connection, audience):
        covered = await gaps_store.sees_records_of(connection, audience, wanted.not_to)
        rows = await gaps_store.page(connection, audience, wanted, after, limit + 1) if covered else ()
        shown = await answers.summaries(connection, audience, rows[:limit])
    page = GapPage(
        known_to=known_to,
        not_to=not_to,
        caution=_CAUTION if covered else _NOT_COVERED,
        businesses=shown,
        next=next_page(rows, limit),
    )
    return tagged(page, if_none_match)


def _after(cursor: str) -> tuple[date, str]:
    ordinal, finding_id = position(cursor)
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal())), finding_id


def _page(rows: Sequence[Row[Any]], limit: int, rules: Rules) -> FindingPage:
    shown = rows[:limit]
    more = position_after(shown[-1].since.toordinal(), shown[-1].finding_id) if len(rows) > limit else None
    return FindingPage(findings=tuple(FindingSummary(**_summary(row, rules)) for row in shown), next=more)


def _summary(row: Row[Any], rules: Rules) -> dict[str, Any]:
    rule = rules.of(FindingType(row.type))
    return {
        "finding_id": row.finding_id,
        "type": row.type,
        "title": rule.title if rule else row.rule,
        "sentence": row.sentence,
        "since": row.since,
        "business_ids": row.business_ids,
        "areas": tuple(filter(None, row.areas.split("|"))),
        "records": len(row.records),
        "opens_at": f"/v1/findings/{row.finding_id}",
    }


def _opened(row: Row[Any], cited: Sequence[Row[Any]], rules: Rules) -> Finding:
    rule = rules.of(FindingType(row.type))
    if rule is None:
        raise NotFound
    return Finding(
        **_summary(row, rules),
        reasons=row.reasons,
        rule=_rule(rule),
        rules_version=row.rules_version,
        cited=tuple(map(_cited, cited)),
    )


def _cited(row: Row[Any]) -> CitedRecord:
    return CitedRecord(
        record_id=row.record_id,
        business_id=row.business_id,
        business_name=row.business_name,
        agency=row.agency,
        feed=row.feed,
        source_ref=row.source_ref,
        regime=row.regime,
        observation=row.kind,
        severity=row.severity,
        native_rating=row.native_rating,
        status=orjson.loads(row.details)["status"],
        on=row.observed_on or row.received_on,
    )


def _rule(rule: Rule) -> FindingRule:
    numbers = {name: value for name, value in rule.model_dump().items() if isinstance(value, int)}
    return FindingRule(id=rule.id, type=rule.type, title=rule.title, text=rule.in_words, numbers=numbers)


_CAUTION = (
    "No record of the other agency that you may see: it may hold one that is not shared with you, has not been sent, "
    "or was not recognised as the same business."
)
_NOT_COVERED = "You may see no records of the other agency, so that it does not know a business cannot be told."
