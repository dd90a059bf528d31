"""Saying what changed for one audience: what it was shown against what it is shown now, as numbered events."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from services.linker.domain.views import Business, successors
from services.linker.handlers.standing_view import StandingView
from services.linker.store.holdings import Holding, audience_number, business_row, differs
from shared.contracts.events.linker import (
    Audience,
    AudienceData,
    BusinessChanged,
    BusinessMerged,
    BusinessSplit,
    BusinessWithdrawn,
    RegimeConcern,
    RiskBand,
    RiskChanged,
)
from shared.runtime.session import Session

Row = dict[str, Any]


class Telling:
    """One audience's changes. After `publish`, `changed` holds the rows to store with the ids of their records and the
    rows that they had, `retired` the rows of businesses that are no more, and `ended` their keys: the audience's number
    and their own. Each business of a new view counts as told of once, behind what was told before it was there no more.
    """

    def __init__(
        self,
        view: StandingView,
        before: Holding,
        after: Mapping[str, Business],
        stopped: Mapping[tuple[int, str], tuple[int, int]],
        changed: Mapping[str, str | None] | None,
    ) -> None:
        self._audience = _audience(view.id, view.agencies)
        self._number = audience_number(view.id)
        self._is_new = view.is_new
        self._before = before
        self._after = after
        self._assesses_all = changed is None
        self._traces = changed or {}
        self._went = successors(before.records, {id_: shown.record_ids for id_, shown in after.items()})
        self._came: dict[str, list[str]] = {}
        for old, parts in self._went.items():
            for part in parts:
                self._came.setdefault(part, []).append(old)
        self._counts = {id_: [row["sequence"], row["risk_sequence"]] for id_, row in before.businesses.items()}
        for id_ in after.keys() - self._counts.keys():
            self._counts[id_] = [count + view.is_new for count in stopped.get((self._number, id_), (0, 0))]
        self.changed: list[tuple[Row, Sequence[str], Row | None]] = []
        self.retired: list[Row] = []
        self.ended: list[tuple[int, int]] = []

    def publish(self, session: Session, today: date) -> None:
        for id_ in sorted(self._before.businesses.keys() - self._after.keys()):
            self._end(session, id_, today)
        for id_ in sorted(self._after):
            if not self._is_as_before(self._after[id_]):
                self._state(session, self._after[id_])

    def members(self, numbers: Mapping[str, int]) -> tuple[list[tuple[int, int]], list[tuple[int, int, int]]]:
        """Members to take away, as (record, audience), and those to store, as (record, audience, business).

        `numbers` are those of the records by id.
        """
        held = {record: id_ for id_, records in self._before.records.items() for record in records}
        shown = {record: business for business in self._after.values() for record in business.record_ids}
        taken = [(numbers[record], self._number) for record in held.keys() - shown.keys()]
        moved = [
            (numbers[record], self._number, numbers[business.record_ids[0]])
            for record, business in shown.items()
            if held.get(record) != business.business_id
        ]
        return taken, moved

    def _end(self, session: Session, id_: str, today: date) -> None:
        row, parts = self._before.businesses[id_], self._went.get(id_, ())
        self.ended.append((self._number, row["no"]))
        if self._is_new:
            return
        if len(parts) > 1:
            self._say(session, BusinessSplit, id_, parts=tuple(sorted(parts)))
        if parts:
            self._say(session, BusinessMerged, id_, into=parts[0])
        else:
            self._say(session, BusinessWithdrawn, id_)
        if row["regime_count"] or row["band"] != RiskBand.none:
            self._say_risk(session, id_, row["area"], row["band"], RiskBand.none, 0.0, (), today, visible=False)
        sequence, risk_sequence = self._counts[id_]
        self.retired.append(
            {
                "audience": self._number,
                "business_id": id_,
                "into": list(parts),
                "sequence": sequence,
                "risk_sequence": risk_sequence,
            }
        )

    def _is_as_before(self, shown: Business) -> bool:
        """Whether nothing happened to it. That it is looked at may be due to a record that this audience does not see,
        so what a new day makes of it waits for the daily round."""
        has_same_records = self._before.records.get(shown.business_id) == list(shown.record_ids)
        return not self._assesses_all and has_same_records and self._traces.keys().isdisjoint(shown.record_ids)

    def _state(self, session: Session, shown: Business) -> None:
        id_, row = shown.business_id, business_row(shown)
        held = self._before.businesses.get(id_)
        if not self._is_new:
            self._tell_change(session, shown, row, held)
        elif not self._traces.keys().isdisjoint(shown.record_ids):
            self._say(session, BusinessChanged, id_, record_ids=shown.record_ids)
            self._say_new_risk(session, shown, row, RiskBand.none.value)
        sequence, risk_sequence = self._counts[id_]
        now = {**row, "audience": self._number, "sequence": sequence, "risk_sequence": risk_sequence}
        if held is None or differs(now, held):
            self.changed.append((now, shown.record_ids, held))

    def _tell_change(self, session: Session, shown: Business, row: Row, held: Row | None) -> None:
        id_ = shown.business_id
        if self._before.records.get(id_) != list(shown.record_ids):
            if parts := tuple(sorted(part for part in self._went.get(id_, ()) if part != id_)):
                self._say(session, BusinessSplit, id_, parts=parts)
            self._say(session, BusinessChanged, id_, record_ids=shown.record_ids)
        band, regimes = (held["band"], held["regimes"]) if held else (RiskBand.none.value, "")
        if (band, regimes) != (row["band"], row["regimes"]):
            self._say_new_risk(session, shown, row, band)

    def _say_new_risk(self, session: Session, shown: Business, row: Row, previous: str) -> None:
        id_, risk = shown.business_id, shown.risk
        self._say_risk(session, id_, row["area"], previous, risk.band, risk.score, risk.regimes, shown.assessed_on)

    def _say_risk(
        self,
        session: Session,
        id_: str,
        area: str | None,
        previous: str,
        band: RiskBand,
        score: float,
        regimes: Sequence[RegimeConcern],
        today: date,
        *,
        visible: bool = True,
    ) -> None:
        self._say(
            session,
            RiskChanged,
            id_,
            visible=visible,
            area=area,
            as_of=today,
            band=band,
            previous_band=RiskBand(previous),
            score=score,
            regimes=tuple(regimes),
        )

    def _say(self, session: Session, kind: type[AudienceData], id_: str, **data: Any) -> None:
        counter = 1 if kind is RiskChanged else 0
        self._counts[id_][counter] += 1
        event = kind(audience=self._audience, business_id=id_, sequence=self._counts[id_][counter], **data)
        session.publish(event, subject=id_, traceparent=self._trace(id_))

    def _trace(self, id_: str) -> str:
        """What caused it: a changed record that this audience sees, or saw, in the businesses concerned; "" if none is
        known, because the trace that is being handled may be of a record that it does not see."""
        return next((self._traces[record] for record in self._concerned(id_) if record in self._traces), None) or ""

    def _concerned(self, id_: str) -> Iterator[str]:
        for new in (id_, *self._went.get(id_, ())):
            if new in self._after:
                yield from self._after[new].record_ids
        for old in (id_, *self._came.get(id_, ())):
            yield from self._before.records.get(old, ())


@lru_cache(maxsize=256)
def _audience(id_: str, agencies: tuple[str, ...]) -> Audience:
    return Audience(id=id_, agencies=agencies)
