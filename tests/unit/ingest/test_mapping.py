from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.catalogue import catalogue
from services.ingest.domain.feed import CONTENT
from services.ingest.domain.mapping import Mapped, Rejected, compile_mapping
from shared.contracts.record import Address, Name, NameKind, Observation, ObservationKind, Person, Record, TradingStatus
from tests.unit.ingest.support import make_spec

NAME = [{"column": "name", "kind": "trading"}]


def mapped(row: dict[str, str], **mapping: Any) -> Mapped:
    outcome = compile_mapping(make_spec(**mapping))(row)
    assert isinstance(outcome, Mapped), outcome
    return outcome


def record(row: dict[str, str], **mapping: Any) -> Record:
    found = mapped(row, **mapping).record
    assert found is not None
    return found


def rejected(row: dict[str, str], **mapping: Any) -> Rejected:
    outcome = compile_mapping(make_spec(**mapping))(row)
    assert isinstance(outcome, Rejected), outcome
    return outcome


def test_a_row_becomes_a_canonical_record() -> None:
    found = mapped(
        {
            "ref": " 17 ",
            "name": "The  Chicken Shop",
            "legal": "Chicken Ltd",
            "a1": "12 The Broadway",
            "a2": "",
            "town": "Ealing",
            "pc": "w55jy",
            "uprn": "0123",
            "lat": "51.5",
            "lon": "-0.3",
            "tel": "020 7946 0123",
            "mail": "a@example.org; B@example.org",
            "web": "example.org",
            "co": "01261512",
            "vat": "GB980780684",
            "ch": "1234567",
            "lic": "L/1",
            "fore": "Ann",
            "sur": "Lee",
            "dob": "03/04/1980",
            "state": "TRADING",
            "risk": "high",
            "seen": "2025-04-03",
            "closed": "04/04/2025",
        },
        names=[*NAME, {"column": "legal", "kind": "legal"}],
        address={
            "lines": ["a1", "a2"],
            "town": "town",
            "county": {"constant": "Middlesex"},
            "postcode": "pc",
            "uprn": "uprn",
            "latitude": "lat",
            "longitude": "lon",
        },
        phones=["tel"],
        emails=["mail"],
        websites=["web"],
        company_number="co",
        vat_number="vat",
        charity_number="ch",
        licence_numbers=["lic"],
        people=[{"name": ["fore", "sur"], "role": {"constant": "owner"}, "date_of_birth": "dob"}],
        sector={"constant": "Takeaway"},
        status={"column": "state", "open": ["Trading"], "closed": ["Shut"]},
        observation={"rating": "risk", "outcomes": {"High": 4}, "observed_on": "seen", "closed_on": "closed"},
        dates=["%d/%m/%Y"],
    )
    assert (found.source_ref, found.warnings, found.deleted) == ("17", (), False)
    assert found.record == Record(
        names=(
            Name(kind=NameKind.trading, value="The Chicken Shop"),
            Name(kind=NameKind.legal, value="Chicken Ltd"),
        ),
        address=Address(
            lines=("12 The Broadway",),
            town="Ealing",
            county="Middlesex",
            postcode="W5 5JY",
            uprn="123",
            latitude=51.5,
            longitude=-0.3,
        ),
        phones=("+442079460123",),
        emails=("a@example.org", "b@example.org"),
        websites=("example.org",),
        company_number="01261512",
        vat_number="980780684",
        charity_number="1234567",
        licence_numbers=("L/1",),
        people=(Person(name="Ann Lee", role="owner", date_of_birth=date(1980, 4, 3)),),
        sector="Takeaway",
        status=TradingStatus.open,
        observation=Observation(
            kind=ObservationKind.concern,
            severity=4,
            native_rating="high",
            observed_on=date(2025, 4, 3),
            closed_on=date(2025, 4, 4),
        ),
    )


def test_every_fault_of_a_row_is_named_by_column_and_no_cell_is_repeated() -> None:
    row = {"ref": "", "name": "secret", "seen": "31/02/2025", "risk": "secret", "dob": "secret"}
    found = rejected(
        row,
        names=NAME,
        people=[{"name": ["name"], "date_of_birth": "dob"}],
        observation={"rating": "risk", "outcomes": {"High": 4}, "observed_on": "seen"},
        dates=["%d/%m/%Y"],
    )
    assert [(error.field, error.code) for error in found.errors] == [
        ("ref", "reference_missing"),
        ("dob", "date_invalid"),
        ("risk", "rating_unknown"),
        ("seen", "date_invalid"),
    ]
    assert not any(cell and cell in error.remedy for error in found.errors for cell in ("secret", "31/02"))


def test_a_rejected_row_still_says_which_record_it_is_about() -> None:
    assert rejected({"ref": "7", "name": ""}, names=NAME).source_ref == "7"


def test_doubtful_identifiers_warn_and_keep_the_row() -> None:
    row = {"ref": "1", "name": "A", "tel": "7700900123", "t2": "none", "co": "1261512", "vat": "980780685"}
    row |= {"pc": "W5 1T", "uprn": "x", "mail": "no", "ch": "no", "lat": "x", "seen": "45749"}
    found = mapped(
        row,
        names=NAME,
        address={"postcode": "pc", "uprn": "uprn", "latitude": "lat", "longitude": "lon"},
        phones=["tel", "t2"],
        emails=["mail"],
        company_number="co",
        vat_number="vat",
        charity_number="ch",
        observation={"observed_on": "seen"},
    )
    assert sorted(warning.code for warning in found.warnings) == [
        "charity_number_malformed",
        "coordinates_malformed",
        "date_from_serial",
        "email_malformed",
        "leading_zero_lost",
        "leading_zero_lost",
        "phone_malformed",
        "postcode_malformed",
        "uprn_malformed",
        "vat_number_invalid",
    ]
    assert found.record is not None
    assert found.record.phones == ("+447700900123", "none")
    assert found.record.company_number == "01261512"
    assert found.record.vat_number is None
    assert found.record.address == Address(postcode="W5 1T")


