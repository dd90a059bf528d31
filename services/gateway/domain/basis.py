"""What a notice rests on, by which it is judged each time whether its reader may still have it."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared.contracts.api.sharing import ConditionKind, Level
from shared.contracts.envelope import Contract
from shared.contracts.identifiers import derived_id
from shared.sharing import Grant, Partnership, View, decide

_NAMES_A_BUSINESS = frozenset({"identity", "address"})


class Sight(Contract):
    """A view: what its audience saw, as (owner, category) pairs. Its id is the audience's, derived from them."""

    kind: Literal["sight"] = "sight"
    visible: frozenset[tuple[str, str]]

    def is_open_to(self, agency: str, views: Iterable[View]) -> bool:
        """Whether the agency sees all of it today. So who comes to see more loses nothing that is on its way, and who
        sees less is given nothing that rests on what it has lost."""
        return any(agency in view.agencies and self.visible <= view.visible for view in views)


class Disclosure(Contract):
    """One thing that its owner addressed to an agency, for a purpose (None: that of the partnership's streams), with
    these conditions met for it."""

    kind: Literal["disclosure"] = "disclosure"
    owner: str
    category: str
    purpose: str | None
    met: frozenset[ConditionKind] = frozenset()

    @property
    def id(self) -> str:
        return derived_id("dis", self.owner, self.category, self.purpose or "", *sorted(self.met))

    def grant(self, agency: str, day: date, partnership: Partnership) -> Grant | None:
        """None where what is granted would not even name the business."""
        purpose = self.purpose or partnership.stream_purpose
        given = decide(agency, purpose, self.owner, self.category, day, partnership, self.met)
        names_it = given and (given.level is Level.full or not _NAMES_A_BUSINESS.isdisjoint(given.field_groups))
        return given if names_it else None


class Invitations(Contract):
    """One thing of which its owner told several agencies, each with these conditions met for it."""

    kind: Literal["invitations"] = "invitations"
    owner: str
    category: str
    purpose: None = None
    met: dict[str, frozenset[ConditionKind]]

    @property
    def id(self) -> str:
        each = (f"{agency}/{','.join(sorted(met))}" for agency, met in sorted(self.met.items()))
        return derived_id("dis", self.owner, self.category, "to each", *each)

    def grant(self, agency: str, day: date, partnership: Partnership) -> Grant | None:
        """As of a disclosure to that agency alone, and of the whole: a visit's notice says the hour."""
        met = self.met.get(agency, frozenset())
        told = Disclosure(owner=self.owner, category=self.category, purpose=self.purpose, met=met)
        given = told.grant(agency, day, partnership)
        return given if given and given.level is Level.full else None


Addressed = Disclosure | Invitations
Basis = Annotated[Sight | Addressed, Field(discriminator="kind")]
read: TypeAdapter[Sight | Addressed] = TypeAdapter(Basis)
