"""What each comparison finds between two records, and what it says about it."""

from math import cos, radians

import pytest

from services.linker.domain.compare import LICENCES, NAMES, PEOPLE, PHONES, PREMISES, Comparator, Finding
from services.linker.domain.model import default_model
from services.linker.domain.normalise import normalise
from shared.contracts.record import Record
from tests.unit.linker.build import named, person, record

MODEL = default_model()


def level(comparator: Comparator, a: Record, b: Record) -> str | None:
    one_way, other_way = (comparator.measure(normalise(x), normalise(y), MODEL) for x, y in ((a, b), (b, a)))
    assert (one_way and one_way.level) == (other_way and other_way.level)
    return one_way.level if one_way else None


def names(a: str, b: str) -> str | None:
    return level(NAMES, record(a), record(b))


def doors(a: str, b: str, **where: str) -> str | None:
    return level(PREMISES, record(None, a, **where), record(None, b, **where))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Bunnyland Nursery", "Bunny Land Nursery", "same"),
        ("Bunnyland", "Henry Booth House Bunny Land", "within"),
        ("CPS Beethoven", "Chicago Public Schools Beethoven", "spelling"),
        ("Vireva Nursery", "Vereva Nursery", "spelling"),
        ("New Golden Dragon", "Golden Dragon", "renewed"),
        ("Golden Dragon", "Golden Dragon Takeaway", "within"),
        ("Elior At Martin House", "Martin House", "host"),
        ("Elior At Martin House", "Elior", "same"),
        ("Eurest, Bank of Ireland", "Bank of Ireland (UK) plc", "host"),
        ("BaxterStorey, Herbert Smith", "Benugo Ltd, Herbert Smith", "host"),
        ("Restaurant Associates, Bank America", "Bank of America National Association", "host"),
        ("Restaurant Associates, Deloittes", "Restaurant Associates, Deloitte", "spelling"),
        ("Hughes, Langston", "Langston Hughes School", "within"),
        ("Boots, Ealing", "Boots", "within"),
        ("Ritz-Carlton Cafe", "Ritz-Carlton Dining Room", "other_outlet"),
        ("Coram's Fields Nursery", "Coram's Fields Café", "other_outlet"),
        ("Sky Lounge Terminal 2", "Sky Lounge Terminal 3", "other_outlet"),
        ("Teddy Bear 3", "El Valor Teddy Bear Nursery III", "most"),
        ("Coram's Fields Nursery", "Coram's Fields Preschool", "most"),
        ("Harrisons At Grange School", "Aktiva Camps At Grange School", "different"),
        ("Home At Last", "Golden Dragon", "different"),
        ("Golden Dragon", "Vape Kingdom", "different"),
    ],
)
def test_names_by_how_they_are_written(a: str, b: str, expected: str) -> None:
    assert names(a, b) == expected


@pytest.mark.parametrize(
    ("short", "full", "expected"),
    [
        ("M&S", "Marks and Spencer", "shortened"),
        ("CP", "Crestwood Partners", "shortened"),
        ("Wey", "Weyland-Yutani", "shortened"),
        ("The Lion", "Lipn", "shortened"),
        ("Mol", "Mil", "different"),
        ("CQ", "Crestwood Partners", "different"),
        ("W", "Weyland", "different"),
        ("Spaghetti", "Spaghettini Verdi", "within"),
    ],
)
def test_a_name_may_be_the_other_shortened(short: str, full: str, expected: str) -> None:
    assert names(short, full) == names(full, short) == expected


def test_a_company_name_beside_a_shop_name_is_not_two_shop_names() -> None:
    shop = record(None, names=named(trading="Ariana Pharmacy"))
    assert level(NAMES, record(None, names=named(legal="AIAM Limited")), shop) == "legal_and_trading"
    assert level(NAMES, record(None, names=named(legal="Golden Dragon")), shop) == "different"
    trader = record("Loveday Rowe", people=(person("Loveday Rowe"),))
    assert level(NAMES, trader, shop) == "legal_and_trading"


