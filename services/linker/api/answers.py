"""Rows as answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Row

from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention
from services.linker.domain.score import explain
from shared.contracts.api.linker.businesses import Business, BusinessSummary, Link, Member, Risk, WaterfallStep, Why
from shared.contracts.events.linker import RegimeConcern, RiskBand

_ONE_FEED = "Both come from one feed, and a feed rarely holds one business twice."


def summary(row: Row[Any]) -> BusinessSummary:
    return BusinessSummary(**_summary(row))


def _summary(row: Row[Any]) -> dict[str, Any]:
    return {
        "business_id": row.business_id,
        "name": row.name,
        "area": row.area,
        "records": row.size,
        "agencies": _unlisted(row.agencies),
        "band": RiskBand(row.band),
        "score": row.score,
        "regimes": _unlisted(row.regimes),
        "first_on": row.first_on,
        "last_on": row.last_on,
    }


def _unlisted(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def business(row: Row[Any], members: Sequence[Row[Any]]) -> Business:
    concerns = tuple(RegimeConcern.model_validate(concern) for concern in row.concerns)
    risk = Risk(band=RiskBand(row.band), score=row.score, as_of=row.assessed_on, regimes=concerns)
    return Business(**_summary(row), risk=risk, members=tuple(map(_member, members)))


def _member(row: Row[Any]) -> Member:
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
        **orjson.loads(row.details),
    )


def why(business_id: str, members: Sequence[Row[Any]], pairs: Sequence[Row[Any]], model: Model) -> Why:
    by_id = {row.record_id: row for row in members}
    mentions = {row.record_id: Mention.from_json(row.features) for row in members}
    links = [_link(by_id[pair.a], by_id[pair.b], mentions, pair.linked, model) for pair in pairs]
    return Why(
        business_id=business_id,
        model_version=model.version,
        threshold=model.clustering.threshold,
        summary=_in_short(len(members), links),
        links=tuple(sorted(links, key=lambda link: (-link.weight, link.a, link.b))),
    )


def _in_short(records: int, links: Sequence[Link]) -> str:
    if records == 1:
        return "One record, so there is nothing to link."
    linking = sum(link.links for link in links)
    return f"{records} records; of {len(links)} pairs that were compared, {linking} link by their own weight."


def _link(a: Row[Any], b: Row[Any], mentions: Mapping[str, Mention], links: bool, model: Model) -> Link:
    explained = explain(mentions[a.record_id], mentions[b.record_id], model)
    steps = [
        WaterfallStep(comparison=c.name, level=c.level, bits=c.bits, sentence=c.sentence) for c in explained.comparisons
    ]
    if a.feed == b.feed:
        bits = model.clustering.same_feed(a.feed)
        steps.append(WaterfallStep(comparison="feed", level="same", bits=bits, sentence=_ONE_FEED))
    weight = sum(step.bits for step in steps)
    verdict = "enough" if links else "not enough by themselves"
    return Link(
        a=a.record_id,
        b=b.record_id,
        weight=weight,
        links=links,
        summary=f"{_called(a)} and {_called(b)}: {weight:.1f} bits, {verdict} to call them one business.",
        waterfall=tuple(steps),
    )


def _called(row: Row[Any]) -> str:
    return f"{row.name or 'A record without a name'} ({row.agency})"
