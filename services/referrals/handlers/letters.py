"""Whoever waits is told outside the app as well: a digest by e-mail says how many, and to sign in, and nothing else.

Letters are written, and the time up to which they are, in one transaction; each is sent after that and removed once the
server has it. So a process that dies loses none, and one that is sent twice has the same Message-ID. Nothing that has
not a power today is counted. Source: seed ¶20 and L-intel; issue: the named officer is always told.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from services.referrals.clients.mail import Away, Mail, Refused
from services.referrals.domain.contacts import Contact, Officer
from services.referrals.domain.life import OPEN
from services.referrals.handlers.desks import Desks
from services.referrals.handlers.outcomes import STEP as VISIT
from services.referrals.handlers.ruling import RELEASE, RETURN
from services.referrals.handlers.sight import grant, may_have
from services.referrals.store import contacts
from services.referrals.store import letters as store
from services.referrals.store.withheld import disclosure_of
from shared.contracts.api.referrals.life import State
from shared.runtime.clock import SKEW, new_id, today, utc_now
from shared.runtime.db import Database
from shared.runtime.telemetry import log
from shared.sharing import OUTCOMES, Partnership

_OF_THE_DESK = frozenset({"receive", RELEASE, RETURN, "remind", "escalate"})
_OF_THE_DESK_ALONE = frozenset({"receive", RETURN, "remind"})
_TRY_AGAIN = timedelta(minutes=10)
_GIVEN_UP_AFTER = timedelta(days=3)
_AT_ONCE = 100


@dataclass
class _Post:
    """What one address is told of: ids of referrals, and of cards with news."""

    waiting: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    news: set[str] = field(default_factory=set)


async def write(database: Database, partnership: Partnership, every: timedelta) -> None:
    """A letter for each address of which something happened since the last ones, if those are old enough."""
    now = utc_now()
    until = now - SKEW  # what is committed late was noted before
    async with database.transaction() as tx:
        since = await store.told_until(tx.connection)
        if since is None:
            await store.begin(database, tx.connection, until)
        elif since + every <= until and await store.move_on(tx.connection, since, until):
            steps = await store.steps(tx.connection, since, until)
            agencies = {agency for row in steps for agency in (row.from_agency, row.to_agency)}
            known = Desks(await contacts.contacts(tx.connection, agencies))
            people = (await contacts.officers(tx.connection, agencies)).values()
            await store.add(tx.connection, _letters(_posts(steps, known, people, partnership), now))


async def send(database: Database, mail: Mail) -> int:
    """How many of those that are due were tried, some at once."""
    async with database.read() as connection:
        rows = await store.due(connection, utc_now(), _AT_ONCE)
    for row in rows:
        async with database.transaction() as tx:
            is_ours = await store.put_off(tx.connection, row, utc_now() + _TRY_AGAIN)
        if is_ours and await _is_over(mail, row):
            async with database.transaction() as tx:
                await store.remove(tx.connection, row.id)
    return len(rows)


async def _is_over(mail: Mail, row: Row[Any]) -> bool:
    """Whether it was sent, or never will be."""
    try:
        await mail.send(row.id, row.address, "Joined Up: sign in", _text(row.waiting, row.late, row.news))
    except Away:
        return bool(row.made_at + _GIVEN_UP_AFTER < utc_now())
    except Refused:
        log(__name__).warning("letter_refused", letter=row.id)
    return True


def _waits(row: Row[Any], partnership: Partnership) -> bool:
    """Whether the step is something for the desk, which may have the referral and has still to do something."""
    is_open = row.step in _OF_THE_DESK and State(row.state) in OPEN
    return is_open and grant(*disclosure_of(row), partnership) is not None


def _is_news(row: Row[Any], partnership: Partnership) -> bool:
    """Whether the step is something for the officer whose card it is: the same as the card's history tells."""
    if row.step == VISIT:
        return may_have(row.from_agency, row.purpose, row.by, OUTCOMES, partnership)
    return row.step not in _OF_THE_DESK_ALONE


def _posts(
    steps: Sequence[Row[Any]], known: Desks, people: Iterable[Officer], partnership: Partnership
) -> dict[str, _Post]:
    posts: dict[str, _Post] = defaultdict(_Post)
    by_subject = {(one.agency, one.subject): one.email for one in people if one.subject and not one.has_left(today())}
    for row in steps:
        for address in _desk(row, known) if _waits(row, partnership) else ():
            posts[address].waiting.add(row.id)
            posts[address].late |= {row.id} if row.due_at and row.due_at < utc_now() else set()
        officer = by_subject.get((row.from_agency, row.officer))
        if officer and _is_news(row, partnership):
            posts[officer].news.add(row.card)
    return posts


def _desk(row: Row[Any], known: Desks) -> set[str]:
    """The role that has it and, once it was escalated again, the agency's role for everything."""
    roles = [known.role(row.to_agency, row.regime, row.area)]
    roles += [known.role(row.to_agency, None, None)] if row.escalations > 1 else []
    return {address for role in roles if role and (address := _address(role))}


def _address(role: Contact) -> str | None:
    person = role.on_duty(today())
    return (person and person.email) or role.mailbox


def _letters(posts: dict[str, _Post], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id("let"),
            "address": address,
            "waiting": len(post.waiting),
            "late": len(post.late),
            "news": len(post.news),
            "made_at": now,
            "due_at": now,
        }
        for address, post in posts.items()
    ]


def _text(waiting: int, late: int, news: int) -> str:
    lines = []
    if waiting:
        lines.append(f"{_many(waiting, 'referral')} for your desk {_verb(waiting, 'waits', 'wait')} for you.")
    if late:
        lines.append(f"{_many(late, 'referral')} {_verb(late, 'is', 'are')} past {_verb(late, 'its', 'their')} clock.")
    if news:
        lines.append(f"There is news of {_many(news, 'card')} of yours.")
    return "\n".join((*lines, "Sign in to Joined Up to read it. Nothing of it is in this message.")) + "\n"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _verb(count: int, one: str, more: str) -> str:
    return one if count == 1 else more