def test_a_companys_name_in_full_is_more_than_a_shops_where_one_does_not_say_where_it_is() -> None:
    sponsor = record(None, town="London", names=named(legal="Aesop UK Limited"))
    employer = record(None, "1 Hay's Lane", postcode="SE1 2HD", names=named(legal="AESOP UK LTD."))
    shop = record(None, "1 Hay's Lane", postcode="SE1 2HD", names=named(trading="Aesop UK Limited"))
    branch = record(None, "5 High Road", postcode="N1 1AA", names=named(legal="Aesop UK Limited"))
    assert level(NAMES, sponsor, employer) == "same_company"
    assert level(NAMES, sponsor, sponsor) == "same_company"
    assert level(NAMES, sponsor, shop) == "same"
    assert level(NAMES, employer, branch) == "same"
    assert level(NAMES, sponsor, record(None, names=named(legal="Aesop UK"))) == "same"


def test_a_web_address_may_bear_the_name_that_the_record_does_not_give() -> None:
    achieve = record("Achieve Together")
    group = record("Care Management Group", websites=("https://www.achievetogether.example",))
    assert level(NAMES, group, achieve) == "in_domain"


def test_the_name_of_a_sole_trader_is_measured_as_a_person_where_both_are_born_on_one_day() -> None:
    a, b = (record(name, people=(person(name, "1971-05-02"),)) for name in ("Anne Smith", "Smith Anne"))
    assert level(NAMES, a, b) is None
    assert level(PEOPLE, a, b) == "same_trader"


@pytest.mark.parametrize(
    ("a", "b", "elsewhere", "where_they_are"),
    [
        ("Wexmoor Staffing", "Wexmoor Cleaning", "some", "different"),
        ("Wexmoor Tyres", "Wexmoor Tyres Autocentre", "within", "within"),
        ("Wexmoor Grand Tyres", "Wexmoor Tyres", "within", "within"),
        ("Wexmoor", "Wexmoor Tyres", "within", "within"),
    ],
)
def test_two_names_that_share_the_town_where_both_are_share_nothing(
    a: str, b: str, elsewhere: str, where_they_are: str
) -> None:
    assert level(NAMES, record(a, town="Truro"), record(b, town="Truro")) == elsewhere
    assert level(NAMES, record(a, town="Wexmoor"), record(b, town="Wexmoor")) == where_they_are
    assert level(NAMES, record(a, town="Wexmoor"), record(b, "5 High Street")) == where_they_are
    assert level(NAMES, record(a, town="Wexmoor"), record(b, town="Truro")) == elsewhere


