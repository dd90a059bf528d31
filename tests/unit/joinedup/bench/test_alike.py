"""Pairs with names alike, found without the linker: each way of finding them, and what none of them finds."""

import pytest

from joinedup.bench.alike import alike_pairs
from joinedup.feeds import Key
from shared.contracts.record import Address, Name, NameKind, Observation, ObservationKind, Record

HERE, BESIDE, FAR = (51.5, -0.3), (51.5003, -0.3005), (51.5009, -0.3)


def record(name: str, postcode: str = "", at: tuple[float, float] | None = None) -> Record:
    north, east = at or (None, None)
    return Record(
        names=(Name(kind=NameKind.trading, value=name),),
        address=Address(lines=("1 High Street",), postcode=postcode or None, latitude=north, longitude=east),
        observation=Observation(kind=ObservationKind.presence),
    )


def found(left: Record, right: Record, feeds: tuple[str, str] = ("food", "fire")) -> dict[tuple[str, str], str]:
    records: dict[str, tuple[Key, Record]] = {"b": ((feeds[0], "1"), left), "a": ((feeds[1], "1"), right)}
    return alike_pairs(records)


@pytest.mark.parametrize(
    ("left", "right", "way"),
    [
        (record("The Selsdon Park Hotel", "CR2 8YA"), record("De Vere Selsdon Park Ltd", "cr28ya"), "one postcode"),
        (record("Benugo", "EC2M 7QN"), record("Benugo, Andaz Hotel Terrace", "EC2M 7QN"), "one postcode"),
        (record("Nuchem Pharmacy", "N4 1AA"), record("Nuchem Pharmacey", "N4 3QQ"), "one postcode district"),
        (record("Superdrug", "SE1 6TB", HERE), record("Superdrug Stores", "SW1A 1AA", BESIDE), "within 40 metres"),
        (record("Smartodds Limited"), record("Smart Odds Ltd", "NW5 1TL"), "one name"),
        (record("Museum of Archaeology"), record("Museum of Archeology", "N1 7ED"), "no postcode"),
    ],
)
def test_each_way_finds_a_pair_and_says_which_it_was(left: Record, right: Record, way: str) -> None:
    assert found(left, right) == {("a", "b"): way}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (record("Chicken Shop", "CR2 8YA"), record("Dental Surgery", "CR2 8YA")),
        (record("Superdrug", "SE1 6TB", HERE), record("Superdrug Stores", "SW1A 1AA", FAR)),
        (record("Nuchem Pharmacy", "N4 1AA"), record("Nuchem Pharmacey", "W5 3QQ")),
    ],
)
def test_names_that_differ_and_names_alike_far_apart_are_not_found(left: Record, right: Record) -> None:
    assert found(left, right) == {}


def test_two_records_of_one_feed_are_no_pair() -> None:
    twin = record("Smartodds Limited", "NW5 1TL")
    assert found(twin, twin, ("food", "food")) == {}
    assert found(twin, twin) == {("a", "b"): "one postcode"}


def test_a_name_that_many_bear_tells_nothing_by_itself() -> None:
    bearers = [(f"r{i}", ((f"feed {i}", "1"), record("Salvation Army", f"N{i} 1AA"))) for i in range(1, 8)]
    assert alike_pairs(dict(bearers)) == {}
    assert len(alike_pairs(dict(bearers[:6]))) == 15
