"""Models, and the values that they take for hubs: what stands behind every weight."""

from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.api.cursors import Cursor, cursor_after, place_of
from services.linker.api.lists import address
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, IfNoneMatch, tagged
from services.linker.domain.compare import COMPARATORS, Finding
from services.linker.domain.model import Model, model_of
from services.linker.domain.model_file import ComparisonSettings, ModelFile, read_model_file
from services.linker.domain.normalise import Mention
from services.linker.domain.relate.traits import Trait, trait_key, traits
from services.linker.domain.relate.wording import as_written
from services.linker.domain.switching import Standing, in_words
from services.linker.store import models as store
from services.linker.store.reading import Filters
from shared.contracts.api.linker.models import (
    Ceiling,
    ComparisonWeights,
    Hub,
    HubPage,
    LevelWeight,
    ModelData,
    ModelDetail,
    Models,
    ModelSummary,
    Thresholds,
)
from shared.runtime.auth import Analyst, Dashboard
from shared.runtime.errors import NotFound
from shared.runtime.web import problems

router = APIRouter(tags=["models"])

Version = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
_ONE: dict[int | str, dict[str, Any]] = NOT_MODIFIED | problems(404)
_LOOKED_AT = 2000
_BY_NAME = {comparator.name: comparator for comparator in COMPARATORS}


@router.get("/v1/models", summary="Published models", response_model=Models, responses=NOT_MODIFIED)
async def models(principal: Dashboard, desk: AtDesk, if_none_match: IfNoneMatch = None) -> Response:
    async with desk.reading_as(principal) as (connection, _):
        rows = await store.read_models(connection)
        now = await store.read_standing(connection)
    files = [read_model_file(bytes(row.body)) for row in rows]
    return tagged(Models(models=tuple(ModelSummary(**_summary(file, now)) for file in files)), if_none_match)


@router.get("/v1/models/{version}", summary="One, with every weight", response_model=ModelDetail, responses=_ONE)
async def model(version: Version, principal: Dashboard, desk: AtDesk, if_none_match: IfNoneMatch = None) -> Response:
    async with desk.reading_as(principal) as (connection, _):
        file = await _published(connection, version)
        now = await store.read_standing(connection)
    return tagged(_detail(file, now), if_none_match)


@router.get(
    "/v1/models/{version}/hubs",
    summary="Values that it takes for no evidence, of those that your records carry",
    response_model=HubPage,
    responses=_ONE,
)
async def hubs(
    version: Version,
    principal: Analyst,
    desk: AtDesk,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    if_none_match: IfNoneMatch = None,
) -> Response:
    after = place_of(cursor, _place) if cursor else None
    async with desk.reading_as(principal) as (connection, audience):
        model_ = model_of(await _published(connection, version))
        found, more = await _hubs(connection, audience, model_, after, limit)
    shown = tuple(map(_hub, found))
    return tagged(HubPage(hubs=shown, next=cursor_after(*map(str, more)) if more else None), if_none_match)


class _Common(NamedTuple):
    """A hub, as one of the visible records writes it, and how many those are."""

    trait: Trait
    written: str
    records: int


def _hub(common: _Common) -> Hub:
    (kind, value), written, records = common
    here = address(Filters(shares=trait_key(common.trait)))
    return Hub(kind=kind.value, value=value, in_words=written, records=records, list=here)


def _place(parts: list[str]) -> tuple[int, int]:
    records, key = map(int, parts)
    if not (0 <= records < 2**63 and -(2**63) <= key < 2**63):
        raise ValueError("out of range")
    return records, key


async def _hubs(
    connection: AsyncConnection, audience: int, model_: Model, after: tuple[int, int] | None, limit: int
) -> tuple[list[_Common], tuple[int, int] | None]:
    """The commonest first, and where to go on; the place alone tells nothing."""
    if not model_.hub_digests:
        return [], None
    found: list[_Common] = []
    while rows := await store.common_traits(connection, audience, after, _LOOKED_AT):
        for row in rows:
            after = row.records, row.key
            mention = Mention.from_json(row.features)
            trait = next((trait for trait in traits(mention) if trait_key(trait) == row.key), None)
            if trait and model_.is_hub(trait.kind.value, trait.value):
                found.append(_Common(trait, as_written(trait, mention), row.records))
                if len(found) == limit:
                    return found, after
    return found, None


async def _published(connection: AsyncConnection, version: str) -> ModelFile:
    body = await store.read_body(connection, version)
    if body is None:
        raise NotFound
    return read_model_file(body)


def _summary(file: ModelFile, now: Standing | None) -> dict[str, Any]:
    return {
        "version": file.version,
        "in_force": now is not None and file.version == now.in_force,
        "state": in_words(file.version, now),
        "made_on": file.card.made_on,
        "based_on": file.card.based_on,
        "source": file.card.source,
        "details": f"/v1/models/{file.version}",
    }


def _detail(file: ModelFile, now: Standing | None) -> ModelDetail:
    model_, policy = model_of(file), file.clustering
    return ModelDetail(
        **_summary(file, now),
        review=file.card.review,
        weaknesses=file.card.weaknesses,
        figures=file.card.figures,
        data=tuple(ModelData(**used.model_dump()) for used in file.card.data),
        prior=model_.prior,
        thresholds=Thresholds(
            links_from=policy.threshold,
            asked_from=policy.lower,
            asked_to=policy.upper,
            never_compared=policy.unscored_bits,
            one_feed=policy.same_feed_bits,
            crowd=policy.crowd,
            sure=policy.sure,
        ),
        comparisons=tuple(_comparison(each, model_) for each in file.splink.comparisons),
        identity_ceilings=tuple(Ceiling(level=level, bits=bits) for level, bits in file.identity_ceilings.items()),
        words=len(file.terms.counts),
        hubs=len(file.hubs) + len(file.hub_digests),
        hub_list=f"/v1/models/{file.version}/hubs",
    )


def _comparison(settings: ComparisonSettings, model_: Model) -> ComparisonWeights:
    name = settings.output_column_name
    weights = tuple(
        LevelWeight(level=level, m=m, u=u, bits=model_.weights[name][level], sentence=_sentence(name, level))
        for level, (m, u) in settings.levels.items()
    )
    return ComparisonWeights(comparison=name, levels=weights)


def _sentence(comparison: str, level: str) -> str:
    """A model of another time may have levels that nothing reaches any more."""
    try:
        return _BY_NAME[comparison].describe(Finding(level, 0.0, "A", "B"))
    except KeyError:
        return "No two records are compared so any more."
