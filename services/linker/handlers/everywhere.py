"""Where a view that began with nothing is to be searched: a small part of it, so nobody looks around each record."""

from collections.abc import Iterator, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.relate.findings import most_holders
from services.linker.domain.relate.rules import FindingRules, MultiRegimeRule
from services.linker.store import everywhere as store

_AT_ONCE = 100  # so that whatever else the process does waits for a tenth of a second at most

Places = list[tuple[Sequence[int], Sequence[int]]]
"""Notes of what is due: numbers of records, keys of traits."""


async def everywhere(connection: AsyncConnection, audience: int, rules: FindingRules) -> Places:
    """All that may show a finding: a business by itself if it has concerns in enough regimes, or if a record of it says
    that it closed; several by what they share."""
    alone = await store.with_closed_record(connection, audience)
    for rule in rules.rules:
        if isinstance(rule, MultiRegimeRule):
            alone |= set(await store.of_regimes(connection, audience, rule.regimes))
    shared = await store.shared(connection, audience, most_holders(rules))
    return [(some, ()) for some in _parts(sorted(alone))] + [((), some) for some in _parts(shared)]


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield numbers[start : start + _AT_ONCE]
