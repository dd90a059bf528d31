"""The shipped specifications read what their publishers publish: headings as published, rows made up."""

import io
import json
from datetime import date

import pytest

from services.ingest.domain.catalogue import FOLDER, catalogue
from services.ingest.domain.mapping import Mapped, compile_mapping
from services.ingest.domain.readers import Row, read_rows
from shared.contracts.record import NameKind, ObservationKind, Record, TradingStatus

ESTABLISHMENT = {
    "FHRSID": 1001,
    "LocalAuthorityBusinessID": "PI/1",
    "BusinessName": "The Chicken Shop",
    "BusinessTypeID": 7844,
    "BusinessType": "Takeaway/sandwich shop",
    "AddressLine1": "12 The Broadway",
    "PostCode": "W5 5JY",
    "RatingValue": "1",
    "RatingKey": "fhrs_1_en-gb",
    "RatingDate": "2024-05-10",
    "Phone": "",
}
PREVIOUS = ",".join(f"PreviousName_{n}.CONDATE, PreviousName_{n}.CompanyName" for n in range(1, 11))
COMPANIES_HOUSE = (
    "CompanyName, CompanyNumber,RegAddress.CareOf,RegAddress.POBox,RegAddress.AddressLine1, RegAddress.AddressLine2,"
    "RegAddress.PostTown,RegAddress.County,RegAddress.Country,RegAddress.PostCode,CompanyCategory,CompanyStatus,"
    f"SICCode.SicText_1,URI,{PREVIOUS},ConfStmtNextDueDate\r\n"
    '"CHICKEN SHOP LIMITED","01234567","","","12 THE BROADWAY","","LONDON","","ENGLAND","W5 5JY","Private","Active",'
    '"56103 - Take-away food shops","",01/02/2020,"OLD CHICKEN LIMITED"' + ',"",""' * 9 + ",\r\n"
)
CQC = (
    "CQC Locations data,,,,,,,,,,,,,,\n,,,,,,,,,,,,,,\nThis data was produced on 1 May 2024,,,,,,,,,,,,,,\n"
    ",,,,,,,,,,,,,,\nName,Also known as,Address,Postcode,Phone number,Service's website (if available),Service types,"
    "Date of latest check,Specialisms/services,"
    "Provider name,Local authority,Region,Location URL,CQC Location ID (for office use only),"
    "CQC Provider ID (for office use only)\n"
    '"Rose House",,"1 High Street,Truro",TR1 2AB,01632960001,example.org,Nursing homes,10/05/2024,,Rose Ltd,Cornwall,'
    "South West,https://example.org,1-100,1-200\n"
)
GAMBLING = (
    "Account Number,Account Name,Premises Activity,Local Authority,Address Line 1,Address Line 2,City,Postcode\n"
    "41001,Northwind Bookmakers Limited,Betting Shop,Leeds City Council,12 Briggate,,Leeds,LS1 6ER\n"
)
SPONSORS = (
    '"Organisation Name","Town/City","County","Type & Rating","Route"\n'
    '"Chicken Ltd T/A The Chicken Shop","Ealing","London","Worker (A rating)","Skilled Worker"\n'
)
XML = (
    "<FHRSEstablishment><Header><ExtractDate>2024-06-01</ExtractDate></Header><EstablishmentCollection>"
    "<EstablishmentDetail>"
    + "".join(f"<{name}>{value}</{name}>" for name, value in ESTABLISHMENT.items())
    + "<Scores><Hygiene>15</Hygiene></Scores><Geocode><Longitude>-0.3</Longitude><Latitude>51.5</Latitude></Geocode>"
    "</EstablishmentDetail></EstablishmentCollection></FHRSEstablishment>"
)
API = {
    "establishments": [
        {**ESTABLISHMENT, "scores": {"Hygiene": 15}, "geocode": {"longitude": "-0.3", "latitude": "51.5"}, "links": []}
    ],
    "meta": {"totalCount": 1},
}
SAMPLES = {
    "fhrs-open-data": XML,
    "fhrs-api": json.dumps(API),
    "cqc-directory": CQC,
    "companies-house-basic": COMPANIES_HOUSE,
    "gambling-commission-premises": GAMBLING,
    "home-office-sponsors": SPONSORS,
}


