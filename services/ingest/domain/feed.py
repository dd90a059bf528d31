"""A feed as its agency declares it once: format, mapping, severity scale, retention.

A specification is data: YAML in a file, or the same shape as JSON through the API. Columns are named as the agency's
own export names them; nothing of the agency's changes.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, HttpUrl, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.envelope import Contract
from shared.contracts.record import NameKind

Column = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Severity = Annotated[int, Field(ge=0, le=4)]
Outcome = Literal["presence", "nothing_found"] | Severity

CONTENT = "content"
DEFAULT_NULLS = ("", "n/a", "#n/a", "null")


class Constant(Contract):
    """A value that every row of the feed has and no column says."""

    constant: Words


Value = Column | Constant


class Mode(StrEnum):
    """A snapshot is everything the agency holds, so a row that is missing was withdrawn; a delta is what changed."""

    snapshot = "snapshot"
    delta = "delta"


class CsvFormat(Contract):
    """Delimited text. Without `delimiter`, the one under which the mapped columns are found."""

    kind: Literal["csv"] = "csv"
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1, pattern=r'^[^"\r\n\x00]$')] | None = None


class XlsxFormat(Contract):
    """An Excel workbook. Without `sheet`, the first one."""

    kind: Literal["xlsx"]
    sheet: Words | None = None


class JsonFormat(Contract):
    """A JSON array of objects: the document itself, or the array at the dotted `item_path`."""

    kind: Literal["json"]
    item_path: Annotated[str, StringConstraints(pattern=r"^[^.\x00]+(\.[^.\x00]+)*$")] | None = None


class NdjsonFormat(Contract):
    """One JSON object a line."""

    kind: Literal["ndjson"]


class XmlFormat(Contract):
    """One `row_element` a row; nested elements are columns with dotted names. Namespaces are ignored."""

    kind: Literal["xml"]
    row_element: Words


Format = Annotated[CsvFormat | XlsxFormat | JsonFormat | NdjsonFormat | XmlFormat, Field(discriminator="kind")]


class NameMapping(Contract):
    column: Column
    kind: NameKind = NameKind.unknown


class AddressMapping(Contract):
    """Parts in `lines`, `town`, `county`, or everything in one `text`.

    `name_first`: the text begins with the business's name, which is of this kind. `lon_lat`: one column with
    longitude and latitude in this order, e.g. `[-0.33,51.53]`.
    """

    lines: tuple[Column, ...] = ()
    text: Column | None = None
    name_first: NameKind | None = None
    town: Value | None = None
    county: Value | None = None
    postcode: Column | None = None
    uprn: Column | None = None
    country: Value | None = None
    latitude: Column | None = None
    longitude: Column | None = None
    lon_lat: Column | None = None

    @model_validator(mode="after")
    def one_form(self) -> Self:
        if self.lines and self.text:
            raise _invalid("Give the address as lines or as one text, not as both.")
        if self.name_first and not self.text:
            raise _invalid("name_first needs text, the column whose first part is the name.")
        return self


class PersonMapping(Contract):
    """One person of the row. `name` lists the columns that make up the name, in order, e.g. forenames, surname."""

    name: Annotated[tuple[Column, ...], Field(min_length=1)]
    role: Value | None = None
    date_of_birth: Column | None = None
    since: Column | None = None
    until: Column | None = None


class StatusMapping(Contract):
    """Which of the column's values mean open and which closed, in any case. Any other is unknown."""

    column: Column
    open: tuple[Words, ...] = ()
    closed: tuple[Words, ...] = ()


class DeletedMapping(Contract):
    """The column's values that mark a row as deleted at source, in any case."""

    column: Column
    values: Annotated[tuple[Words, ...], Field(min_length=1)]


class ObservationMapping(Contract):
    """What the row says about compliance.

    `outcomes` maps each native rating to `presence`, `nothing_found` or a severity 0–4. `otherwise` is the outcome of
    a row whose rating is blank or, for a feed with no rating column, of every row. A rating that `outcomes` does not
    list is a fault of the row: a scale that changed must not pass for presence.
    """

    rating: Column | None = None
    outcomes: dict[Words, Outcome] = Field(default_factory=dict)
    otherwise: Outcome = "presence"
    observed_on: Column | None = None
    closed_on: Column | None = None

    @model_validator(mode="after")
    def rating_has_outcomes(self) -> Self:
        if (self.rating is None) != (not self.outcomes):
            raise _invalid("rating and outcomes belong together: give both, or neither.")
        return self


