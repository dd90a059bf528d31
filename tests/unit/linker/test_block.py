from dataclasses import replace
from itertools import combinations_with_replacement
from typing import Any

import pytest

from services.linker.domain.block import block_keys
from services.linker.domain.key_numbers import numbers_of
from services.linker.domain.model import Model, default_model
from services.linker.domain.normalise import normalise
from shared.contracts.record import Record
from tests.unit.linker.build import person, record

MODEL = default_model()
PHONE = "07700 900123"
PLACES = {"town": "Southall"}, {"town": "Truro"}


def meet(a: Record, b: Record, model: Model = MODEL) -> bool:
    one, other = block_keys(normalise(a), model), block_keys(normalise(b), model)
    either_way = [bool({*x.shared, *x.sought} & {*y.shared, *y.held}) for x, y in ((one, other), (other, one))]
    assert either_way[0] == either_way[1]
    return either_way[0]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (record("Spice Hut", "9 King Street", postcode="UB1 1LS"), record(None, "9 King St", postcode="UB1 1LS")),
        (record("Spice Hut", "9 King Street", town="Southall"), record(None, "9 Kign Street", town="Southall")),
        (record("Spice Hut", postcode="UB1 1LS"), record("Spice Hutt", postcode="UB1 1LS")),
        (record("Chicken Shop", "12 The Broadway"), record("The Chicken Shop", "The Broadway")),
        (record("Chicken Shop", "The Broadway", postcode="UB1 1LS"), record(None, "12 Broadway", postcode="UB1 1LS")),
        (record("Ariana Pharmacy", town="Greenford"), record("Ariana Pharmacy", "4 Oak Road", town="Greenford")),
        (record("Zyzzogeton Quux", "4 Oak Rode"), record("Quux Zyzzogeton Ltd", "4 Oak Road")),
        (record("A", town="Southall", phones=(PHONE,)), record("B", town="Southall", phones=("+447700900123",))),
        (record("Spice Hut", phones=(PHONE,)), record("Spice Hut Ltd", town="Southall", phones=(PHONE,))),
        (record("A", "9 Oak Road", phones=(PHONE,)), record("B", "Oak Road", town="Southall", phones=(PHONE,))),
        (record("The Zyzzo Quux", phones=(PHONE,)), record("A Quux", "9 Oak Road", town="Truro", phones=(PHONE,))),
        (record("A", "5120 N. Broadway", town="Truro"), record("B", "5120 N. Broadway Ave.", town="Truro")),
        (record("A", "9572 Market Ave", postcode="73301"), record("B", "9572 rMarket Ave", postcode="73301")),
        (record("Spice Hut", "Oak Road"), record("Spice Garden", "Oak Rd", town="Truro")),
        (record("Zyzzogeton Quux"), record("Zyzzogeton Quux Ltd", "9 Oak Road", postcode="UB1 1LS")),
        (record("Spice Hut", emails=("a@b.example",)), record("Spice Hut", emails=("A@B.example",))),
        (record("Spice Hut", company_number="1261512"), record("Spice Hut Ltd", company_number="01261512")),
        (record("A", "9 Oak Road", company_number="1261512"), record("B", "Oak Rd", company_number="01261512")),
        (record("Spice Hut", "9 Oak Road", postcode="UB1 1LS"), record("Vape", "9 Ock Rd", postcode="UB1 1LS")),
        (record("Spice Hut", "12 Oak Road", postcode="UB1 1LS"), record(None, "21 Oak Road", postcode="UB1 1LS")),
        (record("Spice Hut", "3 Oak Road", postcode="UB1 1LS"), record("Spice Grill", postcode="UB1 1LS")),
        (record("Spice Hut", "3 Oak Road", town="Truro"), record("Spice Grill", "Oak Road", town="Truro")),
        (record("Zyzzo Hut", "3 Oak Road", town="Truro"), record("Best Zyzzo Hut", "3 Oak Rd", postcode="TR1 2AJ")),
        (record("Herzl School", "1401 S Hamlin"), record("Lawndale Centre", "1401 South Hamlin Ave", town="Chicago")),
        (
            record("Unit Kebab", "Unit 3B, King Street", postcode="UB1 1LS"),
            record(None, "3B King St", postcode="UB1 1LS"),
        ),
        (record("Anne Smith", "9 Oak Road", town="Truro"), record("X", town="Truro", people=(person("SMITH, Anne"),))),
        (record("Spago", "9 Oak Road", phones=(PHONE,)), record("Spago", "14 Elm Road", town="Truro", phones=(PHONE,))),
        (
            record("X", town="Truro", people=(person("Anne Smith", "1980-03-04"),)),
            record("Y", town="Truro", people=(person("Znne Msith", "1980-03-04"),)),
        ),
        (
            record(None, people=(person("Anne Smith", "1980-03-04"),)),
            record(None, people=(person("Anne Jones", "1980-04-03"),)),
        ),
        (record("Spice Hut", licence_numbers=("PL/1",)), record("Spice Hut", licence_numbers=("pl1",))),
        (
            record(None, people=(person("Anne Smith", "1980-03-04"),)),
            record(None, people=(person("Smith Anne", "1980-03-04"),)),
        ),
    ],
)
def test_likely_pairs_meet(a: Record, b: Record) -> None:
    assert meet(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (record("Cafe", "12 High Street", postcode="UB1 1LS"), record("Cafe", "12 High Street", postcode="TR1 2AJ")),
        (record("Boots", postcode="UB1 1LS"), record("Boots", postcode="TR1 2AJ")),
        (
            record("A", "1 Oak Road", postcode="UB1 1LS", company_number="01261512"),
            record("B", "7 Elm Road", postcode="TR1 2AJ", company_number="01261512"),
        ),
    ],
)
def test_what_is_common_everywhere_meets_only_within_its_area(a: Record, b: Record) -> None:
    assert not meet(a, b)


