"""Nothing that people write stands outside what can be found, put right and erased."""

import pkgutil
from collections.abc import Iterable, Mapping
from importlib import import_module

import pytest
from sqlalchemy import JSON, LargeBinary, MetaData, String

from services.calendar.store import duties as calendar
from services.calendar.store.planning_tables import metadata as calendar_metadata
from services.linker.store import duties as linker
from services.linker.store.tables import metadata as linker_metadata
from services.referrals.store import duties as referrals
from services.referrals.store.request_tables import metadata as referrals_metadata
from shared.contracts.api.duties import ItemKind
from shared.duties.kinds import Kind
from shared.duties.retention import shipped

LONG = 200
"""From so many characters on, a column may hold what somebody writes; ids and codes are shorter."""
OF_THE_WORK = {
    "referrals": """
        letter.address referral.met referral.taken_by indicator_version.spec indicator_version.source
        indicator_version.created_by briefing.person briefing.recorded_by contact.role contact.topics contact.areas
        contact.people contact.mailbox contact.phone contact.hours request.held_by request_step.subject
        intelligence.made_by source_reading.by sanitised.made_by agenda.chaired_by agenda_item.sources minute.by
    """,
    "calendar": """
        visit.regimes visit.referrals visit.made_by attendance.met attendance.referrals outcome.recorded_by
        calendar_feed.subject imported.uid chair_override.decided_by
        tasking_list.asked tasking_list.made_by tasking_decision.agencies tasking_decision.decided_by
        policy.source policy.reason policy.content policy.made_by policy.reviewed_by policy.review
        primary_authority.noted_by operation.made_by operation_partner.met operation_partner.answered_by
    """,
    "linker": """
        decision.person
        audience.agencies audience.fresh audience.visible move.agencies rebuild.after rebuild.until published_model.body
    """,
}
"""Who of the agencies did what (subjects of tokens, which the audit log has too), and what is a rule or a code."""
OF_RECORDS = ("mention", "behind", "business", "retired", "finding", "finding_due")
"""What the linker derives from records, and works out anew when one is erased or corrected in ingest."""
PLUMBING = ("outbox", "inbox", "duty_request", "duty_disposal", "duty_hold", "duty_erased")


def reached(kinds: Mapping[ItemKind, Kind]) -> set[str]:
    """The columns that are emptied when an item is erased."""
    own = {f"{kind.table.name}.{name}" for kind in kinds.values() for name in kind.left}
    parts = [part for kind in kinds.values() for part in kind.parts]
    emptied = {f"{part.table.name}.{name}" for part in parts for name in part.left or ()}
    return own | emptied | {str(column) for part in parts if part.left is None for column in part.table.c}


def could_say_something(service: str, metadata: MetaData) -> Iterable[str]:
    """Of every table, whichever modules others have imported."""
    for module in pkgutil.iter_modules(import_module(f"services.{service}.store").__path__):
        import_module(f"services.{service}.store.{module.name}")
    for table in metadata.sorted_tables:
        for column in table.c if table.name not in (*PLUMBING, *OF_RECORDS) else ():
            kind = column.type
            is_long = isinstance(kind, String) and (kind.length or LONG) >= LONG
            if is_long or isinstance(kind, JSON | LargeBinary):
                yield f"{table.name}.{column.name}"


@pytest.mark.parametrize(
    ("service", "metadata", "kinds", "by_hand"),
    [
        ("referrals", referrals_metadata, referrals.KINDS, {"sanitised.grading"}),
        ("calendar", calendar_metadata, calendar.KINDS, {"operation.programme"}),
        ("linker", linker_metadata, linker.KINDS, set()),
    ],
)
def test_every_column_that_could_hold_words_is_erased_or_is_known_to_be_of_the_work(
    service: str, metadata: MetaData, kinds: Mapping[ItemKind, Kind], by_hand: set[str]
) -> None:
    """`by_hand`: a handler empties the words in them. A new column is put into a kind, or into the list above."""
    known = {name.removeprefix(f"{service}.") for name in reached(kinds)} | by_hand
    assert set(could_say_something(service, metadata)) - known == set(OF_THE_WORK[service].split())


def test_every_kind_has_one_shipped_time_and_one_keeper() -> None:
    assert sorted(kind for rule in shipped() for kind in rule.kinds) == sorted(ItemKind)
    assert sorted([*referrals.KINDS, *calendar.KINDS, *linker.KINDS]) == sorted(ItemKind)