class RecordMapping(Contract):
    """From the agency's own columns to the canonical record.

    `source_ref`: the columns that identify a row for ever, or `content` where the agency has no key (the row's own
    content then identifies it). `dates`: formats such as `%d/%m/%Y`, tried in order after ISO 8601. `nulls`: what the
    agency writes for nothing, in any case.
    """

    source_ref: Literal["content"] | Annotated[tuple[Column, ...], Field(min_length=1)]
    names: tuple[NameMapping, ...] = ()
    address: AddressMapping = AddressMapping()
    phones: tuple[Column, ...] = ()
    emails: tuple[Column, ...] = ()
    websites: tuple[Column, ...] = ()
    company_number: Column | None = None
    vat_number: Column | None = None
    charity_number: Column | None = None
    licence_numbers: tuple[Column, ...] = ()
    people: tuple[PersonMapping, ...] = ()
    sector: Value | None = None
    status: StatusMapping | None = None
    observation: ObservationMapping = ObservationMapping()
    deleted: DeletedMapping | None = None
    dates: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()

    @field_validator("source_ref", mode="before")
    @classmethod
    def one_column(cls, given: object) -> object:
        return (given,) if isinstance(given, str) and given != CONTENT else given

    @field_validator("dates")
    @classmethod
    def unambiguous(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        orders = {_day_before_month(text) for text in formats if "%d" in text and "%m" in text}
        if len(orders) > 1:
            raise _invalid("Day before month or month before day, not both: 03/04 would be either.")
        if any("%Y" not in text for text in formats):
            raise _invalid("Every format needs %Y, the year in four digits.")
        return formats


class Pull(Contract):
    """Where ingest fetches the file itself, and how often."""

    url: HttpUrl
    every_hours: Annotated[float, Field(gt=0, le=8784)]


class Source(Contract):
    """Where the data come from, for whoever must cite or check them."""

    url: HttpUrl | None = None
    licence: Words | None = None
    notes: Annotated[str, StringConstraints(max_length=2000)] | None = None


class FeedSpec(Contract):
    """A declared stream of records from one agency.

    `category` is the data category of which sharing rules speak. `retract_guard_share`: a snapshot that would retract
    more than this share of the feed's records is held until somebody confirms it. `retention_days` count from the last
    day on which it sent them. Under which law they are processed is the partnership's file's to say.
    """

    id: Slug
    title: Words
    agency: Slug
    regime: Slug
    category: Slug
    format: Format
    mode: Mode
    mapping: RecordMapping
    retention_days: Annotated[int, Field(ge=1, le=36525)]
    retention_source: Words | None = None
    retention_review_on: date | None = None
    expected_every_hours: Annotated[float, Field(gt=0, le=87840)]
    retract_guard_share: Annotated[float, Field(ge=0, le=1)] = 0.2
    source: Source = Source()
    pull: Pull | None = None


def mapped_columns(spec: FeedSpec) -> tuple[str, ...]:
    """Every column that the mapping reads, each once, in the mapping's order."""
    return tuple(dict.fromkeys(_columns(spec.mapping)))


def _columns(mapping: RecordMapping) -> list[str]:
    address, observation = mapping.address, mapping.observation
    single = [
        *(() if mapping.source_ref == CONTENT else mapping.source_ref),
        *(name.column for name in mapping.names),
        *(*address.lines, address.text, address.town, address.county, address.postcode, address.uprn),
        *(address.country, address.latitude, address.longitude, address.lon_lat),
        *(*mapping.phones, *mapping.emails, *mapping.websites),
        *(mapping.company_number, mapping.vat_number, mapping.charity_number, *mapping.licence_numbers),
        *(part for person in mapping.people for part in _person_columns(person)),
        *(mapping.sector, mapping.status and mapping.status.column, mapping.deleted and mapping.deleted.column),
        *(observation.rating, observation.observed_on, observation.closed_on),
    ]
    return [column for column in single if isinstance(column, str)]


def _person_columns(person: PersonMapping) -> tuple[Any, ...]:
    return (*person.name, person.role, person.date_of_birth, person.since, person.until)


def _day_before_month(text: str) -> bool:
    return text.index("%d") < text.index("%m")


def _invalid(remedy: str) -> PydanticCustomError:
    return PydanticCustomError("feed_spec", remedy)