@pytest.mark.parametrize(
    "shared",
    [
        {"phones": (PHONE,)},
        {"emails": ("info@agent.example",)},
        {"websites": ("agent.example",)},
        {"licence_numbers": ("PL/1",)},
        {"company_number": "01261512"},
    ],
)
def test_one_shared_value_alone_brings_nobody_together(shared: dict[str, Any]) -> None:
    a, b = (
        record(name, f"{number} {name} Road", **place, **shared)
        for name, number, place in zip(("Spice Hut", "Vape Kingdom"), (9, 14), PLACES, strict=True)
    )
    assert not meet(a, b)


def test_a_name_alone_brings_nobody_together_unless_it_is_rare_and_one_says_nothing_of_where() -> None:
    a = record("Zyzzogeton Quux", "9 Oak Road", town="Southall")
    assert not meet(a, record("Zyzzogeton Quux", "14 Elm Road", town="Truro"))
    assert not meet(a, record("Zyzzogeton Quux", "14 Elm Road"))
    assert meet(a, record("Zyzzogeton Quux"))
    assert not meet(record("Pizza Kitchen", "9 Oak Road", town="Southall"), record("Pizza Kitchen"))


@pytest.mark.parametrize("longitude", [-5.0005, -5.0, -4.9995])
def test_one_name_at_one_spot_on_the_map_meets_wherever_the_squares_end(longitude: float) -> None:
    here = record("Spice Hut", latitude=50.2, longitude=longitude)
    assert meet(here, record("Spice Hut", latitude=50.2005, longitude=longitude + 0.0005))
    assert not meet(here, record("Spice Hut", latitude=50.2, longitude=longitude + 0.3))


def test_a_number_and_a_street_alone_bring_nobody_together() -> None:
    a = record("Spice Hut", "9 Zyzzo Road", town="Southall")
    assert not meet(a, record("Vape Kingdom", "9 Zyzzo Road", town="Truro"))


