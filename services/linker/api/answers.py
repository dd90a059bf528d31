"""Rows as answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.naming import common_address
from services.linker.store import reading
from shared.contracts.api.linker.businesses import Business, BusinessSummary, Member, Risk
from shared.contracts.events.linker import RegimeConcern, RiskBand
from shared.sharing import Partnership, decide


async def summaries(
    connection: AsyncConnection, audience: int, rows: Sequence[Row[Any]]
) -> tuple[BusinessSummary, ...]:
    """Of businesses as stored, with what their visible records say of where they are."""
    where = await reading.addresses(connection, audience, [row.no for row in rows])
    return tuple(BusinessSummary(**columns(row, where[row.no])) for row in rows)


def owners(businesses: Iterable[BusinessSummary]) -> frozenset[str]:
    """The agencies whose records these are made of."""
    return frozenset(agency for business in businesses for agency in business.agencies)


def columns(row: Row[Any], address: str | None) -> dict[str, Any]:
    """The fields of a summary."""
    return {
        "business_id": row.business_id,
        "name": row.name,
        "area": row.area,
        "address": address,
        "records": row.size,
        "agencies": _unlisted(row.agencies),
        "band": RiskBand(row.band),
        "score": row.score,
        "regimes": _unlisted(row.regimes),
        "first_on": row.first_on,
        "last_on": row.last_on,
        "opens_at": _place(row),
    }


def _place(row: Row[Any]) -> str:
    return f"/v1/businesses/{row.business_id}"


def _unlisted(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


@dataclass(frozen=True, slots=True)
class Terms:
    """By which the records of a view are shown to one of its agencies, under the rules of a day."""

    viewer: str
    day: date
    partnership: Partnership

    def of(self, owner: str, category: str) -> dict[str, Any]:
        """As fields of a member."""
        grant = decide(self.viewer, self.partnership.stream_purpose, owner, category, self.day, self.partnership)
        return {
            "law": self.partnership.law_of(owner, category, self.day),
            "no_onward_sharing": grant is not None and grant.no_onward_sharing,
        }


def business(row: Row[Any], members: Sequence[Row[Any]], terms: Terms) -> Business:
    concerns = tuple(RegimeConcern.model_validate(concern) for concern in row.concerns)
    shown = as_held(members, terms)
    here, where = _place(row), common_address(member.address for member in shown)
    opens_at = f"{here}/risk?as_of={row.assessed_on}"
    risk = Risk(band=RiskBand(row.band), score=row.score, as_of=row.assessed_on, opens_at=opens_at, regimes=concerns)
    return Business(
        **columns(row, where),
        risk=risk,
        why=f"{here}/why",
        history=f"{here}/history",
        relations=f"{here}/relations",
        findings=f"/v1/findings?business={row.business_id}",
        members=shown,
    )


def as_held(rows: Sequence[Row[Any]], terms: Terms) -> tuple[Member, ...]:
    """The records as their agencies hold them."""
    by_source = {source: terms.of(*source) for source in {(row.agency, row.category) for row in rows}}
    return tuple(_member(row, by_source[row.agency, row.category]) for row in rows)


def _member(row: Row[Any], terms: Mapping[str, Any]) -> Member:
    return Member(
        record_id=row.record_id,
        feed=row.feed,
        agency=row.agency,
        regime=row.regime,
        category=row.category,
        source_ref=row.source_ref,
        observation=row.kind,
        severity=row.severity,
        native_rating=row.native_rating,
        observed_on=row.observed_on,
        closed_on=row.closed_on,
        **terms,
        **orjson.loads(row.details),
    )
