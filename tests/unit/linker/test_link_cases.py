"""The cases that practitioners ask about, each through the whole pipeline with the shipped model."""

from itertools import combinations

import pytest

from services.linker.domain.model import default_model
from services.linker.domain.normalise import normalise
from services.linker.domain.score import explain, score
from shared.contracts.record import Record
from tests.support.linked import link
from tests.unit.linker.build import named, person, record

MODEL = default_model()


def businesses(*records: Record) -> list[set[int]]:
    """Which of the records, by position, are one business; each comes from a feed of its own."""
    linked = link(((f"r{i}", f"feed{i}", each) for i, each in enumerate(records)), MODEL)
    groups: dict[str, set[int]] = {}
    for i in range(len(records)):
        groups.setdefault(linked[f"r{i}"], set()).add(i)
    return sorted(groups.values(), key=min)


def linked(a: Record, b: Record) -> bool:
    return len(businesses(a, b)) == 1


def test_the_chicken_shop_is_one_business_in_three_spellings() -> None:
    for where in ({"town": "Southall"}, {"postcode": "UB1 1LS"}, {"town": "Southall", "postcode": "UB1 1LS"}):
        assert businesses(
            record("The Chicken Shop", "12", "The Broadway", **where),
            record(None, "12 The Broadway", **where),
            record("The Chicken Shop", "The Broadway", **where),
        ) == [{0, 1, 2}]


def test_the_chicken_shop_as_one_string_without_a_name_field() -> None:
    assert linked(
        record("Chicken Shop Ltd", "12 The Broadway", town="Southall", postcode="UB1 1LS"),
        record(None, "THE CHICKEN SHOP, 12, THE BROADWAY, SOUTHALL, UB1 1LS"),
    )


def test_units_of_one_number_on_sites_of_one_name_in_two_towns_are_two_businesses() -> None:
    site = "Unit 4, Station Yard Shopping Centre"
    assert not linked(record("Café Rosa", site, town="Rosveor"), record("Café Rosa", site, town="Bosgorran"))
    assert not linked(record("Café Rosa", site, "Mill Lane", town="Rosveor"), record("Atlantic Bistro", site))
    assert linked(record("Café Rosa", site, town="Rosveor"), record("Café Rosa", site, "Mill Lane", town="Rosveor"))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Flat above Golden Chicken", ("Flat above Golden Chicken, Flat A, 12 High Street",)),
        ("Flat above Golden Chicken", ("12 High Street",)),
        ("Flat A above Golden Chicken", ("Flat A", "12 High Street")),
        ("Golden Chicken", ("The flat above the shop", "12 High Street")),
        (None, ("Upper Maisonette", "12 High Street")),
    ],
)
def test_above_the_shop_is_not_the_shop(name: str | None, lines: tuple[str, ...]) -> None:
    above = record(name, *lines, postcode="UB1 1LS")
    for shop in (("12 High Street",), ("Golden Chicken, 12 High Street",), ("Ground floor", "12 High Street")):
        assert not linked(above, record("Golden Chicken", *shop, postcode="UB1 1LS"))
    assert linked(above, above)


def test_a_name_that_only_sounds_like_a_place_above_is_a_name() -> None:
    assert linked(
        record("Over The Moon", "Over The Moon, 12 High Street", postcode="UB1 1LS"),
        record("Over the Moon Ltd", "12 High Street", postcode="UB1 1LS"),
    )


def test_two_restaurants_of_a_hotel_are_two_businesses() -> None:
    where = {"town": "Atlanta", "phones": ("404 237 2700",)}
    names = ("Ritz-Carlton Cafe", "Ritz-Carlton Dining Room")
    guides = [(feed, record(name, "3434 Peachtree Rd", **where)) for feed in ("guide", "other") for name in names]
    found = link(((str(i), feed, each) for i, (feed, each) in enumerate(guides)), MODEL)
    assert found["0"] == found["2"] != found["1"] == found["3"]


def test_a_caterer_is_not_its_client() -> None:
    where = {"town": "London", "postcode": "E14 5AB"}
    bank = record("Bank of Ireland (UK) plc", "12 Cannon Street", **where)
    assert not linked(bank, record("Eurest, Bank of Ireland", "12 Cannon Street", **where))


def test_two_takeaways_that_share_a_mobile_are_two_businesses() -> None:
    assert businesses(
        record("Golden Dragon", "4 Fore Street", town="Redruth", postcode="TR15 2AB", phones=("07700 900123",)),
        record("Pizza Palace", "31 Market Jew Street", town="Penzance", postcode="TR18 2HN", phones=("07700 900123",)),
    ) == [{0}, {1}]


def test_two_takeaways_that_share_a_mobile_on_one_parade_are_two_businesses() -> None:
    assert businesses(
        record("Golden Dragon", "4 Fore Street", town="Redruth", postcode="TR15 2AB", phones=("07700 900123",)),
        record("Pizza Palace", "8 Fore Street", town="Redruth", postcode="TR15 2AB", phones=("07700 900123",)),
    ) == [{0}, {1}]


