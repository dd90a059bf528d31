"""A memorandum of understanding: why, how and what for. Cited beside a legal gateway, and never itself the power."""

from collections.abc import Iterable
from datetime import date

from pydantic import Field

from shared.contracts.envelope import Contract
from shared.sharing.legal_gateway import Signature
from shared.sharing.words import Slug


class Memorandum(Contract):
    """Source: seed ¶19 (two of five sites wrote one; the second learnt from the first's)."""

    id: Slug
    title: str
    parties: tuple[Slug, ...] = Field(min_length=2)
    why: str
    how: str
    what_for: tuple[Slug, ...] = Field(min_length=1, description="The purposes it speaks of")
    review_on: date | None = None
    signatures: tuple[Signature, ...] = ()

    def speaks_of(self, one: str, other: str, purpose: str) -> bool:
        return {one, other} <= set(self.parties) and purpose in self.what_for

    def signed_by(self, *agencies: str, on_date: date) -> bool:
        """Whether all of them had signed it by then."""
        return set(agencies) <= {signature.agency for signature in self.signatures if signature.day <= on_date}


def clone(memorandum: Memorandum, id_: str, parties: Iterable[str]) -> Memorandum:
    """The same words for another partnership: what was signed and dated there was not signed and dated here."""
    words = memorandum.model_dump(include={"title", "why", "how", "what_for"})
    return Memorandum.model_validate(words | {"id": id_, "parties": tuple(parties)})
