from time import perf_counter
from typing import Any

import pytest

from services.linker.domain.normalise import Premises, normalise
from tests.unit.linker.build import record


def premises(*lines: str, **where: Any) -> Premises:
    found = normalise(record("Any Name", *lines, **where)).premises
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("12 The Broadway",), {"low": 12, "high": 12, "street": "broadway"}),
        (("12", "The Broadway"), {"low": 12, "street": "broadway"}),
        (("The Broadway", "Southall"), {"low": 0, "street": "broadway", "places": {"southall"}}),
        (("Flat 14A, The Broadway",), {"unit": "14a", "street": "broadway"}),
        (("Flat 14 A, The Broadway",), {"unit": "14a", "street": "broadway", "building": ()}),
        (("Unit 3 B 12 The Broadway",), {"unit": "3b", "low": 12, "street": "broadway"}),
        (("Units 2 to 5, The Broadway",), {"unit": "2-5", "street": "broadway"}),
        (("Apt 4 E 12th Street",), {"unit": "4"}),
        (("14A High Street",), {"low": 14, "suffix": "a", "street": "high", "street_type": "street"}),
        (("Unit 3", "8 Gorst Road", "Park Royal", "London"), {"unit": "3", "low": 8, "places": {"park royal"}}),
        (("U 15, Grange Business Park, 160 High St",), {"unit": "15", "low": 160, "high": 160, "street": "high"}),
        (("Rm 4, 12 High St",), {"unit": "4", "low": 12, "building": ()}),
        (("The Old Post Office 12 High St",), {"unit": "", "low": 12, "building": ("old", "post", "office")}),
        (("60, 27 High St",), {"unit": "60", "low": 27, "high": 27}),
        (("11, The Old Bakery, 14 High St",), {"unit": "11", "low": 14, "high": 14, "building": ("old", "bakery")}),
        (("FF 17 - 19 High St",), {"unit": "floor1", "low": 17, "high": 19, "building": ()}),
        (("2nd Fl 12 High St",), {"unit": "floor2", "low": 12, "building": ()}),
        (("Grd Flr, 12 High St",), {"unit": "", "low": 12, "building": ()}),
        (("Lwr Gnd Flr 12 High St",), {"unit": "basement", "low": 12, "building": ()}),
        (("Flt 2, 9 High St",), {"unit": "2", "low": 9}),
        (("First Floor Flat 9 High St",), {"unit": "floor1", "low": 9, "street": "high"}),
        (("Basement Flat 9-11 High St",), {"unit": "basement", "low": 9, "high": 11}),
        (("Top Flat 9a High St",), {"unit": "upper", "low": 9, "suffix": "a"}),
        (("First Floor Flat 2 9 High St",), {"unit": "2", "low": 9}),
        (("Second Floor Flat B 9 High St",), {"unit": "b", "low": 9}),
        (("FFF, 9 High St",), {"unit": "floor1", "low": 9, "building": ()}),
        (("GFF 9 High St",), {"unit": "", "low": 9, "building": ()}),
        (("Flat above 12 High St",), {"unit": "above", "low": 12, "street": "high"}),
        (("Flat above Any Name, Flat A, 12 High St",), {"unit": "above a", "low": 12, "building": ()}),
        (("Flat A above the shop", "12 High St"), {"unit": "above a", "low": 12, "building": ()}),
        (("Upper Maisonette, 12 High St",), {"unit": "above", "low": 12, "building": ()}),
        (("Top Floor Flat, 12 High St",), {"unit": "upper", "low": 12, "building": ()}),
        (("Ground Floor Shop", "73 Churchfield Rd"), {"unit": "", "low": 73, "street_type": "road"}),
        (("First Floor, 22 Green Lanes",), {"unit": "floor1", "low": 22, "street": "green lanes"}),
        (("14-A High Street",), {"low": 14, "suffix": "a", "street": "high"}),
        (("14 (A) High Street",), {"low": 14, "suffix": "a", "street": "high"}),
        (("14 & 16 A Road",), {"low": 14, "high": 16}),
        (("Apt. 3B, 14 High Street",), {"unit": "3b", "low": 14, "building": ()}),
        (("Maisonette 2, 14 High Street",), {"unit": "2", "low": 14, "high": 14}),
        (("Bedsit 3, 14 High Street",), {"unit": "3", "low": 14}),
        (("Workshop 3, Mill Lane",), {"unit": "3", "street": "mill"}),
        (("14 High Street (rear)",), {"unit": "rear", "low": 14, "places": set()}),
        (("14 High Street Flat Above",), {"unit": "above", "low": 14, "places": set()}),
        (("Units 3 to 5, Kerrow Ind Est",), {"unit": "3-5", "building": ("kerrow", "industrial", "estate")}),
        (("1st Flr, 14 High Street",), {"unit": "floor1", "low": 14, "building": ()}),
        (("2-8 HANGAR LANE, EALING, LONDON",), {"low": 2, "high": 8, "street": "hangar", "places": {"ealing"}}),
        (("10–12 King Street",), {"low": 10, "high": 12}),
        (("49/51 King Street",), {"low": 49, "high": 51}),
        (("293-5 Burnt Oak Broadway, Edgware",), {"low": 293, "high": 295, "street": "burnt oak"}),
        (("2 and 4 Homerton High St",), {"low": 2, "high": 4, "street": "homerton high"}),
        (("Perceval House 14-16, Uxbridge Road",), {"building": ("perceval", "house"), "low": 14, "high": 16}),
        (("St Marys House, St James Street",), {"building": ("st", "marys", "house"), "street": "st james"}),
        (("THE DRAYTON COURT, 2 THE AVENUE",), {"building": ("drayton", "court"), "low": 2, "street": "avenue"}),
        (("UNIT 7 FLEETWAY BUS PARK, 14-16 WADSWORTH ROAD",), {"unit": "7", "low": 14, "street": "wadsworth"}),
        (("2151 W CERMAK RD CHICAGO, IL 60608",), {"low": 2151, "street": "west cermak", "outward": "60608"}),
        (("2008 N HALSTED ST REAR",), {"low": 2008, "unit": "rear", "places": set()}),
        (("2008 N HALSTED ST 1REAR",), {"low": 2008, "unit": "rear"}),
        (("4257 S ROCKWELL ST 1ST",), {"low": 4257, "street": "south rockwell", "unit": ""}),
        (("Basement, 28 Meadow Lane",), {"unit": "basement", "low": 28}),
        (("Lower Ground Floor, 28 Meadow Lane",), {"unit": "basement", "low": 28}),
        (("Basement And Ground Floor", "19", "Borough High Street"), {"unit": "", "low": 19}),
        (("R/O 165 Uxbridge Road",), {"unit": "rear", "low": 165}),
        (("2850 W 24 TH BLVD",), {"low": 2850, "street": "west 24", "street_type": "boulevard"}),
        (("10810 Ave. H",), {"low": 10810, "street": "h", "street_type": "avenue"}),
        (("222 W Merchandise Mart Plz",), {"street": "west merchandise mart", "street_type": "plaza"}),
        (("Flat 14C The Broadway",), {"unit": "14c", "street": "broadway"}),
        (("Units 26 30, Parkside Business Estate, Rolt Street",), {"unit": "26-30", "low": 0, "street": "rolt"}),
        (("STUDIO 2-8 Bayford Street",), {"unit": "2-8", "street": "bayford"}),
        (("Unit 3/12 Smith Street",), {"unit": "3", "low": 12, "street": "smith"}),
        (("Uned 4, 12 Stryd Fawr, Bala",), {"unit": "4", "low": 12, "street": "high", "places": {"bala"}}),
        (("Ffordd y Coleg, Bangor",), {"street": "coleg", "street_type": "road"}),
        (("12 (Rear), High Street",), {"low": 12, "unit": "rear", "street": "high", "places": set()}),
        (("Land adjacent to 12 Oak Road",), {"low": 12, "street": "oak", "building": ()}),
        (("12, 14 & 16 High Street",), {"low": 12, "high": 16, "street": "high"}),
        (("No. 12 High St",), {"low": 12, "street": "high", "building": ()}),
        (("First Floor Flat, 12 Oak Road",), {"unit": "floor1", "low": 12, "building": ()}),
        (("1st & 2nd Floors, 12 Oak Road",), {"unit": "floor1", "low": 12, "building": ()}),
        (("The Scalpel, 18th Floor, 52 Lime Street",), {"unit": "floor18", "building": ("scalpel",)}),
        (("78 West Van Buren Floor 1",), {"unit": "floor1", "street": "west van buren"}),
        (("P.O. Box 123, Truro",), {"building": ("truro",)}),
        (("c/o Smith & Co Accountants, 12 High Street",), {"building": (), "low": 12}),
        (("Street Record, South Africa Road",), {"building": (), "street": "south africa"}),
        (("The Royal Garden Hotel, 2-24 Oak Road",), {"building": ("royal", "garden", "hotel"), "low": 2, "high": 24}),
        (("Round Square Restaurant, Oak Road",), {"building": ("round", "square", "restaurant"), "street": "oak"}),
        (("Victoria House High Street, Truro",), {"building": ("victoria", "house"), "street": "high"}),
        (("Roseland Trdg Est School Hill",), {"building": ("roseland", "trading", "estate"), "street": "school"}),
        (
            ("Hall Lane Craft Workshops, Union Street",),
            {"building": ("hall", "lane", "craft", "workshops"), "street": "union"},
        ),
        (
            ("Station Yard Trdg Est Mill Lane",),
            {"building": ("station", "yard", "trading", "estate"), "street": "mill"},
        ),
        (("Wharf Road Business Centre, Truro",), {"street": "", "places": {"truro"}}),
        (("12 Abbey Road Industrial Estate, Truro",), {"low": 12, "street": "abbey", "places": {"truro"}}),
        (("The Avenue Park Royal",), {"street": "avenue", "places": {"park royal"}}),
        (("12 Quay tSreet",), {"street": "quay", "street_type": "street"}),
        (("29 tweed p lace",), {"street": "tweed", "street_type": "place"}),
        (("9 AlbertS treet",), {"street": "alberts", "street_type": "street"}),
        (("9 Royalparade",), {"street": "royal", "street_type": "parade"}),
        (("9 Foundry Hlil",), {"street": "foundry", "street_type": "hill"}),
        (("1 Buckingham Palace",), {"street": "buckingham palace", "street_type": ""}),
        (("9 Old Dairy",), {"street": "old dairy", "street_type": ""}),
        (("5500 N. St Louis",), {"street": "north st louis"}),
        (("8128 S Dr. Martin Luther King Dr",), {"street": "south king", "street_type": "drive"}),
        (("1020 West Bryn Mawr 211",), {"street": "west bryn mawr", "unit": "211"}),
        (("338 E 103",), {"street": "east 103", "unit": ""}),
        (("2325 S California",), {"street": "south california"}),
        (("1410 S MUSEUM CAMPUS IL",), {"street": "south museum campus"}),
        (("40 cherry haven", "rowntree crescent"), {"street": "cherry haven", "places": {"rowntree crescent"}}),
        (("60 w. 55th st. between 5th and 6th ave.",), {"low": 60, "street": "west 55", "street_type": "street"}),
        (("Main St 123",), {"low": 123, "street": "main", "street_type": "street", "unit": ""}),
        (("Hauptstr. 5a", "10115 Berlin"), {"low": 5, "suffix": "a", "street": "haupt", "outward": "10115"}),
        (("Hauptstraße 5 a, Berlin",), {"low": 5, "suffix": "a", "street": "haupt", "places": {"berlin"}}),
        (("Calle Mayor, 14, 28013 Madrid",), {"low": 14, "street": "mayor", "street_type": "calle", "building": ()}),
        (("C/ Mayor nº 14",), {"low": 14, "street": "mayor", "street_type": "calle"}),
        (("12 bis rue de la Paix, 75002 Paris",), {"low": 12, "suffix": "bis", "street": "paix", "outward": "75002"}),
        (("R. Augusta, 1500 - Consolação",), {"low": 1500, "street": "augusta", "places": {"consolacao"}}),
        (("Via Roma 3/B, 00184 Roma",), {"low": 3, "suffix": "b", "street": "roma", "places": {"roma"}}),
        (("Kerkstraat 12-14, 1012 AB Amsterdam",), {"low": 12, "high": 14, "street": "kerk", "postcode": "1012AB"}),
        (("Storgatan 12, 111 22 Stockholm",), {"low": 12, "street": "storgatan", "outward": "11122"}),
        (("Gasthof Adler, Piccadilly 12, London",), {"building": ("gasthof", "adler"), "low": 12}),
        (("1221 Ave of the Americas",), {"low": 1221, "street": "americas", "street_type": "avenue"}),
        (("Kitchen 15, Market, N15 4QF",), {"low": 0, "building": ("kitchen", "15"), "places": {"market"}}),
        (
            ("Mid Avenue, 1200 Piccadilly, W1A 0AX",),
            {"low": 1200, "street": "piccadilly", "building": ("mid", "avenue")},
        ),
        (("Aldine Place, 142-144 Uxbridge Road",), {"low": 142, "street": "uxbridge", "building": ("aldine", "place")}),
        (("Mid City Place, 71, High Holborn",), {"low": 71, "building": ("mid", "city", "place")}),
        (("Boulevard Events, 1a Trowbridge Road",), {"low": 1, "building": ("boulevard", "events")}),
        (("2 Piazza Buildings",), {"low": 2, "street": "piazza buildings"}),
        (("40 C/O Pathways School",), {"low": 40, "street": "c o pathways school"}),
        (("The Drayton Court, 2, The Avenue",), {"building": ("drayton", "court"), "low": 2, "street": "avenue"}),
        (("Station Road 5, 12 High Street",), {"low": 12, "street": "high", "building": ("station", "road")}),
        (("Terminal 4, Heathrow",), {"low": 0, "building": ("terminal", "4"), "places": {"heathrow"}}),
        (("Strada, High Street",), {"low": 0, "building": ("strada",), "street": "high"}),
    ],
)
def test_an_address_is_understood(lines: tuple[str, ...], expected: dict[str, Any]) -> None:
    found = premises(*lines)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("ub1 1ls", ("UB11LS", "UB1", "UB11")),
        ("UB1 OLS", ("UB10LS", "UB1", "UB10")),
        ("EI 6JQ", ("E16JQ", "E1", "E16")),
        ("SW1X9PY", ("SW1X9PY", "SW1X", "SW1X9")),
        ("W5 3", ("", "W5", "W53")),
        ("SW6 ", ("", "SW6", "")),
        ("60608-1234", ("", "60608", "")),
        ("TR1-2AB.", ("TR12AB", "TR1", "TR12")),
        ("10115", ("", "10115", "")),
        ("D-10115", ("", "10115", "")),
        ("606081234", ("", "60608", "")),
        ("02138", ("", "2138", "")),
        ("00-238", ("", "238", "")),
        ("1012 AB", ("1012AB", "1012", "")),
        ("V6B 2W9", ("V6B2W9", "V6B", "")),
        ("D02 X285", ("D02X285", "D02", "")),
        ("W1A OAX", ("W1A0AX", "W1A", "W1A0")),
        ("none", ("", "", "")),
    ],
)
def test_a_postcode_may_be_full_misread_partial_or_foreign(raw: str, expected: tuple[str, str, str]) -> None:
    found = normalise(record("Any", "1 High Street", postcode=raw)).premises
    assert found is not None
    assert (found.postcode, found.outward, found.sector) == expected


