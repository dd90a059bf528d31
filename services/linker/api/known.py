"""POST /v1/known: hit or no hit, or some groups of fields, under legal gateways that open no view."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import orjson
from fastapi import APIRouter, Response
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.api.viewing import AtDesk, Desk
from services.linker.domain.normalise import Mention, normalise
from services.linker.handlers.known import can_be_asked, records_of
from services.linker.store import reading
from shared.contracts.api.linker.known import About, Description, Known, KnownAnswer, KnownQuestion, Part, Under
from shared.contracts.api.sharing import ConditionKind, Level
from shared.contracts.problem import FieldProblem
from shared.contracts.record import Observation, Record
from shared.runtime import clock
from shared.runtime.auth import Dashboard, Principal
from shared.runtime.errors import Invalid, NotFound
from shared.runtime.granted import Granted
from shared.runtime.web import problems
from shared.sharing import DECISIONS, Grant, Partnership, decide, is_standing
from shared.sharing.words import field_groups, fields_of

router = APIRouter(tags=["sharing"])

_EVERY_SECONDS = 0.25
"""Answers are given at whole multiples of it, so that the time taken does not tell how much was looked through."""


@dataclass(frozen=True, slots=True)
class _Open:
    """What an agency may tell of its records of a category."""

    owner: str
    category: str
    grant: Grant

    @property
    def fields(self) -> frozenset[str]:
        groups = field_groups() if self.grant.level is Level.full else self.grant.field_groups
        return frozenset(fields_of(groups))


@router.post(
    "/v1/known",
    summary="Do you know this business, these premises, this person?",
    response_model=KnownAnswer,
    response_model_exclude_unset=True,
    responses=problems(404),
)
async def known(question: KnownQuestion, principal: Dashboard, desk: AtDesk, response: Response) -> KnownAnswer:
    """Asked of every agency that may tell yours under a legal gateway which opens none of your lists: `known` answers
    hit or no hit with a contact, `fields` hands out those groups of fields, and one with conditions does so once you
    state that they are met, for this one disclosure. Your statement is kept in the audit log. What you see in full is
    not asked for again. `POST /v1/sharing/dry-run` says what would be needed for more."""
    _check_met(question)
    began = asyncio.get_running_loop().time()
    try:
        open_ = _open_to(principal, desk.partnership, question)
        rows = await _records(question, principal, desk, open_)
    finally:
        await asyncio.sleep((began - asyncio.get_running_loop().time()) % _EVERY_SECONDS)
    gateways = (gateway.id for one in open_ for gateway in one.grant.under)
    stated = (f"{met.kind}: {met.stated}" for met in question.met)
    response.headers.update(Granted.of(gateways, (row.record_id for row in rows), stated).header())
    return KnownAnswer(business_id=question.business_id, answers=tuple(_told(one, rows) for one in open_))


def _check_met(question: KnownQuestion) -> None:
    """That it is of one premises only is no mere word: a person's records may be of many. Raises Invalid."""
    address = question.described.address if question.described else None
    is_of_one = question.about is not About.person and bool(address or question.business_id)
    if not is_of_one and any(one.kind is ConditionKind.one_premises_only for one in question.met):
        remedy = "To meet one_premises_only, ask about premises, or about a business with its address."
        raise Invalid(errors=[FieldProblem(field="body.met", code="one_premises", remedy=remedy)])


def _open_to(principal: Principal, partnership: Partnership, question: KnownQuestion) -> list[_Open]:
    """In order of agency and category, whatever there is to tell."""
    viewer, purpose = principal.agency, principal.purpose or partnership.stream_purpose
    today, met = clock.today(), frozenset(one.kind for one in question.met)
    others = sorted(agency.id for agency in partnership.agencies if agency.id != viewer)
    categories = sorted({*partnership.every_category} - {DECISIONS})
    sources = list(product(others, categories))
    if purpose == partnership.stream_purpose:
        sources = [source for source in sources if not is_standing(viewer, *source, today, partnership)]
    grants = [(source, decide(viewer, purpose, *source, today, partnership, met)) for source in sources]
    return [_Open(*source, grant) for source, grant in grants if grant]


async def _records(
    question: KnownQuestion, principal: Principal, desk: Desk, open_: Sequence[_Open]
) -> Sequence[Row[Any]]:
    """Raises NotFound for a business that the caller does not see, Invalid where too little is said."""
    reading_ = desk.reading_for_any_purpose if question.described else desk.reading_as
    async with reading_(principal) as (connection, audience):
        model = await desk.model(connection)
        mentions = await _mentions(connection, audience, question)
        if not can_be_asked(question.about, mentions, model):
            raise _says_too_little(question)
        sources = [(one.owner, one.category) for one in open_]
        return await records_of(connection, question.about, mentions, model, sources)


async def _mentions(connection: AsyncConnection, audience: int, question: KnownQuestion) -> list[Mention]:
    if question.described:
        return [normalise(_as_record(question.described))]
    members = await reading.members(connection, audience, question.business_id or "")
    if not members:
        raise NotFound
    return [Mention.from_json(row.features) for row in members]


def _as_record(described: Description) -> Record:
    return Record(**{name: getattr(described, name) for name in Description.model_fields})


_REMEDIES = {
    "business": "Give a name with an address, or a number that is its own.",
    "premises": "Give the number and postcode of the door, or its UPRN.",
    "person": "Give the person's whole name and date of birth.",
}


def _says_too_little(question: KnownQuestion) -> Invalid:
    field = "body.described" if question.described else "body.business_id"
    return Invalid(errors=[FieldProblem(field=field, code="too_little", remedy=_REMEDIES[question.about])])


def _told(one: _Open, rows: Sequence[Row[Any]]) -> Known:
    held = [row for row in rows if (row.agency, row.category) == (one.owner, one.category)]
    parts = () if one.grant.level is Level.known else tuple(_part(row, one.fields) for row in held)
    return Known(
        agency=one.owner,
        category=one.category,
        level=one.grant.level,
        hit=bool(held),
        contact=one.grant.contact,
        under=tuple(
            Under(legal_gateway=gateway.id, statute=gateway.statute, section=gateway.section)
            for gateway in one.grant.under
        ),
        no_onward_sharing=one.grant.no_onward_sharing,
        records=parts,
    )


def _part(row: Row[Any], fields: frozenset[str]) -> Part:
    mention, details = Mention.from_json(row.features), orjson.loads(row.details)
    held = {name: details[name] for name in ("names", "address", "phones", "emails", "people", "sector", "status")}
    held |= {name: getattr(mention, name) or None for name in ("company_number", "vat_number", "charity_number")}
    held |= {"licence_numbers": sorted(mention.licence_numbers), "websites": sorted(mention.domains)}
    held["observation"] = Observation(
        kind=row.kind,
        severity=row.severity,
        native_rating=row.native_rating,
        observed_on=row.observed_on,
        closed_on=row.closed_on,
    )
    return Part(record_id=row.record_id, **{name: value for name, value in held.items() if name in fields})
