"""The tables in which a service keeps what it owes people: requests, disposals, holds, and what was destroyed."""

from dataclasses import dataclass

from sqlalchemy import JSON, Column, Date, Integer, MetaData, String, Table, Text

from shared.runtime.db import UtcDateTime

_ID, _AGENCY, _PERSON = String(40), String(80), String(320)


@dataclass(frozen=True, slots=True)
class DutyTables:
    """None of them says anything of what was destroyed but its id."""

    request: Table
    disposal: Table
    hold: Table
    erased: Table


def duty_tables(metadata: MetaData) -> DutyTables:
    """Ids of requests are the gateway's, one for all services that had a part in it."""
    return DutyTables(_request(metadata), _disposal(metadata), _hold(metadata), _erased(metadata))


def _request(metadata: MetaData) -> Table:
    return Table(
        "duty_request",
        metadata,
        Column("agency", _AGENCY, primary_key=True),
        Column("id", _ID, primary_key=True),
        Column("right", String(20), nullable=False),
        Column("feed", String(80)),
        Column("record_ids", JSON, nullable=False),
        Column("items", JSON, nullable=False),
        Column("asked_by", String(20), nullable=False),
        Column("case_reference", String(100)),
        Column("outcome", String(10), nullable=False),
        Column("grounds", JSON, nullable=False),
        Column("review_on", Date),
        Column("decided_by", _PERSON, nullable=False),
        Column("decided_at", UtcDateTime, nullable=False),
    )


def _disposal(metadata: MetaData) -> Table:
    return Table(
        "duty_disposal",
        metadata,
        Column("agency", _AGENCY, primary_key=True),
        Column("id", _ID, primary_key=True),
        Column("feed", String(80)),
        Column("kind", String(30)),
        Column("category", String(80), nullable=False),
        Column("records", Integer, nullable=False),
        Column("not_sent_since", UtcDateTime, nullable=False),
        Column("days", Integer, nullable=False),
        Column("rule", String(10), nullable=False),
        Column("source", Text),
        Column("review_on", Date),
        Column("disposed_at", UtcDateTime, nullable=False),
    )


def _hold(metadata: MetaData) -> Table:
    """`kind` is empty for a record."""
    return Table(
        "duty_hold",
        metadata,
        Column("agency", _AGENCY, primary_key=True),
        Column("kind", String(30), primary_key=True),
        Column("item", _ID, primary_key=True),
        Column("request", _ID, nullable=False),
        Column("ground", JSON, nullable=False),
        Column("case_reference", String(100)),
        Column("review_on", Date, nullable=False),
        Column("held_by", _PERSON, nullable=False),
        Column("held_at", UtcDateTime, nullable=False),
    )


def _erased(metadata: MetaData) -> Table:
    """`why` is the id of the request or disposal."""
    return Table(
        "duty_erased",
        metadata,
        Column("agency", _AGENCY, primary_key=True),
        Column("kind", String(30), primary_key=True),
        Column("item", _ID, primary_key=True),
        Column("why", _ID, nullable=False),
        Column("at", UtcDateTime, nullable=False),
    )
