"""Photographs of a card: checked, scanned, written anew without metadata, shown to who sees the card whole."""

import hashlib
from typing import Any

from sqlalchemy import Row

from services.referrals.clients.scanner import Scanner
from services.referrals.domain.photo import MEDIA_TYPES, NotAPhoto, cleaned
from services.referrals.handlers.mine import own_card
from services.referrals.handlers.reading import Reader, photo_of
from services.referrals.store import cards, duties, referrals
from shared.contracts.api.referrals.cards import Photo
from shared.contracts.api.sharing import Level
from shared.contracts.problem import FieldProblem
from shared.runtime.apart import TookTooMuch, apart
from shared.runtime.clock import utc_now
from shared.runtime.db import Database
from shared.runtime.errors import Conflict, Invalid, NotFound, UnsupportedFormat

_MOST = 10
_SECONDS = 20


async def add(
    database: Database, scanner: Scanner, reader: Reader, card_id: str, photo_id: str, kind: str, content: bytes
) -> Photo:
    """Adding the same one again is adding it once. Raises UnsupportedFormat, Invalid or Conflict."""
    if kind not in MEDIA_TYPES:
        raise UnsupportedFormat(f"Send one of {', '.join(MEDIA_TYPES)}.")
    card = await own_card(reader, card_id)
    digest = hashlib.sha256(content).hexdigest()
    held = {one.id: one for one in await cards.photos(reader.connection, card.id)}
    if photo_id in held:
        return _same(held[photo_id], digest)
    if len(held) >= _MOST:
        raise Conflict(f"A card has {_MOST} photographs at most.")
    await scanner.check(content)
    try:
        picture = await apart(cleaned, content, kind, seconds=_SECONDS)
    except (NotAPhoto, TookTooMuch):
        remedy = "Send a photograph of the type that you say, of at most 50 megapixels."
        raise Invalid(errors=[FieldProblem(field="body", code="not_a_photo", remedy=remedy)]) from None
    values = {"card": card.id, "id": photo_id, "digest": digest, "added_at": utc_now(), **picture._asdict()}
    async with database.transaction() as tx:
        if not await duties.stays(tx.connection, card.id):
            raise Conflict("The card was erased.")
        await cards.add_photo(database, tx.connection, values)
    return photo_of(await _kept(database, card.id, photo_id, digest))


async def _kept(database: Database, card_id: str, photo_id: str, digest: str) -> Row[Any]:
    """As it stands, whoever of two was first."""
    async with database.read() as connection:
        row = await cards.photo(connection, card_id, photo_id)
    assert row is not None
    _same(row, digest)
    return row


def _same(row: Row[Any], digest: str) -> Photo:
    if row.digest != digest:
        raise Conflict("Another photograph has this id. Give each an id of its own.")
    return photo_of(row)


async def one(reader: Reader, card_id: str, photo_id: str) -> Row[Any]:
    """Raises NotFound unless the reader sees the card whole."""
    if not await _sees(reader, card_id):
        raise NotFound
    row = await cards.photo(reader.connection, card_id, photo_id)
    if row is None:
        raise NotFound
    return row


async def _sees(reader: Reader, card_id: str) -> bool:
    for row in await referrals.of_cards(reader.connection, [card_id]):
        given = reader.grant(row)
        if given and given.level is Level.full:
            return True
    return False
