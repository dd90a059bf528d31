"""Telling agencies that see another view than before how the two differ: released is what they see of late, withdrawn
what they see no more. Nothing has happened to the businesses, and the agencies that see what they saw are told nothing.

A page is told and noted in one transaction, so that a crash neither loses nor doubles any.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import count
from typing import Any

from services.linker.domain.relate.rules import default_rules
from services.linker.domain.views import ranked
from services.linker.handlers.findings import tell_ended, tell_raised
from services.linker.store import findings, graph, holdings, moves
from services.linker.store.holdings import Holding
from shared.contracts.events.linker import (
    Audience,
    AudienceData,
    BusinessChanged,
    BusinessMerged,
    BusinessSplit,
    BusinessWithdrawn,
    Cause,
    RegimeConcern,
    RiskBand,
    RiskChanged,
)
from shared.runtime.clock import today
from shared.runtime.session import Session

_PAGE = 1000
_NO_RISK = (RiskBand.none.value, "")
_NOTHING_LEFT: Mapping[str, Any] = {
    "name": "",
    "area": None,
    "band": RiskBand.none.value,
    "regimes": "",
    "score": 0.0,
    "concerns": (),
    "assessed_on": None,
    "sequence": 0,
}


def tell_page(session: Session) -> bool:
    """Tell some of what is to be told, once all views are worked out; whether there may be more to do."""
    graph.lock(session)
    rows = {row.no: row for row in holdings.audiences(session)}
    pending = moves.pending(session)
    is_worked_out = not any(row.rebuilding or row.filled_to is not None for row in rows.values())
    if not pending or not is_worked_out or findings.any_of_new_views(session):
        return False
    move = pending[0]
    source, target = (_audience(rows.get(number), move.agencies) for number in (move.source, move.target))
    page = moves.numbers_after(session, (move.source, move.target), move.done_to, _PAGE)
    if page:
        _difference(session, move, source, target, page).tell(session)
        moves.put_move(session, move.source, move.target, move.agencies, max(no for _, no in page))
    else:
        _tell_findings(session, move, source, target)
        moves.take_move(session, move.source, move.target)
    return True


def _audience(row: Any | None, agencies: Sequence[str]) -> Audience:
    return Audience(id=row.audience if row else "", agencies=tuple(agencies))


def _difference(
    session: Session, move: Any, source: Audience, target: Audience, page: Collection[tuple[int, int]]
) -> "_Difference":
    both = (move.source, move.target)
    held, numbers = holdings.holdings_of(session, both, page)
    homes = moves.homes(session, both, numbers)
    return _Difference(
        source, target, held[move.source], held[move.target], homes[move.source].keys(), homes[move.target]
    )


@dataclass(frozen=True, slots=True)
class _Difference:
    """Some of the businesses of two views. `seen` are those of their records that the agencies saw before, and `homes`
    the businesses of those that they see now."""

    source: Audience
    target: Audience
    before: Holding
    after: Holding
    seen: AbstractSet[str]
    homes: Mapping[str, str]

    def tell(self, session: Session) -> None:
        for id_ in sorted(self.before.businesses.keys() - self.after.businesses.keys()):
            self._end(session, id_)
        for id_ in sorted(self.after.businesses):
            if self.after.records[id_] != self.before.records.get(id_):
                self._state(session, id_)

    def _end(self, session: Session, id_: str) -> None:
        """Under its old audience, in which its count goes on. Nothing else of it is told: it may be hidden by now."""
        row, parts, number = self.before.businesses[id_], self._parts(id_), count(1)
        is_all_seen = self.homes.keys() >= set(self.before.records[id_])
        said = _Said(session, self.source, id_, Cause.released if is_all_seen else Cause.withdrawn)
        if len(parts) > 1:
            said.that(BusinessSplit, row["sequence"] + next(number), parts=tuple(sorted(parts)))
        if parts:
            said.that(BusinessMerged, row["sequence"] + next(number), into=parts[0])
        else:
            said.that(BusinessWithdrawn, row["sequence"] + next(number))
        if _risk(row) != _NO_RISK:
            said.risk(_NOTHING_LEFT, row["risk_sequence"] + 1, row["band"])

    def _state(self, session: Session, id_: str) -> None:
        """Under its new audience, whose count of it, perhaps not begun, goes on from here."""
        row, was = self.after.businesses[id_], self.before.businesses.get(id_, _NOTHING_LEFT)
        cause = self._cause(id_)
        if others := tuple(sorted(part for part in self._parts(id_) if part != id_)):
            _Said(session, self.source, id_, cause).that(BusinessSplit, was["sequence"] + 1, parts=others)
        said = _Said(session, self.target, id_, cause)
        said.that(BusinessChanged, row["sequence"], record_ids=tuple(self.after.records[id_]))
        if _risk(row) != _risk(was):
            said.risk(row, max(row["risk_sequence"], 1), was["band"])

    def _parts(self, id_: str) -> tuple[str, ...]:
        """The businesses that the agencies now see its records in, the largest share first."""
        return ranked(self.homes.get(record) for record in self.before.records.get(id_, ()))

    def _cause(self, id_: str) -> Cause:
        now, before = set(self.after.records[id_]), set(self.before.records.get(id_, ()))
        is_more = not now <= self.seen or (before and now > before)
        return Cause.released if is_more else Cause.withdrawn


@dataclass(frozen=True, slots=True)
class _Said:
    """What is told of one business, and why."""

    session: Session
    audience: Audience
    business_id: str
    cause: Cause

    def that(self, kind: type[AudienceData], sequence: int, **data: Any) -> None:
        named = {"audience": self.audience, "business_id": self.business_id, "cause": self.cause}
        self.session.publish(kind(sequence=sequence, **named, **data), subject=self.business_id, traceparent="")

    def risk(self, row: Mapping[str, Any], sequence: int, previous_band: str) -> None:
        self.that(
            RiskChanged,
            sequence,
            visible=row is not _NOTHING_LEFT,
            area=row["area"],
            as_of=row["assessed_on"] or today(),
            band=RiskBand(row["band"]),
            previous_band=RiskBand(previous_band),
            score=row["score"],
            regimes=tuple(RegimeConcern.model_validate(concern) for concern in row["concerns"]),
        )


def _risk(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["band"], row["regimes"]


def _tell_findings(session: Session, move: Any, source: Audience, target: Audience) -> None:
    before, after = (
        {row.finding_id: row for row in findings.all_of(session, one)} for one in (move.source, move.target)
    )
    for id_ in sorted(before.keys() - after.keys()):
        tell_ended(session, source, before[id_], Cause.withdrawn)
    for id_ in sorted(after.keys() - before.keys()):
        tell_raised(session, target, after[id_]._asdict(), default_rules(), Cause.released)
