from dataclasses import replace

import pytest

from services.linker.domain.block import block_keys
from services.linker.domain.model import Model, default_model
from services.linker.domain.normalise import normalise
from shared.contracts.record import Record
from tests.unit.linker.build import person, record

MODEL = default_model()


def meet(a: Record, b: Record, model: Model = MODEL) -> bool:
    return bool(set(block_keys(normalise(a), model)) & set(block_keys(normalise(b), model)))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (record("Spice Hut", "9 King Street", postcode="UB1 1LS"), record(None, "9 King St", postcode="UB1 1LS")),
        (record("Spice Hut", "9 King Street", town="Southall"), record(None, "9 Knig Street", town="Southall")),
        (record("Spice Hut", postcode="UB1 1LS"), record("Spice Hutt", postcode="UB1 1LS")),
        (record("Chicken Shop", "12 The Broadway"), record("The Chicken Shop", "The Broadway")),
        (record("Chicken Shop", "The Broadway", postcode="UB1 1LS"), record(None, "12 Broadway", postcode="UB1 1LS")),
        (record("Ariana Pharmacy", town="Greenford"), record("Ariana Pharmacy", "4 Oak Road", town="Greenford")),
        (record("Zyzzogeton Quux"), record("Quux Zyzzogeton Ltd", "4 Oak Road")),
        (record("A", phones=("07700 900123",)), record("B", phones=("+447700900123",))),
        (record("A", emails=("a@b.example",)), record("B", emails=("A@B.example",))),
        (record("A", company_number="1261512"), record("B", company_number="01261512")),
        (record("A", licence_numbers=("PL/1",)), record("B", licence_numbers=("pl1",))),
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


def test_a_hub_value_brings_nobody_together() -> None:
    a, b = record("Spice Hut", phones=("07700 900123",)), record("Vape Kingdom", phones=("07700 900123",))
    assert meet(a, b)
    assert not meet(a, b, replace(MODEL, hubs=frozenset({"phone:447700900123"})))


def test_keys_are_sorted_and_unique() -> None:
    keys = block_keys(normalise(record("Spice Hut", "9 King Street", postcode="UB1 1LS")), MODEL)
    assert list(keys) == sorted(set(keys))


def test_a_record_that_says_nothing_has_no_keys() -> None:
    assert block_keys(normalise(Record()), MODEL) == ()


def test_a_key_never_outgrows_the_index_of_a_store_and_still_tells_long_values_apart() -> None:
    page = "x1y2" * 4_000
    keys = [set(block_keys(normalise(Record(licence_numbers=(page + end,))), default_model())) for end in "aab"]
    assert keys[0] == keys[1]
    assert keys[0].isdisjoint(keys[2])
    assert max(map(len, keys[0])) < 300
