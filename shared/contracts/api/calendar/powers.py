"""The powers catalogue: who may enter what, with or without a warrant, what can be imposed, and who must be asked."""

from datetime import date
from enum import IntEnum, StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.contracts.api.sharing import SLUG
from shared.contracts.envelope import Contract

Slug = Annotated[str, Field(pattern=SLUG)]


class PremisesKind(StrEnum):
    """What is to be entered. One visit may enter several: a takeaway, and the rooms above it."""

    business = "business"
    alcohol_licensed = "alcohol_licensed"
    closed_storage = "closed_storage"
    hmo = "hmo"
    dwelling = "dwelling"
    care = "care"


class PowerKind(StrEnum):
    entry = "entry"
    warrant = "warrant"
    sanction = "sanction"
    route = "route"


class Authority(StrEnum):
    """What must be in hand before the door is passed without consent."""

    none = "none"
    written_authority = "written_authority"
    warrant = "warrant"


class NoticeUnit(StrEnum):
    hours = "hours"
    days = "days"
    working_days = "working_days"


class Notice(Contract):
    """What the occupier is told beforehand."""

    length: int = Field(ge=1)
    unit: NoticeUnit
    premises: tuple[PremisesKind, ...] = Field(default=(), description="Only before these; empty: before any")
    waived_on_suspicion: bool = Field(description="Not needed where a breach is suspected, or notice would defeat it")
    says: str


class Reach(IntEnum):
    """How far a sanction stops the trade in question: the more, the more disruptive."""

    tells = 1
    requires = 2
    costs = 3
    takes = 4
    closes = 5


class Power(Contract):
    """One statutory power, dated. Nobody with a legal qualification has reviewed any of them: see `uncertain`."""

    id: Slug
    kind: PowerKind
    as_of: date = Field(description="When it was written down here")
    legal_review: Literal["needed"]
    holders: tuple[Slug, ...] = Field(min_length=1, description="Classes of agency")
    regimes: tuple[Slug, ...] = Field(min_length=1, description="The regulatory areas it serves")
    statute: str
    section: str
    url: str = Field(pattern=r"^https://www\.(legislation\.gov\.uk|gov\.uk)/")
    starts: date | None = None
    ends: date | None = None
    says: str
    premises: tuple[PremisesKind, ...] = Field(default=(), description="Of an entry or a warrant: what it opens")
    authority: Authority | None = Field(default=None, description="Of an entry only")
    notice: Notice | None = None
    others: str | None = Field(default=None, description="Who may come in with, or be named on, it, and by which words")
    reach: Reach | None = Field(default=None, description="Of a sanction only")
    without_prosecution: bool | None = Field(default=None, description="Of a sanction only: no conviction is needed")
    read: str = Field(min_length=1, description="What of the law was at hand when it was written")
    uncertain: str = Field(min_length=1, description="What a lawyer should look at first")

    @model_validator(mode="after")
    def _says_what_its_kind_says(self) -> "Power":
        opens = self.kind in (PowerKind.entry, PowerKind.warrant)
        if opens is not bool(self.premises) or (self.kind is PowerKind.entry) is (self.authority is None):
            raise ValueError(f"{self.id}: an entry or a warrant names premises, an entry also what it takes")
        sanction = self.kind is PowerKind.sanction
        if sanction is (self.reach is None) or sanction is (self.without_prosecution is None):
            raise ValueError(f"{self.id}: a sanction, and only that, says how far it reaches")
        return self

    def counts_on(self, day: date) -> bool:
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)


class Powers(Contract):
    """Those that count on the day. `caution` is to be read first."""

    day: date
    caution: str
    powers: tuple[Power, ...]
