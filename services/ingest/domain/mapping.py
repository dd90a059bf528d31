"""From an agency's row to the canonical record, by a plan compiled once for each specification.

A fault that would change what the record says (a date, a rating, the reference) rejects the row, and every fault is
named at once. A doubtful identifier only warns: a concern is worth keeping although its phone number is not.
Problems name the agency's own column and never repeat the cell.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from services.ingest.domain.address_mapping import Given, compile_address
from services.ingest.domain.cells import Cells, Issues, Row
from services.ingest.domain.feed import (
    CONTENT,
    DeletedMapping,
    FeedSpec,
    NameMapping,
    ObservationMapping,
    Outcome,
    PersonMapping,
    RecordMapping,
    StatusMapping,
)
from services.ingest.domain.identifier_mapping import (
    Part,
    as_given,
    charity_number,
    checked,
    company_number,
    each,
    email,
    phone,
    vat_number,
)
from services.ingest.domain.values import clean
from shared.contracts.problem import FieldProblem
from shared.contracts.record import ObservationKind, Record, TradingStatus

MAX_SOURCE_REF = 500
MAX_NAME = 500
MAX_PERSON_NAME = 300


@dataclass(frozen=True, slots=True)
class Mapped:
    """A good row. `record` is None where the row says that its record was deleted. Warnings do not stop it."""

    source_ref: str
    record: Record | None
    warnings: tuple[FieldProblem, ...] = ()

    @property
    def deleted(self) -> bool:
        return self.record is None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row for quarantine, with all its faults. `source_ref` if it has one: the row is bad, but it is not missing."""

    errors: tuple[FieldProblem, ...]
    source_ref: str | None = None


MapRow = Callable[[Row], Mapped | Rejected]


def compile_mapping(spec: FeedSpec) -> MapRow:
    """A function that maps one row of this feed. It keeps no state."""
    cells = Cells.of(spec)
    take_ref, is_deleted, take_record = _source_ref(spec, cells), _deleted(spec.mapping.deleted, cells), _record(spec)

    def map_row(row: Row) -> Mapped | Rejected:
        issues = Issues()
        reference = take_ref(row, issues)
        record = None if is_deleted(row) else take_record(row, issues)
        if reference is None or issues.errors:
            return Rejected(tuple(issues.errors), reference)
        return Mapped(reference, record, tuple(issues.warnings))

    return map_row


def _source_ref(spec: FeedSpec, cells: Cells) -> Callable[[Row, Issues], str | None]:
    columns = spec.mapping.source_ref
    if columns == CONTENT:
        return lambda row, issues: _row_hash(row)
    takes = [(column, cells.text(column)) for column in columns]

    def take_ref(row: Row, issues: Issues) -> str | None:
        parts = [(column, take(row)) for column, take in takes]
        for column in (column for column, part in parts if part is None):
            issues.reject(column, "reference_missing", "Fill it: it identifies the row.")
        reference = _join([part for _, part in parts if part is not None])
        if len(reference) > MAX_SOURCE_REF:
            issues.reject(columns[0], "reference_too_long", f"Shorten it to {MAX_SOURCE_REF} characters.")
            return None
        return None if any(part is None for _, part in parts) else reference

    return take_ref


def _row_hash(row: Row) -> str:
    """Empty cells and the order of columns do not count."""
    said = sorted((column, text) for column, text in ((key, clean(cell)) for key, cell in row.items()) if text)
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:32]


def _join(parts: list[str]) -> str:
    """Readable, and different for different parts."""
    if len(parts) == 1:
        return parts[0]
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def _deleted(mapping: DeletedMapping | None, cells: Cells) -> Callable[[Row], bool]:
    if mapping is None:
        return lambda row: False
    take, marks = cells.text(mapping.column), _folded(mapping.values)
    return lambda row: (take(row) or "").casefold() in marks


def _record(spec: FeedSpec) -> Callable[[Row, Issues], Record | None]:
    cells, mapping = Cells.of(spec), spec.mapping
    take_names, take_address = _names(mapping.names, cells), compile_address(mapping.address, cells)
    parts = _parts(mapping, cells)
    columns = ", ".join(_identifying(mapping)) or "names"

    def take_record(row: Row, issues: Issues) -> Record | None:
        address, names = take_address(row, issues, take_names(row, issues))
        said = {field: take(row, issues) for field, take in parts.items()}
        if not _identifies(names, address, said):
            issues.reject(columns, "nothing_identifies", "Send a name, an address or a company number.")
        return None if issues.errors else Record.model_validate({"names": names, "address": address, **said})

    return take_record


def _identifies(names: list[Given], address: Given | None, said: Given) -> bool:
    return bool(names) or address is not None or said.get("company_number") is not None