@pytest.mark.parametrize("between", [" / ", "; ", " or ", " AND ", ","])
def test_a_cell_may_hold_several_phones(between: str) -> None:
    found = record({"ref": "1", "name": "A", "tel": f"020 7946 0123{between}07700 900123"}, names=NAME, phones=["tel"])
    assert found.phones == ("+442079460123", "+447700900123")


def test_one_address_text_may_begin_with_the_name_and_end_with_the_postcode() -> None:
    row = {"ref": "1", "text": "HANWELL MOTORS, R/O 165 UXBRIDGE ROAD,, HANWELL, W7 3TH", "pc": "W7 3TH"}
    found = record(row, address={"text": "text", "name_first": "trading", "postcode": "pc"})
    assert found.names == (Name(kind=NameKind.trading, value="HANWELL MOTORS"),)
    assert found.address == Address(lines=("R/O 165 UXBRIDGE ROAD, HANWELL",), postcode="W7 3TH")


def test_an_address_text_loses_a_repeated_name_but_not_a_repeated_house_number() -> None:
    mapping: dict[str, Any] = {"names": NAME, "address": {"text": "text"}}
    surgery = record({"ref": "1", "name": "Dental Surgery", "text": "DENTAL SURGERY, 24 ACRE LANE"}, **mapping)
    house = record({"ref": "1", "name": "140 Tomswood Hill", "text": "140 TOMSWOOD HILL, ILFORD"}, **mapping)
    assert surgery.address == Address(lines=("24 ACRE LANE",))
    assert house.address == Address(lines=("140 TOMSWOOD HILL, ILFORD",))


def test_longitude_and_latitude_may_share_a_column() -> None:
    found = record({"ref": "1", "p": "[-0.33280,51.53448]"}, address={"lon_lat": "p"})
    assert found.address == Address(latitude=51.53448, longitude=-0.3328)


def test_a_row_that_names_no_business_and_no_place_is_rejected() -> None:
    found = rejected({"ref": "1", "name": "n/a", "tel": "020 7946 0123"}, names=NAME, phones=["tel"])
    assert [(error.field, error.code) for error in found.errors] == [("name", "nothing_identifies")]


def test_what_the_agency_writes_for_nothing_is_nothing() -> None:
    mapping: dict[str, Any] = {"names": NAME, "nulls": ["1901-01-01"], "observation": {"observed_on": "seen"}}
    assert record({"ref": "1", "name": "A", "seen": "1901-01-01"}, **mapping).observation.observed_on is None


def test_a_deleted_row_needs_only_its_reference() -> None:
    found = mapped({"ref": "1", "state": "d"}, names=NAME, deleted={"column": "state", "values": ["D", "X"]})
    assert (found.source_ref, found.record, found.deleted) == ("1", None, True)


def test_a_blank_rating_has_the_declared_outcome_and_a_feed_without_ratings_too() -> None:
    rated = {"rating": "risk", "outcomes": {"Low": 1, "Fine": "nothing_found"}, "otherwise": "presence"}
    low, fine, blank = (
        record({"ref": "1", "name": "A", "risk": risk}, names=NAME, observation=rated).observation
        for risk in ("low", "Fine", "")
    )
    assert (low.kind, low.severity) == (ObservationKind.concern, 1)
    assert (fine.kind, fine.severity, fine.native_rating) == (ObservationKind.nothing_found, None, "Fine")
    assert (blank.kind, blank.native_rating) == (ObservationKind.presence, None)
    prosecuted = record({"ref": "1", "name": "A"}, names=NAME, observation={"otherwise": 3}).observation
    assert (prosecuted.kind, prosecuted.severity) == (ObservationKind.concern, 3)


@pytest.mark.parametrize(
    ("left", "right"), [(("a|b", "c"), ("a", "b|c")), (("a\\", "b"), ("a", "\\b")), (("a\\|b", "c"), ("a\\", "b|c"))]
)
def test_references_of_several_columns_differ_if_a_column_does(left: tuple[str, str], right: tuple[str, str]) -> None:
    map_row = compile_mapping(make_spec(source_ref=["ref", "site"], names=NAME))
    one, other = (map_row({"ref": ref, "site": site, "name": "A"}).source_ref for ref, site in (left, right))
    assert one != other


def test_a_row_without_a_key_is_identified_by_its_content_whatever_the_order_of_columns() -> None:
    map_row = compile_mapping(make_spec(source_ref=CONTENT, names=NAME))
    one, same = map_row({"name": "A", "x": "1", "y": ""}), map_row({"x": " 1", "name": "A"})
    other = map_row({"name": "A", "x": "2"})
    assert one.source_ref == same.source_ref != other.source_ref


COLUMNS = st.sampled_from(["fhrsid", "business_name", "address1", "postcode", "phone", "rating", "rating_date", "lat"])
TELLING = st.sampled_from(["5", "Exempt", "2020-02-25", "31/02/2020", "W5 1TE", "51.5", "\x00", "\ud800"])


@given(st.dictionaries(COLUMNS, st.text(max_size=40) | TELLING))
def test_any_row_is_rejected_with_reasons_or_satisfies_the_contract(row: dict[str, str]) -> None:
    outcome = compile_mapping(catalogue()["ealing-food-hygiene"])(row)
    if isinstance(outcome, Rejected):
        assert outcome.errors
    else:
        assert outcome.record is not None
        assert Record.model_validate_json(outcome.record.model_dump_json()) == outcome.record