def test_postcodes_of_two_districts_of_one_town_count_as_less_than_the_town() -> None:
    far = {"a": "Scott Place", "b": "Heather Bank", "town": "Dunmoor"}
    assert doors(**far) == "unsaid.town"
    a, b = (record(None, far[x], town="Dunmoor", postcode=code) for x, code in (("a", "EH4 8RD"), ("b", "EH11 8TR")))
    assert level(PREMISES, a, b) == "unsaid.other_district"
    weights = MODEL.weights["premises"]
    doors_of = {name.partition(".")[0] for name in weights if name.endswith(".town")}
    assert doors_of == {name.partition(".")[0] for name in weights if name.endswith(".other_district")}
    assert weights["unsaid.other_district"] < weights["unsaid.near"] < weights["unsaid.town"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [("12 Cheapside Barnsley", "same_door.town"), ("12 Cheapside Leeds", "same_door.unsaid")],
)
def test_a_town_may_run_on_from_its_street(line: str, expected: str) -> None:
    assert level(PREMISES, record(None, line), record(None, "12 Cheapside", town="Barnsley")) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (("Anne Smith", "1980-03-04"), ("Anne Jones", "1980-03-04"), "birth_and_part_of_name"),
        (("Anne Smith", "1980-03-04"), ("Bob Jones", "1980-03-04"), "birth_alone"),
        (("Anne Smith", "1980-03-04"), ("Bob Jones", "1980-03-05"), "different"),
        (("Anne Smith", None), ("A Smith", None), "same_name"),
        (("Daniel Smith", None), ("Dan Smith", None), "same_name"),
        (("Daniel Smith", None), ("Deb Smith", None), "different"),
        (("Jan Sauer", "1980-03-04"), ("Jan Saier", "1980-03-04"), "same_person"),
        (("Jan Roe", "1980-03-04"), ("Jan Rae", "1980-03-04"), "birth_and_part_of_name"),
        (("Anne Smith", "1980-03-14"), ("Anne Smith", "1980-03-15"), "birth_misread"),
        (("Anne Smith", "1980-03-14"), ("Anne Smith", "1980-03-25"), "birth_in_part"),
        (("Anne Smith", "1980-03-14"), ("Anne Smith", "1980-07-25"), "other_birth"),
    ],
)
def test_people_by_name_and_birth(a: tuple[str, str | None], b: tuple[str, str | None], expected: str) -> None:
    shop, other = (record("Spice Hut", people=(person(*who),)) for who in (a, b))
    assert level(PEOPLE, shop, other) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (("LN123456",), ("LN123456", "X9"), "same"),
        (("PL1",), ("PL1",), "same_short"),
        (("LN123456",), ("LN123465",), "misread"),
        (("LN123456",), ("LN987654",), "different"),
        ((), ("LN123456",), None),
    ],
)
def test_licences(a: tuple[str, ...], b: tuple[str, ...], expected: str | None) -> None:
    assert level(LICENCES, record("A", licence_numbers=a), record("B", licence_numbers=b)) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("40 Rowntree Crescent, Cherry Gardens", "40 Cherry Gardens, Rowntree Crescent", "same_door.town"),
        ("Chippendale Village, 105 Hawker Place", "Hawkekr Place, 123 Chippendale Village", "other_number.town"),
        ("Mooloolaba Arcade, 85 Smiths Road", "Mooloolaba Arcade, 28", "other_number.town"),
        ("Mooloolaba Arcade, 85 Smiths Road", "28 Smithfield Road", "other_street.town"),
        ("1234 Halsted Avenue", "1234 Halsted Street", "other_type.town"),
        ("1234 Halsted Avenue", "1236 Halsted Street", "other_street.town"),
        ("29 Leavitt Street", "29 Clybourn Street", "same_number.town"),
        ("151 Eastferry Road", "121 Westferry Road", "other_street.town"),
        ("Carn Brea Centre, Park Road", "Threemile House, Park Road", "other_building.town"),
    ],
)
def test_doors(a: str, b: str, expected: str) -> None:
    assert doors(a, b, town="Rosveor") == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("UB1 1LS", "UB1 1LS", "postcode"),
        ("UB1 1LS", "UB1 2AB", "near"),
        ("UB1 1LS", "UB1", "district"),
        ("UB1 1LS", "UB1 2", "elsewhere"),
        ("60612", "60612", "district"),
        ("60612", "60621", "district"),
        ("60612", "60613", "elsewhere"),
    ],
)
def test_areas(a: str, b: str, expected: str) -> None:
    one, other = (record(None, "12 The Broadway", postcode=postcode) for postcode in (a, b))
    assert level(PREMISES, one, other) == f"same_door.{expected}"


def test_a_town_that_differs_says_more_than_one_that_is_missing() -> None:
    rosveor, bosgorran = (record(None, "12 The Broadway", town=town) for town in ("Rosveor", "Bosgorran"))
    assert level(PREMISES, rosveor, bosgorran) == "same_door.other_town"
    assert level(PREMISES, rosveor, record(None, "12 The Broadway")) == "same_door.unsaid"
    assert level(PREMISES, rosveor, record(None, "12 The Broadway", town="Rosevor")) == "same_door.unsaid"
    hollywood = record(None, "12 The Broadway", town="Hollywood")
    assert level(PREMISES, hollywood, record(None, "12 The Broadway", town="West Hollywood")) == "same_door.unsaid"


