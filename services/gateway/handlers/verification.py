"""Looking through the whole audit log for anything that is not as it was written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.gateway.domain.chain import Anchor, Checker, Fault, Link, Removal, is_signed
from services.gateway.domain.deed import read
from services.gateway.store import audit
from shared.runtime.db import Database


@dataclass(frozen=True, slots=True)
class Verdict:
    """The last entry's number; those after number `anchored` could have been cut off without a trace, and those up
    to number `removed` were removed at the end of their term."""

    last: int
    anchored: int
    removed: int
    faults: tuple[Fault, ...]


async def verify(database: Database, key: Ed25519PublicKey, outside: Sequence[Anchor] = ()) -> Verdict:
    """Every entry, the index and every anchor, and the anchors that were kept `outside` the store."""
    async with database.read() as connection:
        anchors = [*await audit.anchors(connection), *outside]
        vouched, faults = _vouched(anchors, key)
        removed = _removed(await audit.removals(connection), vouched, key)
        checker = Checker(vouched, removed)
        async for links, index in audit.pages(connection):
            for link in links:
                faults += checker.take(link)
            faults += _index_faults(links, index, max(vouched, default=0))
    faults += checker.end()
    faults.sort(key=lambda fault: fault.seq)
    return Verdict(checker.checked, max(vouched, default=0), removed, tuple(faults))


def _vouched(anchors: Iterable[Anchor], key: Ed25519PublicKey) -> tuple[dict[int, bytes], list[Fault]]:
    vouched: dict[int, bytes] = {}
    faults = []
    for anchor in anchors:
        if not is_signed(anchor, key):
            faults.append(Fault(anchor.seq, "the anchor of this entry is not signed with this key"))
        elif vouched.setdefault(anchor.seq, anchor.hash) != anchor.hash:
            faults.append(Fault(anchor.seq, "two anchors vouch for different entries here"))
    return vouched, faults


def _removed(removals: Iterable[Removal], vouched: Mapping[int, bytes], key: Ed25519PublicKey) -> int:
    """A statement that is not signed, or for an entry that no anchor vouches for, excuses nothing."""
    good = (removal.seq for removal in removals if is_signed(removal, key) and removal.seq in vouched)
    return max(good, default=0)


def _index_faults(links: Sequence[Link], index: audit.Mentions, anchored: int) -> Iterator[Fault]:
    """What is anchored is indexed; what came later may not be yet."""
    for link in links:
        said = index.pop(link.seq, set())
        if said != _mentions(link.body) and (said or link.seq <= anchored):
            yield Fault(link.seq, "the index does not say of the entry what the entry says")
    for seq in index:
        yield Fault(seq, "the index names an entry that is not there")


def _mentions(body: bytes) -> set[tuple[str, str, str]]:
    try:
        deed = read(body)
    except (ValueError, TypeError, KeyError):
        return set()
    return {(deed.agency, kind, value) for kind, value in deed.mentions()}
