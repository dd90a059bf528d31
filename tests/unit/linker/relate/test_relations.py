"""What two businesses share is said in a sentence, with the records behind it."""

from dataclasses import replace

import pytest

from services.linker.domain.hubs import hub_values
from services.linker.domain.model import default_model
from services.linker.domain.relate.relations import relations
from shared.contracts.api.linker.relations import RelationType, Tenure
from tests.unit.linker.relate.build import on, only, party, profile, types, who

MOBILE = "07700 900123"
NAMES = [
    f"{first}{last} Trading" for first in ("Ash", "Birch", "Cedar", "Dale", "Elm") for last in "bcdfghklmnprstvwxz"
]


def test_two_takeaways_on_one_mobile_are_related_by_it():
    a = party(profile("1", "Golden Chicken", "12 The Broadway", postcode="UB1 1AA", phones=(MOBILE,)))
    b = party(profile("2", "Pizza Palace", "240 High Road", postcode="HA3 7BB", phones=("+44 7700 900123",)))
    found = only(relations(a, b))
    assert (found.type, found.values) == (RelationType.phone, ("07700 900123",))
    assert found.sentence == "Both give the telephone number 07700 900123."
    assert found.records == tuple(sorted(a.record_ids + b.record_ids))


def test_a_switchboard_relates_nobody():
    switchboard = replace(default_model(), hubs=frozenset({"phone:442088255000"}))
    a = party(profile("1", "Golden Chicken", phones=("020 8825 5000",)), model=switchboard)
    b = party(profile("2", "Pizza Palace", phones=("020 8825 5000",)), model=switchboard)
    assert relations(a, b) == []


def test_hubs_are_known_as_the_training_of_a_model_names_them_and_people_with_birth_dates_are_none():
    offices = [
        profile(str(n), name, "Unit 4, 12 The Broadway", postcode="UB1 1AA", phones=("020 8825 5000",),
                people=(who("Amir Khan", "secretary", "1980-03-01"),))
        for n, name in enumerate(NAMES)
    ]  # fmt: skip
    hubs = hub_values([office.mention for office in offices])
    assert {hub.partition(":")[0] for hub in hubs} >= {"phone", "person", "premises"}
    trained = replace(default_model(), hubs=hubs)
    assert types(party(offices[0], model=trained), party(offices[1], model=trained)) == ["person", "building"]


def test_nothing_shared_is_no_relation():
    a = party(profile("1", "Golden Chicken", "12 The Broadway", postcode="UB1 1AA", phones=(MOBILE,)))
    b = party(profile("2", "Golden Chicken", "14 The Broadway", postcode="UB1 1AA", phones=("07700 900124",)))
    assert relations(a, b) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"company_number": "01234568"}, "Both give the company number 01234568."),
        ({"charity_number": "1122334"}, "Both give the charity number 1122334."),
        ({"emails": ("boss@chickens.test",)}, "Both give the e-mail address boss@chickens.test."),
        ({"websites": ("https://www.chickens.test/x",)}, "Both give the e-mail or web domain chickens.test."),
    ],
)
def test_numbers_and_addresses_of_organisations_relate(fields, sentence):
    a, b = (party(profile(ref, name, **fields)) for ref, name in (("1", "Chicken One"), ("2", "Chicken Two")))
    assert only(relations(a, b)).sentence.startswith(sentence)


def test_free_mail_domains_relate_nobody():
    a = party(profile("1", "A", emails=("a@gmail.com",)))
    b = party(profile("2", "B", emails=("b@gmail.com",)))
    assert relations(a, b) == []


def test_a_person_with_a_birth_date_relates_across_roles_and_word_order():
    a = party(profile("1", "Golden Chicken", people=(who("Amir Khan", "owner", "1980-03-01"),)))
    b = party(profile("2", "Pizza Palace", people=(who("KHAN, Amir", "Director", "1980-03-01"),)))
    assert only(relations(a, b)).sentence == (
        "Amir Khan, born 1 March 1980, is named by both: owner of the one, director of the other."
    )


def test_one_name_alone_relates_nobody():
    a = party(profile("1", "Golden Chicken", people=(who("Mohammed Ali", "owner"),)))
    b = party(profile("2", "Pizza Palace", people=(who("Mohammed Ali", "owner"),)))
    assert relations(a, b) == []


def test_one_name_and_something_else_shared_relates_and_says_how_sure_it_is():
    a = party(profile("1", "Golden Chicken", phones=(MOBILE,), people=(who("Mohammed Ali", "owner"),)))
    b = party(profile("2", "Pizza Palace", phones=(MOBILE,), people=(who("Mohammed Ali", "owner", "1980-03-01"),)))
    person, phone = relations(a, b)
    assert (person.type, phone.type) == (RelationType.person, RelationType.phone)
    assert "No birth date confirms" in person.sentence


def test_one_name_with_two_birth_dates_is_two_people():
    a = party(profile("1", "Golden Chicken", phones=(MOBILE,), people=(who("Mo Ali", "owner", "1980-03-01"),)))
    b = party(profile("2", "Pizza Palace", phones=(MOBILE,), people=(who("Mo Ali", "owner", "1991-07-09"),)))
    assert types(a, b) == ["phone"]