@pytest.mark.parametrize(
    "shared",
    [{"licence_numbers": (value,)} for value in ("PENDING", "n/a", "None", "t.b.c.", "unknown", "9999", "12345678")]
    + [{"phones": (value,)} for value in ("0000000000", "01234 567890", "1234567")]
    + [{"company_number": value} for value in ("12345678", "99999999")]
    + [{"charity_number": "1111111"}, {"emails": ("none@none.example",)}],
)
def test_what_only_fills_a_field_is_no_evidence(shared: dict[str, Any]) -> None:
    assert normalise(record("Spice Hut", town="Truro", **shared)) == normalise(record("Spice Hut", town="Truro"))


def test_a_hub_value_brings_nobody_together() -> None:
    a, b = (record(name, town="Southall", phones=(PHONE,)) for name in ("Spice Hut", "Vape Kingdom"))
    assert meet(a, b)
    assert not meet(a, b, replace(MODEL, hubs=frozenset({"phone:447700900123"})))


_ANYWHERE = (None, None), ("Southall", None), (None, "UB1"), ("Southall", "UB1 1LS"), ("Truro", None), (None, "TR1 2AA")


@pytest.mark.parametrize(("here", "there"), list(combinations_with_replacement(_ANYWHERE, 2)))
@pytest.mark.parametrize(("name", "door"), [("Zyzzo Quux", ""), ("Zyzzo Quux", "12 "), ("Zyzzo", "12 ")])
def test_the_same_name_and_street_meet_unless_both_say_where_and_it_differs(
    here: tuple[str | None, str | None], there: tuple[str | None, str | None], name: str, door: str
) -> None:
    a, b = (record(name, f"{door}Ambleside Lane", town=town, postcode=code) for town, code in (here, there))
    (town, code), (other_town, other_code) = here, there
    agree = (town and town == other_town) or (code and other_code and code[:3] == other_code[:3])
    unsaid = not (code and other_code) and (bool(door) or not (town and other_town))
    whole = bool(door) and " " in name  # two words, a door and a street suffice wherever they are
    assert meet(a, b) == bool(agree or unsaid or whole)


def test_each_key_is_given_once() -> None:
    keys = block_keys(normalise(record("Spice Hut", "9 King Street", postcode="UB1 1LS")), MODEL)
    assert len({*keys.shared, *keys.held, *keys.sought}) == sum(map(len, keys)) == sum(len(set(some)) for some in keys)


def test_keys_of_one_fact_lie_together_in_a_store_whatever_they_are_made_of() -> None:
    facts = (
        ("door:UB11LS:9", "door:UB11LS:12", "at:UB11LS:spic", "gap:UB11LS"),
        ("street:ki:9:UB1", "far:ki:9:hut-spic", "far|o:ki:9:spic"),
        ("name:hut-spic:UB1", "on|op:king:hut-spic"),
    )
    numbers = [numbers_of(of_one, "model") for of_one in facts]
    assert [len(some) for some in numbers] == [len(of_one) for of_one in facts]
    places = [{number >> 32 for number in some} for some in numbers]
    assert [len(some) for some in places] == [1, 1, 1]
    assert len(set.union(*places)) == 3


def test_the_number_of_a_key_is_for_ever_since_stores_hold_it() -> None:
    numbers = {
        "door:UB11LS:9": -8349071268135351504,
        "far|o-:ki:9:spic": 8127037726908245700,
        "on|op:king:hut-spic": -4872410292882397930,
        "gap:UB11LS": -8349071267195796528,
    }
    assert {key: numbers_of([key], "model") for key in numbers} == {key: {no} for key, no in numbers.items()}


def test_a_record_that_says_nothing_has_no_keys() -> None:
    assert block_keys(normalise(Record()), MODEL) == (set(), set(), set())


def test_a_key_never_outgrows_the_index_of_a_store_and_still_tells_long_values_apart() -> None:
    page = "x1y2" * 4_000
    shops = [record("Spice Hut", licence_numbers=(page + end,)) for end in "aab"]
    keys = [block_keys(normalise(shop), MODEL).shared for shop in shops]
    assert keys[0] == keys[1]
    assert keys[0].isdisjoint(keys[2])
    assert max(map(len, keys[0])) < 300
