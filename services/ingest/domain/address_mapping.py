"""An address out of a row: from parts, or from one text that may begin with the business's name."""

import re
from collections.abc import Callable
from typing import Any

from services.ingest.domain import values
from services.ingest.domain.cells import Cells, Issues, Row, Take
from services.ingest.domain.feed import AddressMapping

Given = dict[str, Any]  # a part of a record by its fields, to be checked with the whole of it
TakeLines = Callable[[Row, str | None, list[Given]], tuple[tuple[str, ...], list[Given]]]
TakeAddress = Callable[[Row, Issues, list[Given]], tuple[Given | None, list[Given]]]
_COMMA = re.compile(r"\s*,[\s,]*")
_MAX_NAME = 500


def compile_address(mapping: AddressMapping, cells: Cells) -> TakeAddress:
    """A function (row, issues, names so far) -> the address, None if the row has none, and the names."""
    town, county, country = cells.value(mapping.town), cells.value(mapping.county), cells.value(mapping.country)
    postcode, uprn, place = _postcode(mapping, cells), _uprn(mapping, cells), _place(mapping, cells)
    lines = _text_lines(mapping, cells) if mapping.text else _part_lines(mapping, cells)

    def take(row: Row, issues: Issues, names: list[Given]) -> tuple[Given | None, list[Given]]:
        code = postcode(row, issues)
        parts, names = lines(row, code, names)
        latitude, longitude = place(row, issues)
        said: Given = {
            "town": town(row),
            "county": county(row),
            "postcode": code,
            "uprn": uprn(row, issues),
            "country": country(row),
            "latitude": latitude,
            "longitude": longitude,
        }
        nowhere = not parts and all(value is None for value in said.values())
        return (None if nowhere else {"lines": parts, **said}), names

    return take


def _part_lines(mapping: AddressMapping, cells: Cells) -> TakeLines:
    takes = [cells.text(column) for column in mapping.lines]

    def take(row: Row, postcode: str | None, names: list[Given]) -> tuple[tuple[str, ...], list[Given]]:
        return tuple([line for line in (take(row) for take in takes) if line]), names

    return take


def _text_lines(mapping: AddressMapping, cells: Cells) -> TakeLines:
    """One line without the name before it and the postcode after it, where they are said elsewhere."""
    take_text, first = cells.text(mapping.text), mapping.name_first

    def take(row: Row, postcode: str | None, names: list[Given]) -> tuple[tuple[str, ...], list[Given]]:
        parts = [part for part in _COMMA.split(take_text(row) or "") if part]
        if parts and first and len(parts[0]) <= _MAX_NAME:
            names = [*names, {"kind": first, "value": parts.pop(0)}]
        elif parts and _repeats_name(parts[0], names):
            parts.pop(0)
        if parts and postcode and values.parse_postcode(parts[-1])[0] == postcode:
            parts.pop()
        return ((", ".join(parts),) if parts else ()), names

    return take


def _repeats_name(part: str, names: list[Given]) -> bool:
    """`DENTAL SURGERY, 24 ACRE LANE`: the first part is the name. Not so if it is a number in a street."""
    return not part[0].isdigit() and any(part.casefold() == name["value"].casefold() for name in names)


def _postcode(mapping: AddressMapping, cells: Cells) -> Callable[[Row, Issues], str | None]:
    take, column = cells.text(mapping.postcode), str(mapping.postcode)

    def take_postcode(row: Row, issues: Issues) -> str | None:
        text = take(row)
        if text is None:
            return None
        postcode, good = values.parse_postcode(text)
        if not good:
            issues.warn(column, "postcode_malformed", "Not a UK postcode; correct it at source. Kept as sent.")
        return postcode

    return take_postcode


def _uprn(mapping: AddressMapping, cells: Cells) -> Callable[[Row, Issues], str | None]:
    take, column = cells.text(mapping.uprn), str(mapping.uprn)

    def take_uprn(row: Row, issues: Issues) -> str | None:
        text = take(row)
        uprn = values.parse_uprn(text) if text else None
        if text and uprn is None:
            issues.warn(column, "uprn_malformed", "A UPRN has 1 to 12 digits; left out.")
        return uprn

    return take_uprn


def _place(mapping: AddressMapping, cells: Cells) -> Callable[[Row, Issues], tuple[float | None, float | None]]:
    """Latitude and longitude; both or neither."""
    columns = [column for column in (mapping.lon_lat, mapping.latitude, mapping.longitude) if column]
    take_pair = _pair(cells.text(mapping.lon_lat)) if mapping.lon_lat else None
    take_latitude, take_longitude = cells.text(mapping.latitude), cells.text(mapping.longitude)

    def take_place(row: Row, issues: Issues) -> tuple[float | None, float | None]:
        latitude, longitude = take_pair(row) if take_pair else (take_latitude(row), take_longitude(row))
        if latitude is None and longitude is None:
            return None, None
        north, east = values.parse_degrees(latitude or "", 90), values.parse_degrees(longitude or "", 180)
        if north is None or east is None:
            issues.warn(columns[0], "coordinates_malformed", "Send decimal degrees, both of them; left out.")
            return None, None
        return north, east

    return take_place


def _pair(take: Take) -> Callable[[Row], tuple[str | None, str | None]]:
    def take_pair(row: Row) -> tuple[str | None, str | None]:
        text = take(row)
        if text is None:
            return None, None
        longitude, _, latitude = text.strip("[]() ").partition(",")
        return latitude, longitude

    return take_pair
