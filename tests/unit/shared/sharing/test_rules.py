"""The partnership file: a fault in it is refused, with the place and the remedy."""

import pytest
import yaml

from shared.contracts.record import Record
from shared.sharing import RulesUnreadable, load_partnership
from shared.sharing.words import field_groups, fields_of
from tests.unit.shared.sharing.build import file, power, rules, signed

MEMORANDUM = {
    "id": "mou",
    "title": "MoU",
    "parties": ["fire", "food"],
    "why": "To find them.",
    "how": "In the service.",
    "what_for": ["compliance"],
}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("agencies: [", "partnership"),
        ("", "partnership"),
        ("[]", "partnership"),
        ("id: x\ntitle: X\nagencies: []\ncategories: [a]\nstream_purpose: s", "agencies"),
        ("id: X Y\ntitle: X\nagencies: [{id: a, title: A}]\ncategories: [a]\nstream_purpose: s", "id"),
        ("id: x\ntitle: X\nagencies: [{id: a, title: A}]\ncategories: [a]\nstream_purpose: s\nextra: 1", "extra"),
    ],
)
def test_a_faulty_file_is_refused_and_says_where(text, field):
    with pytest.raises(RulesUnreadable) as refused:
        load_partnership(text)
    assert any(error.field.startswith(field) and error.remedy for error in refused.value.errors)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"from": ["nobody"]}, "not in the partnership"),
        ({"to": ["nobody"]}, "not in the partnership"),
        ({"categories": ["nothing"]}, "does not list"),
        ({"purposes": []}, "at least 1"),
        ({"signatures": signed("nobody")}, "signed by an agency"),
        ({"grant": "fields", "field_groups": []}, "name field_groups"),
        ({"grant": "full", "field_groups": ["people"]}, "nowhere else"),
        ({"grant": "fields", "field_groups": ["shoe-size"]}, "field_groups are among"),
        ({"grant": "known", "contact": None}, "names a contact"),
        ({"conditions": [{"kind": "good_mood", "source": "none"}]}, "case_by_case"),
        ({"conditions": [{"kind": "case_by_case", "source": ""}]}, "at least 1"),
        ({"catalogue": "magna-carta"}, "the catalogue has not"),
        ({"catalogue": "data-protection-2018-schedule-2-paragraph-2"}, "no power to share"),
        ({"catalogue": "revenue-and-customs-2005-s18"}, "no power to share"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_gateway_that_does_not_fit_the_partnership_or_the_law_is_refused(fault, says):
    with pytest.raises(RulesUnreadable, match=says):
        load_partnership(yaml.safe_dump(file(power(**fault))))


def test_a_gateway_may_name_a_class_that_no_agency_of_the_partnership_carries():
    assert rules(power(to=["probation-provider"], catalogue="crime-and-disorder-1998-s115"))


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"categories": ["decisions"]}, "leave it out"),
        ({"agencies": [{"id": "police-force", "title": "P"}]}, "call it by its own name"),
        ({"agencies": [{"id": "fire", "title": "F", "classes": ["guild"]}]}, "a class that there is not"),
        ({"agencies": [{"id": "fire", "title": "F"}, {"id": "fire", "title": "G"}]}, "stands there twice"),
        ({"agencies": [{"id": "fire", "title": "F"}, {"id": "food", "title": "G", "feeds": ["fire"]}]}, "there twice"),
        ({"legal_gateways": [power(), power()]}, "stands there twice"),
        ({"memoranda": [MEMORANDUM, MEMORANDUM]}, "stands there twice"),
        ({"memoranda": [MEMORANDUM | {"parties": ["fire", "nobody"]}]}, "not in the partnership"),
        ({"memoranda": [MEMORANDUM | {"signatures": signed("nobody")}]}, "signed by an agency"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_partnership_that_contradicts_itself_is_refused(fault, says):
    with pytest.raises(RulesUnreadable, match=says):
        load_partnership(yaml.safe_dump(file(**fault)))


def test_an_id_of_a_feed_belongs_to_the_agency_with_the_longest_beginning_of_it():
    names = {"fire": [], "fire-london": ["kerrow"], "food": ["fire-london-kitchens"]}
    agencies = [{"id": id_, "title": id_, "feeds": feeds} for id_, feeds in names.items()]
    owner = load_partnership(yaml.safe_dump(file() | {"agencies": agencies, "legal_gateways": []})).feed_owner
    owners = {
        "fire": "fire",
        "fire-audits": "fire",
        "fire-london-audits": "fire-london",
        "kerrow-audits": "fire-london",
        "fire-london-kitchens": "food",
        "firefly": None,
        "audits": None,
    }
    assert {feed: owner(feed) for feed in owners} == owners


def test_the_groups_of_fields_hold_every_field_of_the_record_once():
    assert sorted(fields_of(field_groups())) == sorted(Record.model_fields)