def test_a_postcode_at_the_end_of_the_only_line_is_found() -> None:
    assert premises("149 Brent Road, Southall, Middlesex, UB2 5LJ").postcode == "UB25LJ"


@pytest.mark.parametrize("behind", [", UK", ", United Kingdom", ", England.", ".", ", U.K."])
def test_a_postcode_is_found_before_a_country_or_a_stop(behind: str) -> None:
    found = premises(f"149 Brent Road, Southall, UB2 5LJ{behind}")
    assert (found.postcode, found.places) == ("UB25LJ", {"southall"})


@pytest.mark.parametrize("line", ["Mobile", "Mobile trader", "Peripatetic", "No fixed abode", "Private address", "N/A"])
def test_who_has_no_place_shares_none(line: str) -> None:
    assert normalise(record("Any Name", line)).premises is None


def test_counties_and_countries_are_not_places() -> None:
    assert premises("149 Brent Road", "Southall", "Middlesex", "United Kingdom").places == {"southall"}


def test_an_address_without_name_may_begin_with_it() -> None:
    mention = normalise(record(None, "HANWELL MOTORS, R/O 165 UXBRIDGE ROAD, HANWELL", postcode="W7 3TH"))
    assert [(name.kind, name.tokens) for name in mention.names] == [("address", ("hanwell", "motors"))]
    assert mention.premises is not None
    assert (mention.premises.low, mention.premises.street) == (165, "uxbridge")


