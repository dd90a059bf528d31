"""Explanations as answers."""

from collections.abc import Collection, Sequence
from datetime import UTC
from typing import Any

import orjson
from sqlalchemy import Row

from services.linker.api.answers import Terms, as_held
from services.linker.domain.cluster import Pair
from services.linker.domain.decide import Decision as Made
from services.linker.domain.decide import conflicts
from services.linker.domain.reasons import (
    Event,
    Evidence,
    Scene,
    Step,
    chain,
    conflict_sentence,
    evidence,
    finding,
    what_if,
)
from services.linker.domain.reasons import WhatIf as Imagined
from shared.contracts.api.linker.decisions import ComparedRecord, Decision, Verdict
from shared.contracts.api.linker.reasons import ChainStep, Compared, HistoryEvent, Link, WaterfallStep, WhatIf, Why

_MOST_LINKS = 200
_EVERY = {1: "the only", 2: "both"}


def in_answer(bits: float) -> float:
    """To a thousandth: what is behind it says nothing."""
    return round(bits, 3) + 0.0


def decision(made: Made, counting: Collection[Made]) -> Decision:
    """`counting` are the decisions in force."""
    return Decision(
        decision_id=made.decision_id,
        a=made.a,
        b=made.b,
        verdict=Verdict(made.verdict.value),
        agency=made.agency,
        person=made.person,
        reason=made.reason,
        decided_at=made.decided_at.astimezone(UTC),
        supersedes=made.supersedes,
        in_force=made in counting,
    )


def compared_record(row: Row[Any]) -> ComparedRecord:
    return ComparedRecord(
        record_id=row.record_id,
        business_id=row.business_id,
        name=row.name,
        address=orjson.loads(row.details)["address"],
        agency=row.agency,
        feed=row.feed,
        source_ref=row.source_ref,
    )


def compared(scene: Scene, a: Row[Any], b: Row[Any], terms: Terms) -> Compared:
    found = finding(scene, a.record_id, b.record_id)
    return Compared(
        a=compared_record(a),
        b=compared_record(b),
        records=as_held((a, b), terms),
        one_business=found.one_business,
        model_version=scene.model.version,
        threshold=scene.model.clustering.threshold,
        weight=in_answer(found.evidence.weight),
        sentences=found.sentences,
        waterfall=_waterfall(found.evidence),
        decisions=tuple(decision(made, scene.decisions) for made in found.decisions),
        conflicts=tuple(conflict_sentence(scene, clash) for clash in found.conflicts),
        what_would_change_it=tuple(_what_if(one) for one in what_if(scene, a.record_id, b.record_id)),
    )


def _waterfall(found: Evidence) -> tuple[WaterfallStep, ...]:
    return tuple(
        WaterfallStep(comparison=line.name, level=line.level, bits=in_answer(line.bits), sentence=line.sentence)
        for line in found.lines
    )


def _what_if(found: Imagined) -> WhatIf:
    weight = in_answer(found.weight)
    return WhatIf(
        fact=found.fact, bits=in_answer(found.bits), weight=weight, changes=found.changes, sentence=found.sentence
    )


def _step(step: Step) -> ChainStep:
    weight = None if step.weight is None else in_answer(step.weight)
    return ChainStep(a=step.a, b=step.b, weight=weight, sentence=step.sentence)


def why(business_id: str, scene: Scene, members: Sequence[str]) -> Why:
    """`scene` holds the members and the records that decisions set against them."""
    pairs = [pair for pair in scene.weights if pair[0] in members and pair[1] in members]
    pairs.sort(key=lambda pair: (-scene.between(*pair), pair))
    clashes = [clash for clash in conflicts(scene.decisions, scene.home) if {*clash.unheeded.pair} & {*members}]
    return Why(
        business_id=business_id,
        model_version=scene.model.version,
        threshold=scene.model.clustering.threshold,
        summary=_in_short(len(members), sum(_links(scene, pair) for pair in pairs), len(pairs)),
        chain=tuple(_step(step) for step in chain(scene, members)),
        links=tuple(_link(scene, pair) for pair in pairs[:_MOST_LINKS]),
        decisions=tuple(decision(made, scene.decisions) for made in scene.decisions if {*made.pair} & {*members}),
        conflicts=tuple(conflict_sentence(scene, clash) for clash in clashes),
    )


def _in_short(records: int, linking: int, compared_: int) -> str:
    if records == 1:
        return "One record, so there is nothing to link."
    if (records, linking) == (2, 1):
        return "Two records, which link by their own weight."
    share = f"{linking} of the {compared_}" if linking < compared_ else _EVERY.get(compared_, f"all {compared_}")
    pairs = "pair that was compared links" if compared_ == 1 else "pairs that were compared link"
    return f"{records} records; {share} {pairs} by their own weight."


def _links(scene: Scene, pair: Pair) -> bool:
    return scene.between(*pair) >= scene.model.clustering.threshold


def _link(scene: Scene, pair: Pair) -> Link:
    x, y = (scene.exhibits[record_id] for record_id in pair)
    found, links = evidence(x, y, scene.model), _links(scene, pair)
    verdict = "enough" if links else "not enough by themselves"
    return Link(
        a=x.record_id,
        b=y.record_id,
        weight=in_answer(found.weight),
        links=links,
        summary=f"{x.called} and {y.called}: {found.weight:.1f} bits, {verdict} to call them one business.",
        waterfall=_waterfall(found),
    )


def history_event(event: Event) -> HistoryEvent:
    return HistoryEvent(
        on=event.on,
        kind=event.kind,
        sentence=event.sentence,
        record_ids=event.record_ids,
        size=event.size,
        decision_id=event.decision_id,
    )