def test_a_switchboard_links_nobody() -> None:
    switchboard = "01872 322222"
    records = [
        record(name, f"{i} {street}", town="Truro", phones=(switchboard,))
        for i, (name, street) in enumerate(
            [("Lemon Café", "Quay Street"), ("Nails by Kim", "River Street"), ("Truro Motors", "Newham Road")], start=1
        )
    ]
    assert businesses(*records) == [{0}, {1}, {2}]


def test_branches_of_a_chain_are_businesses_of_one_organisation() -> None:
    same = {
        "names": named(legal="Pasty Crown Holdings Limited", trading="Pasty Crown"),
        "phones": ("01872 900111",),
        "emails": ("info@pastycrown.example",),
        "websites": ("www.pastycrown.example",),
        "company_number": "04437266",
        "people": (person("Demelza Trelawny", "1971-05-02"),),
    }
    assert businesses(
        record(None, "1 Killigrew Row", town="Falmouth", postcode="TR11 3AB", **same),
        record(None, "20 High Street", town="Truro", postcode="TR1 2AJ", **same),
        record(None, "7 Church Street", town="Falmouth", postcode="TR11 3DX", **same),
        record(None, "68 Killigrew Row", town="Falmouth", postcode="TR11 3AF", **same),
    ) == [{0}, {1}, {2}, {3}]


def test_neighbouring_flats_are_two() -> None:
    for one, other in [("Flat 14A", "Flat 14C"), ("Unit 3", "Unit 4"), ("First Floor", "Second Floor")]:
        assert not linked(
            record("Smith Lettings", one, "The Broadway", town="Southall", postcode="UB1 1LS"),
            record("Smith Lettings", other, "The Broadway", town="Southall", postcode="UB1 1LS"),
        )
    assert not linked(
        record(None, "14A The Broadway", town="Southall", postcode="UB1 1LS"),
        record(None, "14C The Broadway", town="Southall", postcode="UB1 1LS"),
    )


def test_the_same_flat_is_one() -> None:
    assert linked(
        record("Smith Lettings", "Flat 2", "14 The Broadway", postcode="UB1 1LS"),
        record(None, "Flat 2, 14 The Broadway, UB1 1LS"),
    )


def test_several_units_are_those_of_whoever_names_one_of_them_and_no_others() -> None:
    def shop(unit: str) -> Record:
        return record("Natoora", unit, "Discovery Business Park", "St James's Road", postcode="SE16 4RA")

    assert linked(shop("Units 6 to 8"), shop("Unit 6"))
    assert not linked(shop("Units 6 to 8"), shop("Unit 9"))
    assert not linked(shop("Flat 2/1"), shop("Flat 1"))


def test_a_phoenix_is_not_the_business_that_it_replaces() -> None:
    where = {"town": "Camborne", "postcode": "TR14 8AA"}
    owner = (person("Satnam Mann", "1980-02-11"),)
    assert not linked(
        record(
            None, "10 Wheal Lane", names=named(legal="SKB Foods Ltd"), company_number="08345484", people=owner, **where
        ),
        record(
            None,
            "10 Wheal Lane",
            names=named(legal="County Diner Ltd"),
            company_number="12994411",
            people=owner,
            **where,
        ),
    )


def test_successive_occupiers_of_one_shop_are_two() -> None:
    assert not linked(
        record("Golden Dragon", "4 Fore Street", town="Redruth", postcode="TR15 2AB"),
        record("Vape Kingdom", "4 Fore Street", town="Redruth", postcode="TR15 2AB"),
    )


def test_a_sole_trader_is_the_shop_that_bears_another_name() -> None:
    assert linked(
        record("Kulwinder Sandhu", "4 Fore Street", town="Redruth", postcode="TR15 2AB"),
        record("K & S Stores", "4 Fore Street", town="Redruth", people=(person("Mr Kulwinder Sandhu"),)),
    )


def test_two_sole_traders_of_one_name_in_two_towns_are_two() -> None:
    assert not linked(
        record(
            "John Williams", "4 Fore Street", town="Redruth", postcode="TR15 2AB", people=(person("John Williams"),)
        ),
        record("John Williams", "9 Quay Street", town="Truro", postcode="TR1 2HB", people=(person("John Williams"),)),
    )


def test_day_and_month_of_birth_may_be_swapped() -> None:
    def weight(born: str) -> float:
        one = record("Spice Hut", people=(person("Anne Smith", "1980-03-04"),))
        other = record("Spice Hut", people=(person("SMITH, Anne", born),))
        return score(normalise(one), normalise(other), MODEL)

    assert weight("1980-03-04") > weight("1980-04-03") > weight("1980-03-05") > weight("1961-11-30")