def test_a_name_repeated_in_the_address_is_not_a_building() -> None:
    mention = normalise(record("Northfield Pharmacy", "Northfield Pharmacy, 30 Northfield Avenue"))
    assert mention.premises is not None
    assert mention.premises.building == ()


def test_the_name_of_the_business_within_its_address_is_no_street() -> None:
    found = normalise(record("Round Square", "Round Square, 132 Oak Road")).premises
    assert found is not None
    assert (found.building, found.street, found.low) == ((), "oak", 132)


@pytest.mark.parametrize(
    "line",
    [
        "Riverside Ind Est, 12 Oak Road",
        "Harbourside Shopping Centre, Oak Road",
        "Flat 12, Tower Mill, Oak Road",
        "Truro",
    ],
)
def test_a_site_a_block_of_flats_or_a_town_is_not_taken_for_the_name_of_a_business(line: str) -> None:
    assert normalise(record(None, line)).names == ()


def test_three_ways_to_write_the_chicken_shop_say_what_they_say_and_no_more() -> None:
    whole, number, name = (
        normalise(record(None, line))
        for line in ("The Chicken Shop, 12, The Broadway", "12 The Broadway", "The Chicken Shop, The Broadway")
    )
    assert [[one.joined for one in mention.names] for mention in (whole, number, name)] == [
        ["chickenshop"],
        [],
        ["chickenshop"],
    ]
    assert [mention.premises and mention.premises.low for mention in (whole, number, name)] == [12, 12, 0]
    assert {mention.premises and mention.premises.street for mention in (whole, number, name)} == {"broadway"}


