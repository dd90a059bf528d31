"""Do you know this? Asked of the agencies that may answer, and answered to the extent of what they may tell."""

from enum import StrEnum

from pydantic import Field, model_validator

from shared.contracts.api.sharing import Level, NoOnwardSharing, OwnWord
from shared.contracts.envelope import Contract
from shared.contracts.record import Address, Name, Observation, Person, TradingStatus


class About(StrEnum):
    """What a record must be of: the same business, the same door, or the same person by name and date of birth."""

    business = "business"
    premises = "premises"
    person = "person"


class Description(Contract):
    """A business, a place or a person as somebody would describe it; fields as in a record of a feed."""

    names: tuple[Name, ...] = Field(default=(), max_length=5)
    address: Address | None = None
    phones: tuple[str, ...] = Field(default=(), max_length=5)
    company_number: str | None = Field(default=None, max_length=40)
    vat_number: str | None = Field(default=None, max_length=40)
    charity_number: str | None = Field(default=None, max_length=40)
    licence_numbers: tuple[str, ...] = Field(default=(), max_length=5)
    people: tuple[Person, ...] = Field(default=(), max_length=5)


class Met(Contract):
    """A condition of a legal gateway that you meet yourself in this one disclosure. It is kept in the audit log.

    That an officer authorised it or its originator consents is not yours to state: they say so themselves in a request
    (`POST /v1/requests`). One premises only is met by a question about premises, or about a business with its address.
    """

    kind: OwnWord
    stated: str = Field(
        min_length=3,
        max_length=200,
        description="Which case, which premises",
    )


class KnownQuestion(Contract):
    """Of a business that you see, by its id, or of what you describe."""

    about: About = About.business
    business_id: str | None = Field(default=None, pattern=r"^biz_[a-z2-7]{20}$")
    described: Description | None = None
    met: tuple[Met, ...] = Field(default=(), max_length=2)

    @model_validator(mode="after")
    def _is_of_one(self) -> "KnownQuestion":
        if (self.business_id is None) is (self.described is None):
            raise ValueError("give business_id or described, and not both")
        return self


class Under(Contract):
    """A legal gateway that allows the answer."""

    legal_gateway: str
    statute: str
    section: str


class Part(Contract):
    """What may be told of one record: the fields of the groups that are granted; all others are absent."""

    record_id: str
    names: tuple[Name, ...] = ()
    company_number: str | None = None
    vat_number: str | None = None
    charity_number: str | None = None
    licence_numbers: tuple[str, ...] = ()
    address: str | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    websites: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    sector: str | None = None
    status: TradingStatus | None = None
    observation: Observation | None = None


class Known(Contract):
    """What one agency may tell of its records of one category."""

    agency: str
    category: str
    level: Level
    hit: bool = Field(description="Whether it holds a record of what you asked about")
    contact: str | None = Field(description="Whom to speak to")
    under: tuple[Under, ...]
    no_onward_sharing: NoOnwardSharing
    records: tuple[Part, ...] = Field(description="At the level `known`, and where there is no hit, none")


class KnownAnswer(Contract):
    """One entry for each agency and category that may answer under the conditions met, whether or not there is a hit:
    which those are is a function of the sharing rules. What you see in full is not asked for again."""

    business_id: str | None = Field(description="The business that you asked about, if it is one that you see")
    answers: tuple[Known, ...]
