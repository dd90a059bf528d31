import pytest

from services.linker.domain.normalise import normalise
from services.linker.domain.relate.traits import TraitKind, trait_key, trait_keys, traits
from shared.contracts.record import Person, Record
from tests.unit.linker.build import person, record

AT_HOME = {"town": "Southall", "postcode": "UB1 1LS"}
OWNED = record("Spice Hut", "Flat 2, 9-11 King Street", people=(person("Aisha Khan", "1980-02-01"),), **AT_HOME)
LET = record("Spice Hut", "Spice House", people=(Person(name="Khan Lettings Ltd", role="landlord"),), **AT_HOME)
REACHED = record("Spice Hut", phones=("+442079460958",), emails=("a@spicehut.example",), company_number="08765432")
IN_TOWN = record(None, "9 King Street", uprn="100021", town="Southall")


@pytest.mark.parametrize("said", [OWNED, LET, REACHED, IN_TOWN, Record()])
def test_keys_are_those_of_the_traits(said: Record) -> None:
    mention = normalise(said)
    assert trait_keys(mention) == {trait_key(trait) for trait in traits(mention)}


@pytest.mark.parametrize(
    ("said", "given"),
    [
        (
            OWNED,
            [
                (TraitKind.building, "UB11LS:11"),
                (TraitKind.building, "UB11LS:9"),
                (TraitKind.person, "aisha khan|1980-02-01"),
                (TraitKind.premises, "UB11LS:11:2"),
                (TraitKind.premises, "UB11LS:9:2"),
            ],
        ),
        (
            LET,
            [
                (TraitKind.building, "UB11LS:spice-house"),
                (TraitKind.landlord, "khan lettings@UB"),
                (TraitKind.premises, "UB11LS:spice-house:"),
            ],
        ),
        (
            REACHED,
            [
                (TraitKind.company_number, "08765432"),
                (TraitKind.domain, "spicehut.example"),
                (TraitKind.email, "a@spicehut.example"),
                (TraitKind.phone, "442079460958"),
            ],
        ),
        (
            IN_TOWN,
            [
                (TraitKind.building, "king:southall:9"),
                (TraitKind.premises, "king:southall:9:"),
                (TraitKind.premises, "uprn:100021"),
            ],
        ),
        (Record(), []),
    ],
)
def test_what_a_record_gives_that_another_may_share(said: Record, given: list[tuple[TraitKind, str]]) -> None:
    assert list(traits(normalise(said))) == given