@pytest.mark.parametrize(("town", "other"), [("W. Hollywood", "West Hollywood"), ("Kansas City", "Kansas")])
def test_two_ways_to_write_a_town_are_one_place(town: str, other: str) -> None:
    assert premises("1 Oak Road", town=town).places == premises("1 Oak Road", town=other).places


def test_an_address_that_says_nothing_is_none() -> None:
    assert normalise(record("Any", "London")).premises is None
    assert normalise(record("Any")).premises is None


@pytest.mark.parametrize("rubbish", ["(", ", ", " x", "1-", "flat ", "a."])
def test_a_page_of_rubbish_takes_no_longer_than_an_address(rubbish: str) -> None:
    began = perf_counter()
    normalise(record(None, rubbish * 16_000))
    assert perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("line", "unit", "low", "high", "street"),
    [
        ("2/1, 14 Byres Road, Glasgow, G11 5JY", "2-1", 14, 14, "byres"),
        ("Flat 2/1 14 Byres Road, Glasgow, G11 5JY", "2-1", 14, 14, "byres"),
        ("14/3 Leith Walk, Edinburgh, EH6 5DT", "3", 14, 14, "leith"),
        ("14 (3) Leith Walk, Edinburgh, EH6 5DT", "3", 14, 14, "leith"),
        ("33/3/2 Dalry Road, Edinburgh, EH11 2BX", "3-2", 33, 33, "dalry"),
        ("12/14 Leith Walk, Edinburgh, EH6 5DT", "", 12, 14, "leith"),
        ("12/14 High Street, Swindon, SN1 2AB", "", 12, 14, "high"),
        ("293/5 High Street, Swindon, SN1 2AB", "", 293, 295, "high"),
        ("1F2, 20 Marchmont Road, Edinburgh", "1f2", 20, 20, "marchmont"),
        ("20 (1F2) Marchmont Road, Edinburgh", "1f2", 20, 20, "marchmont"),
        ("3/14 Smith Street, Footscray 3011", "3", 14, 14, "smith"),
    ],
)
def test_flats_as_scotland_and_australia_write_them(line: str, unit: str, low: int, high: int, street: str) -> None:
    code = line[-4:] if line[-4:].isdigit() else None
    found = premises(line.removesuffix(code or ""), postcode=code)
    assert (found.unit, found.low, found.high, found.street) == (unit, low, high, street)


