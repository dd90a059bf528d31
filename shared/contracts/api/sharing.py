"""May I share X with Y for Z? The question and the answer, which is a function of the sharing rules alone."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.envelope import Contract

SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"


class Level(StrEnum):
    """What a legal gateway grants: all of a record, some groups of its fields, or hit / no hit and a named contact."""

    full = "full"
    fields = "fields"
    known = "known"


class ConditionKind(StrEnum):
    """What a statute or its guidance asks for. All but `no_onward_sharing` are to be met before each disclosure."""

    case_by_case = "case_by_case"
    authorising_officer = "authorising_officer"
    one_premises_only = "one_premises_only"
    no_onward_sharing = "no_onward_sharing"
    originator_consent = "originator_consent"


OwnWord = Literal[ConditionKind.case_by_case, ConditionKind.one_premises_only]
"""The conditions that may be stated by somebody else than the agency whose records they are: what an authorising
officer and the originator have to say, nobody says for them."""


NoOnwardSharing = Annotated[
    bool,
    Field(description="Your agency has it on the condition that it does not pass it on, or use it for anything else"),
]


class Verdict(StrEnum):
    """`yes` to the extent of `now`; `yes_if` the conditions of an option are met; else `no`."""

    yes = "yes"
    yes_if = "yes_if"
    no = "no"


class SharingQuestion(Contract):
    """May the records of `owner` in `category` be shared with `viewer` for `purpose`? One of the two is your agency."""

    owner: str = Field(pattern=SLUG, description="The agency whose records they are")
    viewer: str = Field(pattern=SLUG, description="The agency that would have them")
    category: str = Field(pattern=SLUG, description="A category of the partnership")
    purpose: str = Field(pattern=SLUG, description="What they are wanted for, e.g. joint-compliance")
    day: date | None = Field(default=None, description="The day of the disclosure; today unless you say otherwise")
    met: tuple[ConditionKind, ...] = Field(
        default=(),
        max_length=len(ConditionKind),
        description="Conditions that you will have met for this one disclosure",
    )


class ConditionSaid(Contract):
    kind: ConditionKind
    says: str = Field(description="What to do, in plain English")
    source: str


class SignatureSaid(Contract):
    agency: str
    by: str
    day: date


class Citation(Contract):
    """The legal gateway under which something may be had, as far as it concerns these two agencies."""

    legal_gateway: str
    statute: str
    section: str
    url: str | None
    regime: str | None = Field(description="The regulatory area it was given for")
    starts: date
    ends: date | None
    review_on: date | None
    conditions: tuple[ConditionSaid, ...]
    signed: tuple[SignatureSaid, ...] = Field(description="Signatures of the two agencies")
    reviewed_by: str
    reviewed_on: date


class GrantSaid(Contract):
    level: Level
    field_groups: tuple[str, ...] = Field(description="Of a `fields` grant")
    fields: tuple[str, ...] = Field(description="The fields of the record in those groups")
    contact: str | None = Field(description="Whom to speak to about a hit")
    under: tuple[Citation, ...] = Field(description="Empty for an agency's own records")


class PossiblePower(Contract):
    """An entry of the catalogue that could be the power. It is none until it was reviewed, dated and signed."""

    entry: str
    as_of: date = Field(description="When the catalogue's entry was written")
    statute: str
    section: str
    url: str
    says: str
    conditions: tuple[ConditionSaid, ...]
    fits_purpose: bool
    fits_category: bool
    purposes: tuple[str, ...] = Field(description="The statutory purposes; empty if it names none")
    read: str = Field(description="What of the law was at hand when the entry was written")
    uncertain: str = Field(description="What a lawyer should look at first")
    legal_review: Literal["needed"] = "needed"


class Hindrance(Contract):
    """A law that forbids the disclosure unless another power permits it."""

    entry: str
    statute: str
    section: str
    url: str
    says: str


class NotInForce(Contract):
    """A legal gateway between the two for this category and purpose that does not count on the day, and why."""

    legal_gateway: str
    statute: str
    section: str
    why: tuple[str, ...]


class MemorandumSaid(Contract):
    """An MoU of the two agencies for this purpose. It says how; it is never the power."""

    id: str
    title: str
    why: str
    how: str
    signed_by_both: bool
    review_on: date | None


class Helper(Contract):
    agency: str
    title: str
    contact: str | None


class SharingAnswer(Contract):
    """`says` is the answer for a person, the rest the same for a program. It never tells whether there is anything."""

    verdict: Verdict
    says: tuple[str, ...]
    day: date
    now: GrantSaid | None = Field(description="What may be shared with the conditions that you will have met")
    standing: bool = Field(description="Whether dashboards, search and streams show it without being asked each time")
    if_met: tuple[GrantSaid, ...] = Field(description="What more may be shared once further conditions are met")
    not_in_force: tuple[NotInForce, ...] = Field(description="Where the verdict is `no`")
    could_apply: tuple[PossiblePower, ...] = Field(description="Where the verdict is `no`; those that fit best first")
    stands_in_the_way: tuple[Hindrance, ...] = Field(description="Where the verdict is `no`")
    memoranda: tuple[MemorandumSaid, ...]
    help: Helper
