"""A card and its referrals as rows, written in one visit to the store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.referrals.domain.policy import clock_starts, due, policy_on
from services.referrals.domain.routing import Route
from services.referrals.handlers.desks import Desks
from services.referrals.handlers.placing import Placed
from services.referrals.handlers.saying import say_received
from services.referrals.handlers.sight import as_met
from services.referrals.store import filing as store
from services.referrals.store import tables
from shared.contracts.api.linker.traits import Trait
from shared.contracts.api.referrals.cards import NewCard
from shared.contracts.api.referrals.indicators import Indicator
from shared.contracts.api.referrals.life import State
from shared.contracts.events.referrals import CardFiled
from shared.runtime.clock import new_id, today, utc_now
from shared.runtime.session import Session

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Filing:
    """A card on its way in. `briefed` are the ids of the indicators that the officer was briefed on, in the version in
    force; `withheld` are the routes that no power lets it go."""

    card_id: str
    agency: str
    officer: str
    digest: str
    purpose: str
    card: NewCard
    seen: tuple[Indicator, ...]
    briefed: frozenset[str]
    routes: tuple[Route, ...]
    withheld: tuple[Route, ...]
    desks: Desks

    def is_trained(self, route: Route) -> bool:
        return any(one.indicator_id in self.briefed for one in route.indicators)


@dataclass(frozen=True, slots=True)
class Written:
    """When it was filed, and its referrals as rows, in the order of its routes."""

    at: datetime
    referrals: Rows


def write(session: Session, filing: Filing, placed: Placed) -> Written | None:
    """None where a concurrent request filed it first."""
    now = utc_now()
    if not store.claim(session, _card(filing, placed, now)):
        return None
    rows = [_referral(filing, route, placed.area, now) for route in filing.routes]
    for table, parts in _parts(filing, placed):
        store.add(session, table, parts)
    add_referrals(session, rows, [ids_of(route) for route in filing.routes])
    ids = tuple(row["id"] for row in rows)
    session.publish(CardFiled(card_id=filing.card_id, agency=filing.agency, referrals=ids), subject=filing.card_id)
    return Written(now, rows)


def add_referrals(session: Session, rows: Rows, under: Sequence[Sequence[str]], step: str = "receive") -> None:
    """Referrals with the ids of their indicators, the first line of their history, and the word to whom it concerns."""
    named = [{"referral": row["id"], "indicator_id": id_} for row, ids in zip(rows, under, strict=True) for id_ in ids]
    store.add(session, tables.referral, rows)
    store.add(session, tables.referral_indicator, named)
    store.add(session, tables.referral_step, [_first_line(row, step) for row in rows])
    for row in rows:
        say_received(session, row)


def ids_of(route: Route) -> list[str]:
    return [one.indicator_id for one in route.indicators]


def _card(filing: Filing, placed: Placed, now: datetime) -> dict[str, Any]:
    return {
        "id": filing.card_id,
        "agency": filing.agency,
        "officer": filing.officer,
        "digest": filing.digest,
        "filed_at": now,
        "purpose": filing.purpose,
        "business_id": placed.business_id,
        "followed_at": None,
        "picked": placed.picked,
        "place": placed.place.model_dump(mode="json", exclude_none=True),
        "area": placed.area,
        "seen_at": filing.card.seen_at,
        "text": filing.card.text,
        "reach_me": filing.card.reach_me,
    }


def _parts(filing: Filing, placed: Placed) -> Iterable[tuple[Any, Iterable[Mapping[str, Any]]]]:
    """Rows of its indicators, of the records of its business, of its traits, and of where it could not go."""
    id_ = filing.card_id
    yield (
        tables.card_indicator,
        [
            {
                "card": id_,
                "indicator_id": one.indicator_id,
                "version": one.version,
                "briefed": one.indicator_id in filing.briefed,
            }
            for one in filing.seen
        ],
    )
    yield tables.card_record, [{"record_id": one, "card": id_, "agency": filing.agency} for one in placed.records]
    yield tables.card_trait, rows_of(id_, placed.traits or ())
    yield tables.card_untraced, [{"agency": filing.agency, "card": id_}] if placed.traits is None else []
    yield tables.withheld, [_addressed(filing, one) | {"indicators": ids_of(one)} for one in filing.withheld]


def rows_of(card_id: str, traits: Iterable[Trait]) -> list[dict[str, str]]:
    return [{"card": card_id, "key": one.key, "kind": one.kind, "sentence": one.sentence} for one in traits]


def _addressed(filing: Filing, route: Route) -> dict[str, Any]:
    """What is the same of a referral, and of one that is withheld."""
    return {
        "id": new_id("ref"),
        "card": filing.card_id,
        "from_agency": filing.agency,
        "to_agency": route.agency,
        "regime": route.regime,
        "purpose": filing.purpose,
        "met": as_met(filing.card.met),
        "trained": filing.is_trained(route),
    }


def _referral(filing: Filing, route: Route, area: str | None, now: datetime) -> dict[str, Any]:
    starts = clock_starts(now, filing.desks.role(route.agency, route.regime, area))
    return opened(starts) | _addressed(filing, route)


def opened(starts: datetime) -> dict[str, Any]:
    """What every new referral begins with, its clock from `starts` on."""
    clock = due(State.received, starts, policy_on(today()))
    return {
        "state": State.received,
        "version": 1,
        "follows": None,
        "received_at": starts,
        "due_at": clock.due_at,
        "look_at": clock.look_at,
        "escalations": 0,
        "taken_by": None,
        "feedback": None,
        "closed_at": None,
        "withdrawn_at": None,
    }


def _first_line(row: Mapping[str, Any], step: str) -> dict[str, Any]:
    return {
        "referral": row["id"],
        "no": 1,
        "at": row["received_at"],
        "agency": row["to_agency"],
        "person": None,
        "step": step,
        "state": row["state"],
        "words": None,
        "feedback": None,
    }