@pytest.mark.parametrize(
    ("line", "unit", "low", "building", "street"),
    [
        ("4 The Parade, 114 High Street", "4", 114, ("parade",), "high"),
        ("14 Trelawney House, High Street", "14", 0, ("trelawney", "house"), "high"),
        ("42 Railway Arches, Bermondsey Street", "42", 0, ("railway", "arches"), "bermondsey"),
        ("12-14 Odeon Parade, 480 London Road", "12-14", 480, ("odeon", "parade"), "london"),
        ("4 Seasons Kitchen, 239 Caledonian Road", "", 239, ("seasons", "kitchen"), "caledonian"),
        ("37 Torrington Park, Hither Green", "", 37, (), "torrington park"),
        ("60 High Street, 60 High Street", "", 60, (), "high"),
        ("Rose Cottage Church Lane", "", 0, ("rose", "cottage"), "church"),
        ("S Cottage Grove Ave", "", 0, (), "south cottage grove"),
        ("N Villa Monroe Ave", "", 0, (), "north villa monroe"),
        ("Block C Unit 7, Oak Road", "7", 0, (), "oak"),
        ("27th Floor 1 Canada Square", "floor27", 1, (), "canada"),
        ("Lower Ground Floor 12 High Street", "basement", 12, (), "high"),
        ("125 London Wall 8th Floor", "floor8", 125, (), "london wall"),
        ("56 Upper Ground", "", 56, (), "upper ground"),
        ("Land adj. to 15 High Street", "", 15, (), "high"),
        ("Outside 15 High Street", "", 15, (), "high"),
        ("c/o 15 High Street", "", 15, (), "high"),
        ("Suite 2.04, 12 High Street", "2.04", 12, (), "high"),
        ("Unit SU0237, Westfield, Ariel Way", "su237", 0, ("westfield",), "ariel"),
        ("UG-035, 274 Circus Road", "ug35", 274, (), "circus"),
        ("12High Street", "", 12, (), "high"),
        ("55th Street", "", 0, (), "55"),
    ],
)
def test_a_door_among_others(line: str, unit: str, low: int, building: tuple[str, ...], street: str) -> None:
    found = premises(line, "Acton")
    assert (found.unit, found.low, found.building, found.street) == (unit, low, building, street)


