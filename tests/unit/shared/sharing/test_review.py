"""What an information-governance officer is told about a file: all that it allows, and what to look at."""

from datetime import date

from hypothesis import given, settings

from shared.sharing import Level, Partnership, catalogue
from shared.sharing.catalogue import draft
from shared.sharing.review import matrix, purposes, warnings
from tests.unit.shared.sharing import build
from tests.unit.shared.sharing.build import AGENCIES, DAY, condition, granted, power, rules, under

S115 = "crime-and-disorder-1998-s115"
LAWFUL = {"from": ["fire"], "to": ["police"], "purposes": ["crime-and-disorder"], "catalogue": S115}


def look_at(*powers: dict, day: date = DAY, **changed: object) -> list[str]:
    return list(warnings(rules(*powers, **changed), day, catalogue()))


def test_what_is_in_order_wants_no_looking_at():
    assert look_at(power(**LAWFUL, ends="2030-01-01", review_on="2029-01-01"), power(id="b", ends=None)) == []


def test_what_ends_or_is_to_be_reviewed_within_ninety_days_is_named():
    ends = power(ends="2027-02-20", review_on="2027-02-20")
    assert look_at(ends) == [
        "power: ends on 2027-02-20; what flows under it stops the day after.",
        "power: its review is due on 2027-02-20.",
    ]
    assert look_at(ends, day=date(2026, 11, 21)) == []
    assert look_at(ends, day=date(2027, 2, 21)) == [
        "power: ended on 2027-02-20 and is not marked as expired.",
        "power: its review was due on 2027-02-20.",
    ]
    assert look_at(ends | {"status": "expired"}, day=date(2027, 2, 21)) == []


def test_an_agency_that_names_nobody_who_helps_is_named():
    agencies = [{"id": one, "title": one} for one in AGENCIES]
    assert [sentence.partition(":")[0] for sentence in look_at(agencies=agencies)] == list(AGENCIES)


def test_a_gateway_against_the_direction_of_its_statute_is_named_with_the_pair():
    assert look_at(power(**LAWFUL | {"to": ["police", "food", "fire"], "from": ["police", "fire"]}, ends=None)) == [
        "power: the catalogue's entry does not run from police to fire."
    ]


def test_a_gateway_that_leaves_out_a_condition_or_adds_a_purpose_is_named():
    slavery = {"catalogue": "modern-slavery-2015-s52", "from": ["police"], "to": ["home-office"], "ends": None}
    assert look_at(power(**slavery)) == [
        "power: leaves out what the catalogue's entry asks for: case by case.",
        "power: is for compliance, which is no purpose of the catalogue's entry.",
    ]
    assert look_at(power(**slavery, conditions=[condition("case_by_case")], purposes=["modern-slavery"])) == []


def test_a_gateway_of_no_entry_is_held_against_the_laws_that_restrict_its_owners():
    agencies = [
        {"id": "food", "title": "Food", "classes": ["trading-standards"], "information_governance": "x"},
        {"id": "fire", "title": "Fire", "information_governance": "x"},
    ]
    signed = build.signed("food")
    assert look_at(power(signatures=signed, ends=None), agencies=agencies) == [
        "power: the Enterprise Act 2002, section 237, with the offence in section 245, restricts food; "
        "see that this power lifts it."
    ]
    assert look_at(power(**{"from": ["fire"], "to": ["food"]}, signatures=signed, ends=None), agencies=agencies) == []


ENFORCING = {
    "agencies": ["food"], "categories": ["hygiene"], "purposes": ["crime"], "source": "section 30",
    "starts": "2026-01-01", "review_on": "2026-12-01",
}  # fmt: skip


def test_rules_of_processing_that_no_lawyer_saw_or_that_are_due_are_named():
    kept = {"category": "hygiene", "longest_days": 90, "source": "s", "starts": "2026-01-01", "review_on": "2028-01-01"}
    seen = kept | {"legal_review": {"by": "a lawyer", "day": "2026-01-01"}}
    over = kept | {"ends": "2026-02-01", "review_on": "2026-01-15"}
    assert look_at(retention=[kept, seen, over], law_enforcement=[ENFORCING]) == [
        "retention of hygiene: legal review needed.",
        "law enforcement, food, hygiene: legal review needed.",
        "law enforcement, food, hygiene: its review is due on 2026-12-01.",
    ]


def test_what_part_3_keeps_from_a_purpose_is_not_on_request_either():
    asking = power(conditions=[condition("case_by_case")])
    for enforcing, expected in (([], ("power",)), ([ENFORCING], ())):
        lines = matrix(rules(asking, law_enforcement=enforcing), "compliance", DAY)
        (line,) = [
            one for one in lines if one.owner == "food" and "fire" in one.viewers and "hygiene" in one.categories
        ]
        assert tuple(one.id for one in line.outcome.on_request) == expected
    said = [one for one in look_at(asking, law_enforcement=[ENFORCING]) if one.startswith("power: for")]
    assert [one.partition(", held")[0] for one in said] == ["power: for compliance it gives nothing of food's hygiene"]


def test_a_memorandum_that_is_due_or_lacks_a_signature_is_named():
    memorandum = {
        "id": "mou", "title": "MoU", "parties": ["fire", "food"], "why": "y", "how": "h", "what_for": ["compliance"],
        "review_on": "2026-11-22", "signatures": build.signed("food"),
    }  # fmt: skip
    assert look_at(memoranda=[memorandum]) == ["mou: its review was due on 2026-11-22.", "mou: is not signed by fire."]


def test_the_purposes_are_those_of_the_streams_and_of_every_gateway():
    assert purposes(rules(power(purposes=["tasking", "appeal"]))) == ("compliance", "appeal", "tasking")


@settings(deadline=None, max_examples=100)
@given(build.powers())
def test_the_matrix_holds_every_pair_and_category_once_and_says_what_the_decision_says(found):
    made = rules(*found)
    seen = set()
    for line in matrix(made, "compliance", DAY):
        for viewer in line.viewers:
            for category in line.categories:
                assert (line.owner, viewer, category) not in seen
                seen.add((line.owner, viewer, category))
                assert line.outcome.grant == granted(made, viewer, "compliance", line.owner, category)
                for gateway in line.outcome.on_request:
                    asked = granted(made, viewer, "compliance", line.owner, category, DAY, gateway.asks_first)
                    assert asked.reach >= {"known", *gateway.field_groups}
                    assert gateway.asks_first
    assert len(seen) == len(AGENCIES) * (len(AGENCIES) - 1) * len(made.every_category)


def test_a_draft_of_an_entry_has_its_conditions_and_is_not_in_force():
    made = draft(
        catalogue()["uk-borders-2007-s40"],
        **{"id": "s40", "from": ["fire"], "to": ["food"], "categories": ["hygiene"]},
        starts=DAY,
        grant=Level.full,
    )
    assert {one.kind for one in made.conditions} == {"case_by_case", "authorising_officer", "no_onward_sharing"}
    assert (made.purposes, made.catalogue, made.signatures) == (("immigration-control",), "uk-borders-2007-s40", ())
    with_it = Partnership.model_validate(build.file(made.model_dump(mode="json", by_alias=True)))
    everything = frozenset(one.kind for one in made.conditions)
    assert under(granted(with_it, "food", "immigration-control", "fire", met=everything)) == ()
