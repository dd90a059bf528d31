"""What is exported is what FollowTheMoney's own library takes, without a warning and without a loss."""

from followthemoney import model
from followthemoney.proxy import EntityProxy

from services.linker.domain.relate.follow_the_money import entities
from tests.unit.linker.build import named
from tests.unit.linker.relate.build import on, party, profile, who


def shop():
    return party(
        profile(
            "1",
            None,
            "12 The Broadway",
            postcode="UB1 1AA",
            names=named(legal="Golden Chicken Ltd", trading="Golden Chicken", former="Silver Chicken"),
            company_number="01234568",
            phones=("020 7946 0018",),
            emails=("boss@chickens.test",),
            sector="Takeaway",
            people=(
                who("Amir Khan", "Director", "1980-03-01", since=on("2020-01-01"), until=on("2024-01-01")),
                who("Broadway Estates Ltd", "landlord"),
            ),
        ),
        profile("2", "Golden Chicken", "12 The Broadway", postcode="UB1 1AA", severity=3),
    )


def test_every_entity_is_valid_and_nothing_that_was_said_is_lost():
    for entity in entities(shop()):
        schema = model.get(entity["schema"])
        proxy = EntityProxy.from_dict({**entity, "properties": entity["properties"]}, cleaned=False)
        assert schema.validate(entity) is None
        assert {name: sorted(proxy.get(name)) for name in entity["properties"]} == entity["properties"]
        assert set(schema.required) <= set(entity["properties"])


def test_the_business_is_a_company_with_its_names_numbers_and_address():
    business, *others = entities(shop())
    said = business["properties"]
    assert business["schema"] == "Company"
    assert said["registrationNumber"] == ["01234568"]
    assert said["previousName"] == ["Silver Chicken"]
    assert said["phone"] == ["+442079460018"]
    assert said["addressEntity"] == [others[0]["id"]]
    assert others[0]["properties"]["postalCode"] == ["UB1 1AA"]


def test_people_are_tied_to_it_in_their_roles_with_dates():
    found = {entity["schema"]: entity["properties"] for entity in entities(shop())}
    assert found["Directorship"]["startDate"] == ["2020-01-01"]
    assert found["Directorship"]["endDate"] == ["2024-01-01"]
    assert found["Person"] == {"name": ["Amir Khan"], "birthDate": ["1980-03-01"]}
    assert found["LegalEntity"] == {"name": ["Broadway Estates Ltd"]}
    assert found["UnknownLink"]["role"] == ["landlord"]


def test_one_person_with_a_birth_date_is_one_entity_in_two_businesses_and_a_namesake_is_not():
    def ids(born):
        shops = [party(profile(ref, ref, people=(who("Amir Khan", "owner", born),))) for ref in ("a", "b")]
        return [{e["id"] for e in entities(shop) if e["schema"] == "Person"} for shop in shops]

    same, also = ids("1980-03-01")
    one, other = ids(None)
    assert same == also
    assert one != other


def test_without_a_company_number_it_is_an_organization():
    assert entities(party(profile("1", "Nail Bar")))[0]["schema"] == "Organization"