def sample(feed: str) -> Mapped:
    spec = catalogue()[feed]
    (row,) = list(read_rows(spec, io.BytesIO(SAMPLES[feed].encode())))
    assert isinstance(row, Row), row
    outcome = compile_mapping(spec)(row.values)
    assert isinstance(outcome, Mapped), outcome
    assert outcome.warnings == ()
    return outcome


def record(feed: str) -> Record:
    found = sample(feed).record
    assert found is not None
    return found


def test_every_shipped_file_is_a_specification_named_like_its_id() -> None:
    assert sorted(catalogue()) == sorted(path.stem for path in FOLDER.glob("*.yaml"))
    assert len(catalogue()) == 15


def test_the_official_formats_ship_and_so_do_nine_agencies_of_one_borough() -> None:
    assert set(SAMPLES) <= set(catalogue())
    borough = [spec for feed, spec in catalogue().items() if feed.startswith("ealing-")]
    assert len({spec.agency for spec in borough}) == len(borough) == 9


@pytest.mark.parametrize("feed", ["fhrs-open-data", "fhrs-api"])
def test_a_food_hygiene_rating_is_a_concern_observed_on_its_date(feed: str) -> None:
    assert sample(feed).source_ref == "1001"
    found = record(feed)
    observation = found.observation
    assert (observation.kind, observation.severity, observation.native_rating) == (ObservationKind.concern, 3, "1")
    assert observation.observed_on == date(2024, 5, 10)
    assert found.address is not None
    assert (found.address.latitude, found.address.longitude) == (51.5, -0.3)


@pytest.mark.parametrize(
    ("rating", "kind", "severity"),
    [
        *(("0", "concern", 4), ("1", "concern", 3), ("2", "concern", 2), ("3", "concern", 1)),
        *(("4", "nothing_found", None), ("5", "nothing_found", None), ("Improvement Required", "concern", 2)),
        *(("Pass", "nothing_found", None), ("Exempt", "presence", None), ("AwaitingInspection", "presence", None)),
    ],
)
@pytest.mark.parametrize("feed", ["fhrs-open-data", "fhrs-api", "ealing-food-hygiene"])
def test_food_hygiene_ratings_have_their_place_on_the_common_scale(
    feed: str, rating: str, kind: str, severity: int | None
) -> None:
    reference, name = ("fhrsid", "business_name") if feed.startswith("ealing") else ("FHRSID", "BusinessName")
    column = "rating" if feed.startswith("ealing") else "RatingValue"
    outcome = compile_mapping(catalogue()[feed])({reference: "1", name: "A", column: rating})
    assert isinstance(outcome, Mapped)
    assert outcome.record is not None
    observation = outcome.record.observation
    assert (observation.kind, observation.severity) == (kind, severity)


def test_the_care_directory_is_found_below_its_title() -> None:
    found = record("cqc-directory")
    assert [(name.kind, name.value) for name in found.names] == [
        (NameKind.trading, "Rose House"),
        (NameKind.legal, "Rose Ltd"),
    ]
    assert (found.phones, found.observation.observed_on) == (("+441632960001",), date(2024, 5, 10))


def test_company_data_with_spaces_in_its_headings_gives_numbers_and_former_names() -> None:
    found = record("companies-house-basic")
    assert (found.company_number, found.status) == ("01234567", TradingStatus.open)
    assert [(name.kind, name.value) for name in found.names] == [
        (NameKind.legal, "CHICKEN SHOP LIMITED"),
        (NameKind.former, "OLD CHICKEN LIMITED"),
    ]


def test_registers_without_a_key_are_identified_by_their_content() -> None:
    assert len(sample("gambling-commission-premises").source_ref) == 32
    assert record("home-office-sponsors").observation.kind == ObservationKind.presence
