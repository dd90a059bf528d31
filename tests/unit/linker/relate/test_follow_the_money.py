"""What is exported is what FollowTheMoney's schema says: a copy of it, since its library needs a C++ compiler."""

import json
import re
from pathlib import Path

from services.linker.domain.relate.follow_the_money import entities
from tests.unit.linker.build import named
from tests.unit.linker.relate.build import on, party, profile, who

SCHEMATA = json.loads(Path(__file__).with_name("follow_the_money.schema.json").read_text(encoding="utf-8"))["schemata"]
FORMS = {
    "date": re.compile(r"\d{4}(-\d{2}(-\d{2})?)?"),
    "phone": re.compile(r"\+\d{7,15}"),
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "url": re.compile(r"https?://[^\s]+/"),
    "country": re.compile(r"[a-z]{2}"),
}


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
            websites=("www.golden-chicken.test/menu",),
            sector="Takeaway",
            people=(
                who("Amir Khan", "Director", "1980-03-01", since=on("2020-01-01"), until=on("2024-01-01")),
                who("Broadway Estates Ltd", "landlord"),
            ),
        ),
        profile("2", "Golden Chicken", "12 The Broadway", postcode="UB1 1AA", severity=3),
    )


def test_every_entity_is_what_the_schema_says_and_refers_to_one_that_is_there():
    exported = entities(shop())
    schema_of = {entity["id"]: entity["schema"] for entity in exported}
    for entity in exported:
        schema = SCHEMATA[entity["schema"]]
        assert set(schema["required"]) <= set(entity["properties"])
        for name, values in entity["properties"].items():
            kind, _, wanted = schema["properties"][name].partition(":")
            assert values
            assert values == sorted(set(values))
            if kind == "entity":
                assert all(wanted in SCHEMATA[schema_of[value]]["is"] for value in values)
            elif kind in FORMS:
                assert all(FORMS[kind].fullmatch(value) for value in values), (name, values)


def test_the_business_is_a_company_with_its_names_numbers_and_address():
    business, *others = entities(shop())
    said = business["properties"]
    assert said["website"] == ["http://golden-chicken.test/"], "behind the domain of an e-mail address may be no page"
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