@pytest.mark.parametrize(
    ("phone", "town", "expected"),
    [
        ("020 7946 0123", None, "same_door.telephone"),
        ("020 7946 0123", "Truro", "same_door.telephone"),
        ("020 7946 0123", "Southall", "same_door.town"),
        ("07700 900123", None, "same_door.unsaid"),
        ("0306 999 0123", None, "same_door.unsaid"),
        ("8735392", None, "same_door.telephone"),
    ],
)
def test_a_telephone_that_rings_at_a_place_says_that_areas_agree(phone: str, town: str | None, expected: str) -> None:
    here = record("Spice Hut", "12 The Broadway", town="Southall", phones=(phone,))
    assert level(PREMISES, here, record(None, "12 The Broadway", town=town, phones=(phone,))) == expected


@pytest.mark.parametrize(
    ("metres", "where", "expected"),
    [
        (60, {}, "unsaid.spot"),
        (60, {"town": "Truro"}, "unsaid.spot"),
        (60, {"postcode": "TR1 2AJ"}, "unsaid.postcode"),
        (600, {}, None),
        (600, {"town": "Truro"}, "unsaid.town"),
        (6000, {}, "unsaid.apart"),
        (6000, {"town": "Truro"}, "unsaid.apart"),
        (6000, {"postcode": "60608"}, "unsaid.apart"),
    ],
)
def test_positions_say_one_spot_or_far_apart_where_no_full_postcode_does(
    metres: float, where: dict[str, str], expected: str | None
) -> None:
    east = metres / 111_195 / cos(radians(50))
    a = record("Spice Hut", latitude=50.0, longitude=-5.0, **where)
    b = record("Spice Hut", latitude=50.0, longitude=-5.0 + east, **where)
    assert level(PREMISES, a, b) == expected


def test_a_position_and_an_address_that_says_nothing_to_compare_are_not_compared() -> None:
    here, there = record("Spice Hut", latitude=50.0, longitude=-5.0), record("Spice Hut", "9 Oak Road")
    assert level(PREMISES, here, there) is None


def test_two_streets_with_one_name_and_one_telephone_are_as_of_a_corner_house() -> None:
    corner = record("Les Celebrites", "160 Central Park S", phones=("2124845113",))
    side = record("Les Celebrites", "155 W. 58th St.", phones=("2124845113",))
    assert level(PREMISES, corner, side) == "one_telephone"
    other_name = side.model_copy(update={"names": named(trading="Petrossian")})
    assert level(PREMISES, corner, other_name) == "other_street.telephone"
    town = {"town": "Truro"}
    branches = (record("Pasty Crown", door, phones=("01872 240123",), **town) for door in ("1 Oak Road", "9 Elm Lane"))
    assert level(PREMISES, *branches) == "other_street.town"


def test_the_name_of_a_site_is_a_door_only_where_the_area_agrees() -> None:
    unit = record(None, "Unit 4, Station Yard Shopping Centre", town="Rosveor")
    assert level(PREMISES, unit, unit) == "same_unit.town"
    assert level(PREMISES, unit, record(None, "Unit 4, Station Yard Shopping Centre")) == "no_number.unsaid"
    elsewhere = record(None, "Unit 4, Station Yard Shopping Centre", town="Bosgorran")
    assert level(PREMISES, unit, elsewhere) == "no_number.other_town"


@pytest.mark.parametrize(
    ("site", "alone", "expected"),
    [
        ("4 The Parade, 114 High Street", "4 The Parade", "same_door.town"),
        ("31-32 Broadway Shopping Centre, High Street", "31-32 Broadway Shopping Ce", "same_door.town"),
        ("4 The Parade, 114 High Street", "6 The Parade", "other_street.town"),
        ("4 The Parade, 114 High Street", "4 The Mall", "other_street.town"),
    ],
)
def test_a_unit_of_a_site_is_that_number_of_it(site: str, alone: str, expected: str) -> None:
    assert doors(site, alone, town="Truro") == doors(alone, site, town="Truro") == expected