def test_six_properties_of_one_landlord_are_related_by_him():
    landlord = who("Broadway Estates Ltd", "Landlord")
    streets = ("Shenley Road", "Theobald Street", "Allum Lane", "Manor Way", "Furzehill Road", "Drayton Road")
    six = [
        party(profile(str(n), f"Shop {n}", f"{n} {street}", postcode="WD6 1AA", people=(landlord,)))
        for n, street in enumerate(streets, start=1)
    ]
    found = [only(relations(six[0], other)) for other in six[1:]]
    assert {relation.type for relation in found} == {RelationType.landlord}
    assert found[0].sentence == (
        "Both have Broadway Estates Ltd as landlord or agent, by the name alone, in one postcode area."
    )


def test_a_landlord_by_name_alone_does_not_reach_into_another_part_of_the_country():
    landlord = who("John Smith", "landlord")
    a = party(profile("1", "Shop", "1 Shenley Road", postcode="WD6 1AA", people=(landlord,)))
    b = party(profile("2", "Shop", "1 Market Street", postcode="M1 1AA", people=(landlord,)))
    assert relations(a, b) == []


def test_a_landlord_with_a_birth_date_is_said_once():
    a = party(profile("1", "One", people=(who("John Smith", "landlord", "1950-05-05"),)))
    b = party(profile("2", "Two", people=(who("John Smith", "Freeholder", "1950-05-05"),)))
    assert types(a, b) == ["landlord"]


SHOP = ("Shop 2, 12 The Broadway",)


def at_the_shop(ref, name, **fields):
    return profile(ref, name, *SHOP, postcode="UB1 1AA", **fields)


def test_occupiers_one_after_the_other_are_successive():
    a = party(
        at_the_shop("1", "Golden Chicken", seen="2023-02-01"),
        at_the_shop("2", "Golden Chicken", seen="2025-05-03", closed=True),
    )
    b = party(at_the_shop("3", "Pizza Palace", seen="2025-06-12"))
    found = only(relations(a, b))
    assert found.tenure is Tenure.successive
    assert found.sentence == (
        "Both are at Shop 2, 12 The Broadway, UB1 1AA. One after the other: Golden Chicken, last seen on 3 May 2025, "
        "is recorded as closed; Pizza Palace was there from 12 June 2025."
    )
    assert relations(b, a)[0].sentence == found.sentence


def test_occupiers_at_the_same_time_are_overlapping():
    a = party(at_the_shop("1", "Golden Chicken", seen="2023-02-01"), at_the_shop("2", "Golden Chicken"))
    b = party(at_the_shop("3", "Nail Bar", seen="2025-06-12"))
    found = only(relations(a, b))
    assert found.tenure is Tenure.overlapping
    assert "from 1 February 2023 to 10 January 2026 at least" in found.sentence


def test_an_occupier_that_was_seen_once_was_there_on_a_day():
    a = party(at_the_shop("1", "Golden Chicken", seen="2025-06-12"))
    b = party(at_the_shop("3", "Nail Bar", seen="2025-06-12"))
    assert "was there on 12 June 2025, " in only(relations(a, b)).sentence


def test_a_business_that_is_not_seen_any_more_is_not_thereby_closed():
    a = party(at_the_shop("1", "Golden Chicken", seen="2023-02-01"))
    b = party(at_the_shop("3", "Pizza Palace", seen="2025-06-12"))
    found = only(relations(a, b))
    assert found.tenure is Tenure.unclear
    assert "no record says whether Golden Chicken had closed" in found.sentence


def test_a_record_of_it_open_after_it_was_closed_reopens_it():
    a = party(
        at_the_shop("1", "Golden Chicken", seen="2025-05-03", closed=True),
        at_the_shop("2", "Golden Chicken", seen="2025-05-20", trading=True),
    )
    b = party(at_the_shop("3", "Pizza Palace", seen="2025-06-12"))
    assert only(relations(a, b)).tenure is Tenure.unclear


def test_since_when_someone_is_there_counts_and_since_when_he_directs_the_company_does_not():
    closed = at_the_shop("1", "Golden Chicken", seen="2025-05-03", closed=True)
    licensee = at_the_shop("2", "Pizza Palace", people=(who("A B", "licence holder", since=on("2025-06-01")),))
    director = at_the_shop("2", "Pizza Palace", people=(who("A B", "director", since=on("2019-06-01")),))
    assert "from 1 June 2025" in only(relations(party(closed), party(licensee))).sentence
    assert "from 10 January 2026" in only(relations(party(closed), party(director))).sentence


def test_two_units_of_one_building_are_neighbours_and_no_more():
    a = party(profile("1", "Golden Chicken", "Unit 1, 12 The Broadway", postcode="UB1 1AA"))
    b = party(profile("2", "Pizza Palace", "Unit 2, 12 The Broadway", postcode="UB1 1AA"))
    found = only(relations(a, b))
    assert found.type is RelationType.building
    assert found.sentence.endswith("are in one building, and not at the same unit.")


def test_one_property_by_its_uprn_however_it_is_written():
    a = party(profile("1", "Golden Chicken", "12 The Broadway", postcode="UB1 1AA", uprn="100021"))
    b = party(profile("2", "Pizza Palace", "Ground floor, Broadway House", uprn="000100021"))
    assert types(a, b) == ["premises"]


def test_a_business_is_not_related_to_itself():
    a = party(profile("1", "Golden Chicken", phones=(MOBILE,)))
    assert relations(a, a) == []
