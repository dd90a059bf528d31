"""The records that a model is trained on or compared by: as mentions, with the feed of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from joinedup.feeds import feed_file, gather
from joinedup.model.published import opened
from services.linker.domain.normalise import Mention, normalise
from services.linker.store.models import held_mentions
from shared.contracts.identifiers import record_id


@dataclass(frozen=True, slots=True)
class Material:
    """By record id."""

    mentions: Mapping[str, Mention]
    feeds: Mapping[str, str]


def from_files(arguments: Sequence[str]) -> Material:
    """From SPEC=FILE arguments, as `joinedup link` reads them. Raises Unusable."""
    records = gather(feed_file(argument) for argument in arguments)
    ids = {record_id(*key): key for key in records}
    mentions = {id_: normalise(records[key]) for id_, key in ids.items()}
    return Material(mentions, {id_: key[0] for id_, key in ids.items()})


async def from_store(url: str) -> Material:
    """From the store of a linker: every record it holds, whichever agency's. Raises Refused."""
    mentions: dict[str, Mention] = {}
    feeds: dict[str, str] = {}
    async with opened(url) as database, database.read() as connection:
        async for id_, feed, features in held_mentions(connection):
            mentions[id_], feeds[id_] = Mention.from_json(features), feed
    return Material(mentions, feeds)