def test_legal_and_trading_names_meet_crosswise() -> None:
    assert linked(
        record("AIAM LIMITED T/A ARIANA PHARMACY", town="Greenford"),
        record(
            "Ariana Pharmacy",
            "472 Greenford Road",
            town="Greenford",
            postcode="UB6 8SQ",
            names=named(trading="Ariana Pharmacy"),
        ),
    )


@pytest.mark.parametrize("other", ["UB1 OLS", "UB10LS", "ub1 0ls"])
def test_a_misread_postcode_does_no_harm(other: str) -> None:
    assert linked(
        record("Spice Hut", "9 King Street", postcode="UB1 0LS"), record("Spice Hut", "9 King St", postcode=other)
    )


def test_a_company_number_that_differs_is_evidence_not_proof() -> None:
    same = {"town": "Redruth", "postcode": "TR15 2AB", "phones": ("01209 900123",)}
    assert linked(
        record("Trelawny Fish Bar", "4 Fore Street", company_number="08345484", **same),
        record("Trelawny Fish Bar", "4 Fore Street", company_number="12994411", **same),
    )


def test_weights_do_not_depend_on_the_side() -> None:
    records = [
        record("The Chicken Shop Ltd", "12", "The Broadway", town="Southall", phones=("07700 900123",)),
        record("Chiken Shop", "12-14 Broadway", postcode="UB1 1LS", company_number="08345484"),
        record(None, "Flat 2, 12 The Broadway", town="Southall", people=(person("Anne Smith"),)),
        record("Smith's Chicken", "The Broadway", postcode="UB1 1LT", company_number="08345485"),
    ]
    mentions = [normalise(each) for each in records]
    for a, b in combinations(mentions, 2):
        assert score(a, b, MODEL) == pytest.approx(score(b, a, MODEL), abs=1e-9)


def test_a_caterer_at_a_school_is_not_the_school() -> None:
    where = {"town": "Ealing", "postcode": "W5 4HN"}
    assert businesses(
        record("Grange Primary School", "Church Gardens", **where),
        record("Harrisons At Grange Primary School", "Grange Primary School, Church Gardens", **where),
        record("Aktiva Camps At Grange Primary School", "Grange Primary School, Church Gardens", **where),
    ) == [{0}, {1}, {2}]


def test_a_bookmakers_company_is_not_the_cake_shop_that_came_after_it() -> None:
    where = {"town": "Acton", "postcode": "W3 9BY"}
    assert not linked(
        record("Cake Box Acton", "235 High Street", **where), record("Jennings Racing Ltd", "235 High Street", **where)
    )


def test_a_sole_trader_under_one_name_and_birth_is_one_though_the_number_of_the_house_differs() -> None:
    def at(door: str, postcode: str, name: str) -> Record:
        born = (person("Kulwinder Sandhu", "1971-05-02"),)
        return record(name, door, town="Redruth", postcode=postcode, people=born)

    assert linked(
        at("4 Fore Street", "TR15 2AB", "Kulwinder Sandhu"), at("68 Fore Street", "TR15 9XZ", "Kulwinder Sandhu")
    )
    assert not linked(at("4 Fore Street", "TR15 2AB", "Spice Hut"), at("68 Fore Street", "TR15 9XZ", "Spice Hut"))


def test_a_licence_of_one_person_is_one_business_wherever_the_records_put_it() -> None:
    def at(door: str, town: str, born: str) -> Record:
        said = {"licence_numbers": ("LN123456",), "phones": ("07700 900123",), "emails": ("a@spicehut.example",)}
        return record("Spice Hut", door, town=town, people=(person("Anne Smith", born),), **said)

    here, there = at("4 Fore Street", "Redruth", "1971-05-02"), at("9 Quay Road", "Truro", "1971-05-02")
    namesake = at("9 Quay Road", "Truro", "1950-11-30")
    lines = explain(normalise(here), normalise(there), MODEL).comparisons
    assert linked(here, at("9 Quay Road", "Redruth", "1971-05-02"))
    assert "organisation" not in {line.name for line in lines}
    assert "organisation" in {line.name for line in explain(normalise(here), normalise(namesake), MODEL).comparisons}


def test_a_street_of_one_name_but_for_its_type_is_taken_for_the_same_where_the_names_agree() -> None:
    assert linked(
        record("Trelawny Fish Bar", "14 Park Road", town="Redruth"),
        record("Trelawny Fish Bar", "14 Park Avenue", town="Redruth"),
    )
    assert not linked(
        record("Trelawny Fish Bar", "14 Park Road", town="Redruth"),
        record("Golden Dragon", "14 Park Avenue", town="Redruth"),
    )


def test_units_of_two_estates_on_one_road_are_two() -> None:
    assert not linked(
        record(None, "Unit 5, Carn Brea Centre, Park Road", town="Rosveor", postcode="ZF1 8QQ"),
        record("Summit Tyres", "Unit 5, Threemile House, Park Road", town="Rosveor", postcode="ZF1 3PG"),
    )