@pytest.mark.parametrize(
    ("line", "low", "high", "suffix"),
    [
        ("64 68 Commercial Street", 64, 68, ""),
        ("12 14 Street", 12, 12, ""),
        ("207 1 Westgate Street", 207, 207, ""),
        ("12B/C High Street", 12, 12, ""),
        ("12A & B High Street", 12, 12, ""),
        ("12A High Street", 12, 12, "a"),
    ],
)
def test_several_numbers_and_letters(line: str, low: int, high: int, suffix: str) -> None:
    found = premises(line)
    assert (found.low, found.high, found.suffix) == (low, high, suffix)


@pytest.mark.parametrize(
    ("line", "outward", "places"),
    [
        ("12 Wandsworth Road, London, SW8", "SW8", set()),
        ("12 Castlewellan Road, Newcastle BT33", "BT33", {"newcastle"}),
        ("12 Well Street, London E9", "E9", set()),
        ("Lay-by, Oak Road, by the M1", "", {"by the m1"}),
    ],
)
def test_half_a_postcode_is_found_behind_a_town(line: str, outward: str, places: set[str]) -> None:
    found = premises(line)
    assert (found.outward, found.places) == (outward, places)


def test_an_estate_has_one_name_in_english_and_welsh() -> None:
    english, welsh = (premises(line, "Bangor") for line in ("Unit 3, Menai Business Park", "Uned 3, Parc Busnes Menai"))
    assert set(english.building) == set(welsh.building)
    assert english.unit == welsh.unit == "3"


def test_new_york_is_a_place_only_where_it_is_given_as_the_town() -> None:
    assert premises("1 Oak Road", town="New York City").places == {"new york"}
    assert premises("1 Oak Road", "Albany", "New York").places == {"albany"}
