"""From a filled-in form to a card at referrals."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from services.gateway.pages.asking import Partner, Refused
from shared.contracts.problem import FieldProblem
from shared.runtime.clock import new_id

_BODY = "body."


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it came, every field a text. `id` is the card's own from before it is sent, so that sending it twice
    is filing it once; `q` is what was searched for."""

    id: str
    business_id: str = ""
    q: str = ""
    place: Mapping[str, str] | None = None
    indicators: tuple[str, ...] = ()
    text: str = ""
    reach_me: str = ""
    seen_at: str = ""

    def lacks(self) -> tuple[FieldProblem, ...]:
        """The two things without which there is no card, in words for who fills it in."""
        found = []
        if not self.business_id and not any((self.place or {}).values()):
            found.append(FieldProblem(field="q", code="missing", remedy="Pick the business, or describe where it is."))
        if not self.indicators and not self.text.strip():
            found.append(FieldProblem(field="text", code="missing", remedy="Tick what you saw, or write it down."))
        return tuple(found)

    def card(self) -> dict[str, Any]:
        """For referrals' POST /v1/cards, without what was left empty."""
        place = {name: value.strip() for name, value in (self.place or {}).items() if value.strip()}
        said = {"business_id": self.business_id, "place": place, "indicators": list(self.indicators)}
        said |= {"text": self.text.strip(), "reach_me": self.reach_me.strip(), "seen_at": self.seen_at}
        return {"id": self.id} | {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Photo:
    media_type: str
    content: bytes


def blank() -> Filled:
    return Filled(str(UUID(new_id("card").partition("_")[2])))


async def file(services: Partner, filled: Filled, photos: Sequence[Photo]) -> dict[str, Any]:
    """The receipt, and under `photos_refused` how many photos the card has not got. Raises as `Partner` does."""
    receipt: dict[str, Any] = await services.send("POST", "/v1/cards", filled.card())
    refused = [photo for photo in photos if not await _add(services, receipt["card_id"], filled.id, photo)]
    return receipt | {"photos_refused": len(refused)}


async def _add(services: Partner, card_id: str, card: str, photo: Photo) -> bool:
    """Whether referrals took it. Its id comes from what it shows, so that adding it again is adding it once."""
    photo_id = uuid5(UUID(card), hashlib.sha256(photo.content).hexdigest())
    headers = [(b"content-type", photo.media_type.encode("latin-1", "replace"))]
    try:
        await services.send_raw("PUT", f"/v1/cards/{card_id}/photos/{photo_id}", photo.content, headers)
    except Refused:
        return False
    return True


def problems_of(refused: Refused) -> tuple[FieldProblem, ...]:
    """By the names of the form's own fields, and in words for who fills it in."""
    return tuple(map(_problem, refused.problem.errors))


def _problem(error: FieldProblem) -> FieldProblem:
    field = error.field.removeprefix(_BODY).removeprefix("place.").partition(".")[0]
    return error.model_copy(update={"field": field, "remedy": _REMEDIES.get(field, error.remedy)})


_REMEDIES = {
    "postcode": "Give the postcode as it is written, such as TR1 2AB, or leave it out.",
    "business_id": "Find the business again, or describe where it is.",
    "indicators": "Some of what you ticked is asked for no more. Open the form again, and tick what you saw.",
}