def test_a_street_may_have_run_into_its_type() -> None:
    assert doors("12 CrestAve", "12 Crest Avenue", town="Truro") == "same_door.town"
    assert doors("12 Crestway", "12 Crestfield Avenue", town="Truro") == "same_number.town"


def test_a_city_so_large_says_something_only_where_nothing_else_does() -> None:
    large = record("Felidia", town="New York")
    assert level(PREMISES, large, record("Felidia", town="New York City")) == "unsaid.town"
    assert level(PREMISES, large, record("Felidia", town="Brooklyn")) == "unsaid.unsaid"
    corner = record("Felidia", "12 Oak Road", town="New York")
    assert level(PREMISES, corner, record("Felidia", "9 Elm Street", town="New York")) == "other_street.unsaid"


def test_a_shared_address_is_said_once() -> None:
    a = record("Spice Hut", "9 King Street", postcode="UB1 0LS")
    found = PREMISES.measure(normalise(a), normalise(a), MODEL)
    assert found is not None
    assert PREMISES.describe(found) == "Both are at 9 King Street, UB1 0LS."


def test_a_place_that_says_too_little_is_quoted_once() -> None:
    found = Finding("unsaid.town", 5.5, "Southall", "SOUTHALL")
    assert PREMISES.describe(found) == "Both say only “Southall”, too little to compare the doors."


def test_a_telephone_under_different_names_is_less_evidence_than_under_one() -> None:
    one, other, hotel = (record(name, phones=("020 7946 0123",)) for name in ("Stefanos", "Stefanos Bar", "The Grand"))
    assert level(PHONES, one, other) == "same"
    assert level(PHONES, one, hotel) == "same_other_names"
    assert level(PHONES, one, record(None, phones=("020 7946 0123",))) == "same"
    assert MODEL.weights["phones"]["same"] > MODEL.weights["phones"]["same_other_names"] > 0


def test_a_number_is_said_as_one_dials_it() -> None:
    assert "+44 20 7946 0123" in PHONES.describe(Finding("same", 7.5, "442079460123"))
    assert "7946012" in PHONES.describe(Finding("same", 7.5, "7946012"))


def test_every_level_has_a_sentence() -> None:
    for comparator in (NAMES, PEOPLE, PHONES, PREMISES, LICENCES):
        for name in MODEL.weights[comparator.name]:
            sentence = comparator.describe(Finding(name, 0.0, "left", "right"))
            assert sentence.endswith(".")
            assert "{" not in sentence


def test_a_better_level_never_weighs_less() -> None:
    premises = MODEL.weights["premises"]
    for area in ("postcode", "near", "district", "spot", "town", "unsaid", "apart", "other_town", "elsewhere"):
        doors_by_rank = ("same_unit", "same_door", "door_in_range", "no_number", "other_unit")
        bits = [premises[f"{door}.{area}"] for door in doors_by_rank]
        assert bits == sorted(bits, reverse=True), area
    for door in ("same_unit", "same_door", "no_number", "other_number", "other_street"):
        assert premises[f"{door}.postcode"] >= premises[f"{door}.town"] >= premises[f"{door}.elsewhere"]
        assert premises[f"{door}.unsaid"] >= premises[f"{door}.other_town"] >= premises[f"{door}.elsewhere"]
    ladders: dict[str, tuple[str, ...]] = {
        "names": ("same", "spelling", "within", "most", "some", "different", "other_outlet"),
        "people": (
            "same_trader",
            "same_person",
            "birth_day_month_swapped",
            "birth_misread",
            "same_name",
            "birth_in_part",
            "different",
        ),
        "licences": ("same", "same_short", "different"),
    }
    for comparison, ladder in ladders.items():
        bits = [MODEL.weights[comparison][name] for name in ladder]
        assert bits == sorted(bits, reverse=True), comparison
