"""What a business shares with others, its network, and the path between two: from the caller's visible records."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.linker.api.businesses import ONE, BusinessId, elsewhere
from services.linker.api.lists import address
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, IfNoneMatch, tagged
from services.linker.domain.relate.network import Neighbourhood, along, edges
from services.linker.domain.relate.party import Party
from services.linker.domain.relate.relations import TYPE_OF, Related
from services.linker.domain.relate.traits import trait_key
from services.linker.domain.relate.wording import in_words
from services.linker.handlers.relating import Audience, Widely, neighbourhood, related_to
from services.linker.store.reading import Filters
from shared.contracts.api.linker.relations import (
    BusinessRef,
    Network,
    NetworkEdge,
    NetworkNode,
    NetworkPath,
    Relation,
    Relations,
    WidelyShared,
)
from shared.runtime.auth import Dashboard
from shared.runtime.errors import NotFound
from shared.runtime.web import problems

router = APIRouter(tags=["relations"])

_DEGREES = 3
_MOST_ON_THE_WAY = 500
_TWO: dict[int | str, dict[str, Any]] = NOT_MODIFIED | problems(404)
_AnyBusiness = Annotated[str, Query(pattern=r"^biz_[a-z2-7]{20}$")]


@router.get(
    "/v1/businesses/{business_id}/relations",
    summary="Businesses with which it shares a company, person, landlord, telephone, address …",
    response_model=Relations,
    responses=ONE,
)
async def relations(
    business_id: BusinessId, principal: Dashboard, desk: AtDesk, if_none_match: IfNoneMatch = None
) -> Response:
    async with desk.reading_as(principal) as (connection, number):
        audience = Audience(connection, number, await desk.model(connection))
        party = await audience.party(business_id)
        if party is None:
            return await elsewhere(connection, number, business_id, "/relations")
        found, widely = await related_to(audience, party)
    body = Relations(
        business=_ref(party),
        relations=tuple(map(_relation, found)),
        widely_shared=tuple(map(_widely, widely)),
    )
    return tagged(body, if_none_match)


@router.get(
    "/v1/businesses/{business_id}/network",
    summary="Who can be reached from it by relations, up to three away",
    response_model=Network,
    responses=ONE,
)
async def network(
    business_id: BusinessId,
    principal: Dashboard,
    desk: AtDesk,
    degrees: Annotated[int, Query(ge=1, le=_DEGREES, description="Relations away")] = 2,
    limit: Annotated[int, Query(ge=2, le=200, description="Businesses, itself included")] = 50,
    if_none_match: IfNoneMatch = None,
) -> Response:
    async with desk.reading_as(principal) as (connection, number):
        audience = Audience(connection, number, await desk.model(connection))
        party = await audience.party(business_id)
        if party is None:
            return await elsewhere(connection, number, business_id, "/network")
        found, widely = await neighbourhood(audience, party, degrees, limit)
    return tagged(_network(found, widely, degrees), if_none_match)


@router.get(
    "/v1/network/path",
    summary="The shortest chain of relations between two businesses",
    response_model=NetworkPath,
    responses=_TWO,
)
async def path(
    principal: Dashboard,
    desk: AtDesk,
    from_: Annotated[_AnyBusiness, Query(alias="from", description="One business")],
    to: Annotated[_AnyBusiness, Query(description="The other")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    async with desk.reading_as(principal) as (connection, number):
        audience = Audience(connection, number, await desk.model(connection))
        start, end = await audience.party(from_), await audience.party(to)
        if start is None or end is None:
            raise NotFound
        found, widely = await neighbourhood(audience, start, _DEGREES, _MOST_ON_THE_WAY, until=to)
    return tagged(_path(found, widely, end), if_none_match)


def _ref(party: Party) -> BusinessRef:
    return BusinessRef(business_id=party.business_id, name=party.name, area=party.area, band=party.band)


def _relation(found: Related) -> Relation:
    return Relation(
        type=found.type,
        business=_ref(found.b),
        values=found.values,
        sentence=found.sentence,
        tenure=found.tenure,
        since=found.since,
        records=found.records,
    )


def _widely(shared: Widely) -> WidelyShared:
    value = in_words(shared.trait, shared.party)
    return WidelyShared(
        type=TYPE_OF[shared.trait.kind],
        value=value,
        businesses=shared.total,
        list=address(Filters(shares=trait_key(shared.trait))),
        sentence=f"{value}: {shared.total} businesses that you may see give it, so that it says little of any two.",
    )


def _network(found: Neighbourhood, widely: list[Widely], degrees: int) -> Network:
    return Network(
        degrees=degrees,
        nodes=tuple(
            NetworkNode(business=_ref(party), degree=found.degree[id_], path=found.path(id_))
            for id_, party in found.reached.items()
        ),
        edges=tuple(map(_edge, edges(list(found.reached.values())))),
        complete=not found.left_out and not widely,
        limits=tuple(_limits(found, widely)),
    )


def _limits(found: Neighbourhood, widely: list[Widely]) -> list[str]:
    said = [
        f"{in_words(shared.trait, shared.party)} was not followed: {shared.total} businesses that you may see give it."
        for shared in widely
    ]
    if found.left_out:
        said.append(f"The nearest {found.limit} businesses are shown; there are more.")
    return said


def _edge(found: Related) -> NetworkEdge:
    return NetworkEdge(
        a=found.a.business_id, b=found.b.business_id, type=found.type, sentence=found.sentence, records=found.records
    )


def _path(found: Neighbourhood, widely: list[Widely], end: Party) -> NetworkPath:
    if end.business_id not in found.reached:
        summary = f"No chain of up to {_DEGREES} relations was found. {' '.join(_limits(found, widely))}".strip()
        return NetworkPath(nodes=(), edges=(), summary=summary)
    steps = found.path(end.business_id)
    return NetworkPath(
        nodes=tuple(_ref(found.reached[id_]) for id_ in steps),
        edges=tuple(map(_edge, along(steps, found.reached))),
        summary=_distance(found.root.name, end.name, len(steps) - 1),
    )


def _distance(name: str, other: str, relations: int) -> str:
    if relations == 0:
        return f"{name} is asked about twice: one business."
    return f"{name} and {other} are {'directly related' if relations == 1 else f'{relations} relations apart'}."
