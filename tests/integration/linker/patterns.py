"""Records that show patterns, and what was found of them."""

from datetime import date
from typing import Any

from sqlalchemy import select

from services.linker.domain.relate.rules import FindingRules, PhoenixRule, default_rules
from services.linker.handlers.findings import Detective, find_due
from services.linker.store import relation_tables as tables
from services.linker.store.holdings import audience_number
from services.linker.store.tables import record
from shared.contracts.record import Address, Name, Observation, ObservationKind, Person, Record, TradingStatus
from shared.runtime import clock
from tests.integration.linker.world import World

AMIR = Person(name="Amir Khan", role="owner", date_of_birth=date(1980, 3, 1))
MOBILE = "+447700900123"


def shop(
    name: str = "Golden Chicken",
    line: str = "12 The Broadway",
    *,
    postcode: str = "UB1 1AA",
    severity: int | None = None,
    seen: str = "2026-01-10",
    status: TradingStatus = TradingStatus.unknown,
    **fields: Any,
) -> Record:
    kind = ObservationKind.presence if severity is None else ObservationKind.concern
    return Record(
        names=(Name(value=name),),
        address=Address(lines=(line,), town="Southall", postcode=postcode),
        observation=Observation(kind=kind, severity=severity, observed_on=date.fromisoformat(seen)),
        status=status,
        **fields,
    )


def closed_shop(name: str, *line: str, **fields: Any) -> Record:
    return shop(name, *line, status=TradingStatus.closed, **fields)


async def find(world: World, today: date | None = None, rules: FindingRules | None = None) -> int:
    """Work off all that is due; how many batches it took."""
    detective, batches = Detective(world.resolver.shelf, rules or default_rules()), 0
    while await find_due(world.database, detective, today or clock.today()):
        batches += 1
    return batches


def few_may_share(most: int) -> FindingRules:
    """The rules on phoenixes, with another limit to how many businesses may give a value that leads to one."""
    phoenix = next(rule for rule in default_rules().rules if isinstance(rule, PhoenixRule))
    return default_rules().model_copy(update={"rules": (phoenix.model_copy(update={"most_businesses": most}),)})


async def findings(world: World, agency: str) -> list[dict[str, Any]]:
    """What the agency may see, in order of type and id."""
    here = tables.finding.c.audience == audience_number(await world.audience_of(agency))
    rows = await world.rows(select(tables.finding).where(here))
    return sorted(rows, key=lambda row: (row["type"], row["finding_id"]))


async def types(world: World, agency: str) -> list[str]:
    return [row["type"] for row in await findings(world, agency)]


async def all_findings(world: World) -> list[dict[str, Any]]:
    """What may not depend on the order of arrival: everything but the numbers of records."""
    rows = await world.rows(select(tables.finding))
    plain = [{k: v for k, v in row.items() if k != "numbers"} for row in rows]
    return sorted(plain, key=lambda row: (row["audience"], row["finding_id"]))


async def postings(world: World) -> dict[str, list[dict[str, Any]]]:
    """What records share, and on what findings rest; by the ids of records."""
    ids = {row["no"]: row["record_id"] for row in await world.rows(select(record))}
    rests = await world.rows(select(tables.finding_basis))
    basis = sorted((row["audience"], row["finding_id"], str(ids.get(row["basis"], row["basis"]))) for row in rests)
    shared = await world.contents((tables.trait,))
    return shared | {"basis": [{"on": row} for row in basis]}


def told(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(raised or ended, type) of each event on findings, in order."""
    return [(event["type"].split(".")[3], event["data"]["type"]) for event in events]


def caused(event: dict[str, Any]) -> str:
    """Raised or ended, and why."""
    return f"{event['type'].split('.')[3]}/{event['data']['cause']}"
