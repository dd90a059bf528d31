"""A feed specification drafted from a file by the names of its columns, for somebody to check and complete."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from joinedup.column_names import Meaning, meaning_of
from joinedup.feeds import Unusable, existing, refusal
from services.ingest.domain.feed import DEFAULT_NULLS, FeedSpec
from services.ingest.domain.readers import BadRow, Refused, read_rows
from services.ingest.domain.spec_text import parse_spec
from services.ingest.domain.values import clean, parse_date

_KINDS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".json": "json", ".ndjson": "ndjson"}
_KINDS[".jsonl"] = "ndjson"
TABLES = frozenset(_KINDS)
_DATES = ("%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d")
_MOST = 0.95  # of the dates, which the form must be able to read
_LISTS = {Meaning.phone: "phones", Meaning.email: "emails", Meaning.website: "websites"}
_SINGLE = (Meaning.company_number, Meaning.vat_number, Meaning.charity_number, Meaning.sector)
_IN_ADDRESS = (Meaning.town, Meaning.county, Meaning.country, Meaning.postcode, Meaning.uprn)
_LINES = (Meaning.unit, Meaning.number, Meaning.address)


@dataclass(frozen=True)
class Table:
    """A file's columns, each with its cells in order."""

    path: Path
    columns: Mapping[str, Sequence[str]]

    @cached_property
    def own_keys(self) -> list[str]:
        """Columns that could be the row's own key: no cell is empty or there twice. Those called so first."""
        unique = [name for name, cells in self.columns.items() if all(cells) and len(set(cells)) == len(cells)]
        return sorted(unique, key=lambda name: meaning_of(name) is not Meaning.key)


def read_table(path: Path) -> Table:
    """Raises feeds.Unusable where the file is none of TABLES or cannot be read."""
    if path.suffix.lower() not in TABLES:
        raise Unusable(f"{path.name} cannot be read: save it as CSV, XLSX, JSON or JSON lines.")
    columns: dict[str, list[str]] = {}
    try:
        with existing(path).open("rb") as stream:
            for number, row in enumerate(row for row in read_rows(_bare(path), stream) if not isinstance(row, BadRow)):
                for column in row.values:
                    columns.setdefault(column, [""] * number)
                for column, cells in columns.items():
                    cells.append(clean(row.values.get(column, "")))
    except Refused as error:
        raise refusal(path, error.errors) from None
    if not columns:
        raise Unusable(f"{path.name} holds no rows.")
    return Table(path, columns)


def _bare(path: Path) -> FeedSpec:
    """What reads the file's rows and maps none of its columns."""
    return _spec(path, "any", {"source_ref": "content"})


def in_yaml(spec: FeedSpec) -> str:
    said = spec.model_dump(mode="json", exclude_unset=True)
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


def slug(text: str) -> str:
    """Its letters and digits with hyphens between: what a feed's id is made of."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


def draft(table: Table, key: str | None = None) -> FeedSpec:
    """`key`: the column that identifies a row; found unless given. Raises feeds.Unusable where no column says who or
    where a business is."""
    held: dict[Meaning, list[str]] = {}
    for column in table.columns:
        if column != key:
            held.setdefault(meaning_of(column), []).append(column)
    mapping: dict[str, Any] = {"names": _names(held), "people": _people(held, table), "address": _address(held)}
    if not any(mapping.values()):
        raise Unusable(
            f"No column of {table.path.name} is called as names or addresses are: {', '.join(table.columns)}."
        )
    keys = (column for column in table.own_keys if meaning_of(column) in (Meaning.key, Meaning.nothing))
    mapping["source_ref"] = key or next(keys, "content")
    mapping |= {field: held[meaning] for meaning, field in _LISTS.items() if meaning in held}
    mapping |= {meaning.value: held[meaning][0] for meaning in _SINGLE if meaning in held}
    if form := _date_form(held, table):
        mapping["dates"] = [form]
    return _spec(table.path, slug(table.path.stem) or "feed", {field: said for field, said in mapping.items() if said})


def _names(held: Mapping[Meaning, list[str]]) -> list[dict[str, str]]:
    trading = held.get(Meaning.trading) or ([] if Meaning.surname in held else held.get(Meaning.some_name, []))
    return [{"column": column, "kind": "legal"} for column in held.get(Meaning.legal, [])] + [
        {"column": column} for column in trading
    ]


def _people(held: Mapping[Meaning, list[str]], table: Table) -> list[dict[str, Any]]:
    """Owners and the like, and who is given by first name and surname, whose the date of birth then is."""
    people: list[dict[str, Any]] = [{"name": [column]} for column in held.get(Meaning.person, [])]
    if Meaning.surname in held:
        people.insert(0, {"name": held.get(Meaning.given, []) + held[Meaning.surname][:1]})
    if people and _date_form(held, table) is not None:
        people[0]["date_of_birth"] = held[Meaning.born][0]
    return people


def _date_form(held: Mapping[Meaning, list[str]], table: Table) -> str | None:
    """How births are written; empty where as ISO 8601 has it, None where there are none that can be read."""
    if Meaning.born not in held:
        return None
    births = [cell for cell in table.columns[held[Meaning.born][0]] if cell.casefold() not in DEFAULT_NULLS]
    for form in ("", *_DATES):
        read = sum(parse_date(birth, (form,) if form else ())[0] is not None for birth in births)
        if births and read >= _MOST * len(births):
            return form
    return None


def _address(held: Mapping[Meaning, list[str]]) -> dict[str, Any]:
    address: dict[str, Any] = {meaning.value: held[meaning][0] for meaning in _IN_ADDRESS if meaning in held}
    lines = [column for meaning in _LINES for column in held.get(meaning, [])]
    if len(lines) == 1:
        address["text"] = lines[0]
    elif lines:
        address["lines"] = lines
    if Meaning.latitude in held and Meaning.longitude in held:
        address |= {at.value: held[at][0] for at in (Meaning.latitude, Meaning.longitude)}
    return address


def _spec(path: Path, id_: str, mapping: Mapping[str, Any]) -> FeedSpec:
    return parse_spec(
        {
            "id": id_,
            "title": path.name,
            "agency": id_,
            "regime": "to-be-said",
            "category": "directory",
            "format": {"kind": _KINDS[path.suffix.lower()]},
            "mode": "snapshot",
            "retention_days": 365,
            "expected_every_hours": 8760,
            "mapping": mapping,
        }
    )
