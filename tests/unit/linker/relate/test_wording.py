"""Values as an officer would write them."""

from datetime import date

from services.linker.domain.normalise import normalise
from services.linker.domain.relate.traits import traits
from services.linker.domain.relate.wording import as_written
from shared.contracts.record import Address, Name, Person, Record

SHOP = normalise(
    Record(
        names=(Name(value="Golden Wok"),),
        address=Address(lines=("12 The Broadway",), town="Southall", postcode="UB1 1AA"),
        phones=("020 8825 5000",),
        emails=("desk@example.org",),
        people=(Person(name="Khan, Amir", date_of_birth=date(1980, 2, 1)),),
    )
)


def test_what_many_share_is_told_as_a_record_has_it_and_not_as_it_is_compared() -> None:
    said = {trait.kind.value: as_written(trait, SHOP) for trait in traits(SHOP)}
    assert said["phone"] == "020 8825 5000"
    assert said["email"] == "desk@example.org"
    assert said["person"] == "Khan, Amir, born 1 February 1980"
    assert said["premises"] == "12 The Broadway, Southall, UB1 1AA"