def _identifying(mapping: RecordMapping) -> list[str]:
    address = mapping.address
    columns = [*(name.column for name in mapping.names), *address.lines, address.text, mapping.company_number]
    return [column for column in columns if column]


def _parts(mapping: RecordMapping, cells: Cells) -> dict[str, Part]:
    """One function for each field of the record that the mapping fills."""
    parts: dict[str, Part | None] = {
        "phones": each(mapping.phones, cells, phone),
        "emails": each(mapping.emails, cells, email),
        "websites": each(mapping.websites, cells, as_given),
        "licence_numbers": each(mapping.licence_numbers, cells, as_given),
        "company_number": checked(mapping.company_number, cells, company_number),
        "vat_number": checked(mapping.vat_number, cells, vat_number),
        "charity_number": checked(mapping.charity_number, cells, charity_number),
        "people": _people(mapping.people, cells),
        "sector": _plain(cells.value(mapping.sector)) if mapping.sector else None,
        "status": _status(mapping.status, cells),
        "observation": _observation(mapping.observation, cells),
    }
    return {field: part for field, part in parts.items() if part}


def _plain(take: Callable[[Row], str | None]) -> Part:
    return lambda row, issues: take(row)


def _names(mappings: tuple[NameMapping, ...], cells: Cells) -> Callable[[Row, Issues], list[Given]]:
    takes = [(name.column, name.kind, cells.text(name.column)) for name in mappings]

    def take_names(row: Row, issues: Issues) -> list[Given]:
        names: dict[str, Given] = {}
        for column, kind, take in takes:
            text = take(row)
            if text is None or text.casefold() in names:
                continue
            if len(text) > MAX_NAME:
                issues.reject(column, "name_too_long", f"Shorten it to {MAX_NAME} characters.")
                continue
            names[text.casefold()] = {"kind": kind, "value": text}
        return list(names.values())

    return take_names


def _people(mappings: tuple[PersonMapping, ...], cells: Cells) -> Part | None:
    takes = [_person(mapping, cells) for mapping in mappings]

    def take_people(row: Row, issues: Issues) -> tuple[Given, ...]:
        return tuple(person for person in (take(row, issues) for take in takes) if person)

    return take_people if takes else None


def _person(mapping: PersonMapping, cells: Cells) -> Callable[[Row, Issues], Given | None]:
    takes, role, born = (
        [cells.text(column) for column in mapping.name],
        cells.value(mapping.role),
        mapping.date_of_birth,
    )
    birth, since, until = cells.day(born), cells.day(mapping.since), cells.day(mapping.until)

    def take_person(row: Row, issues: Issues) -> Given | None:
        name = " ".join(part for part in (take(row) for take in takes) if part)
        if not name:
            return None
        if len(name) > MAX_PERSON_NAME:
            issues.reject(mapping.name[0], "name_too_long", f"Shorten it to {MAX_PERSON_NAME} characters.")
            return None
        dates = {"date_of_birth": birth(row, issues), "since": since(row, issues), "until": until(row, issues)}
        return {"name": name, "role": role(row), **dates}

    return take_person


def _status(mapping: StatusMapping | None, cells: Cells) -> Part | None:
    if mapping is None:
        return None
    take = cells.text(mapping.column)
    known = dict.fromkeys(_folded(mapping.open), TradingStatus.open)
    known |= dict.fromkeys(_folded(mapping.closed), TradingStatus.closed)
    return lambda row, issues: known.get((take(row) or "").casefold(), TradingStatus.unknown)


def _observation(mapping: ObservationMapping, cells: Cells) -> Part:
    take_rating, column = cells.text(mapping.rating), str(mapping.rating)
    observed_on, closed_on = cells.day(mapping.observed_on), cells.day(mapping.closed_on)
    otherwise = _outcome(mapping.otherwise)
    outcomes = {rating.casefold(): _outcome(outcome) for rating, outcome in mapping.outcomes.items()}

    def take_observation(row: Row, issues: Issues) -> Given:
        rating = take_rating(row)
        known = otherwise if rating is None else outcomes.get(rating.casefold())
        if known is None:
            issues.reject(column, "rating_unknown", "Add this rating to the feed's outcomes, or correct it.")
        kind, severity = known or otherwise
        return {
            "kind": kind,
            "severity": severity,
            "native_rating": rating,
            "observed_on": observed_on(row, issues),
            "closed_on": closed_on(row, issues),
        }

    return take_observation


def _outcome(outcome: Outcome) -> tuple[ObservationKind, int | None]:
    if isinstance(outcome, int):
        return ObservationKind.concern, outcome
    return ObservationKind(outcome), None


def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(clean(word).casefold() for word in words)
