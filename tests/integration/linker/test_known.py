"""Do you know this? What is answered under powers that open no view, and what that answer rests on."""

import re
import time
from typing import Any

import pytest

from shared.contracts.identifiers import business_id
from shared.contracts.record import Address, Name, Observation, ObservationKind, Person, Record
from shared.runtime.granted import Granted, read_granted
from shared.sharing import Partnership, load_partnership
from tests.integration.linker.test_api import Api, api, as_yaml
from tests.integration.linker.world import World, id_of, received, record, retracted, rules

__all__ = ["api"]  # the fixture

SHOP = "Zyzzo Fried Chicken"
JANE = {"name": "Jane Quux", "date_of_birth": "1980-02-03"}
HELD = Record(
    names=(Name(value=SHOP),),
    address=Address(lines=("12 The Broadway",), town="Southall", postcode="UB1 1AA"),
    phones=("+442079460018",),
    people=(Person(**JANE, role="owner"),),
    observation=Observation(kind=ObservationKind.concern, severity=4),
)
ABOUT_SHOP = {"names": [{"value": SHOP}], "address": {"lines": ["12 The Broadway"], "postcode": "UB1 1AA"}}
DESCRIBED = {"described": ABOUT_SHOP}
NEVER = {
    "described": {"names": [{"value": "Nobody's Noodles"}], "address": {"lines": ["1 Elsewhere"], "postcode": "W1 1AA"}}
}
PERSON = {"about": "person", "described": {"people": [JANE]}}
DOOR = {"about": "premises", "described": {"address": {"lines": ["12 The Broadway"], "postcode": "UB1 1AA"}}}


def power(id_: str, owner: str, grant: str, purpose: str = "compliance", conditions: str = "") -> str:
    return (
        f"  - {{id: {id_}, from: [{owner}], to: [fire], categories: [inspections], purposes: [{purpose}],\n"
        f"     grant: {grant}, {conditions} statute: An Act, section: '{id_}', starts: 2020-01-01, status: active,\n"
        f"     legal_review: {{by: lawyer, day: 2020-01-01}},\n"
        f"     signatures: [{{agency: {owner}, by: its head, day: 2020-01-01}}]}}\n"
    )


KNOWN = power("hit-or-not", "hmrc", "known, contact: desk@hmrc.example")
FIELDS = power("some", "council", "fields, field_groups: [identity, address]")
CASE = "conditions: [{kind: case_by_case, source: s1}, {kind: one_premises_only, source: s1}],"
CONDITIONAL = power("case", "hmrc", "fields, field_groups: [people]", conditions=CASE)
MET = [
    {"kind": "case_by_case", "stated": "Case F/17, 23 November"},
    {"kind": "one_premises_only", "stated": "12 The Broadway, Southall"},
]


async def under(world: World, api: Api, *powers: str, shares: tuple[tuple[str, str], ...] = ()) -> Partnership:
    text = rules(*shares)
    written = load_partnership((text if shares else text + "legal_gateways:\n") + "".join(powers))
    api.settings.partnership_file.write_text(as_yaml(written))
    await world.settle(written)
    return written


async def filled(world: World, api: Api, *powers: str) -> None:
    await under(world, api, *powers)
    await world.take(*(received(agency, "1", HELD) for agency in ("council", "hmrc")))
    await world.take(received("fire", "1", record(SHOP)), received("fire", "2", record("Quux Cars", 99)))


async def ask(api: Api, question: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What fire is answered, by agency."""
    answer = await api.post("/v1/known", question, "fire", **more)
    assert answer.status_code == 200, answer.text
    return {one["agency"]: one for one in answer.json()["answers"]}


@pytest.mark.parametrize("question", [DESCRIBED, PERSON, DOOR, {"business_id": business_id(id_of("fire", "1"))}])
async def test_a_known_grant_answers_hit_and_whom_to_speak_to_and_nothing_else(
    world: World, api: Api, question: dict[str, Any]
) -> None:
    await filled(world, api, KNOWN)
    assert await ask(api, question) == {
        "hmrc": {
            "agency": "hmrc",
            "category": "inspections",
            "level": "known",
            "hit": True,
            "contact": "desk@hmrc.example",
            "under": [{"legal_gateway": "hit-or-not", "statute": "An Act", "section": "hit-or-not"}],
            "no_onward_sharing": False,
            "records": [],
        }
    }


@pytest.mark.parametrize(
    "question",
    [
        NEVER,
        {"about": "person", "described": {"people": [JANE | {"date_of_birth": "1980-02-04"}]}},
        {"about": "premises", "described": {"address": {"lines": ["14 The Broadway"], "postcode": "UB1 1AA"}}},
        {"business_id": business_id(id_of("fire", "2"))},
    ],
)
async def test_of_what_it_does_not_hold_an_agency_answers_no_hit(
    world: World, api: Api, question: dict[str, Any]
) -> None:
    await filled(world, api, KNOWN, FIELDS)
    told = await ask(api, question)
    assert {agency: (one["hit"], one["records"]) for agency, one in told.items()} == {
        "council": (False, []),
        "hmrc": (False, []),
    }


async def test_a_fields_grant_hands_out_its_groups_beside_the_business_and_changes_no_view(
    world: World, api: Api
) -> None:
    await filled(world, api, FIELDS)
    (part,) = (await ask(api, DESCRIBED))["council"]["records"]
    assert part.pop("record_id") == id_of("council", "1")
    assert (part.pop("names")[0]["value"], part.pop("address")) == (SHOP, "12 The Broadway, Southall, UB1 1AA")
    assert {name for name, value in part.items() if value} == set()
    assert part.keys() <= {"company_number", "vat_number", "charity_number", "licence_numbers"}
    assert await world.groups("fire") == {frozenset({id_of("fire", "1")}), frozenset({id_of("fire", "2")})}


async def test_a_power_with_conditions_opens_one_disclosure_once_each_is_stated_to_be_met(
    world: World, api: Api
) -> None:
    await filled(world, api, CONDITIONAL)
    assert await ask(api, DESCRIBED) == {}
    assert await ask(api, DESCRIBED | {"met": MET[:1]}) == {}
    (part,) = (await ask(api, DESCRIBED | {"met": MET}))["hmrc"]["records"]
    assert [person["name"] for person in part["people"]] == ["Jane Quux"]
    assert part.keys() == {"record_id", "people"}
    assert await ask(api, DESCRIBED) == {}, "one single disclosure"


@pytest.mark.parametrize("kind", ["authorising_officer", "originator_consent"])
async def test_what_others_must_do_before_a_disclosure_is_not_taken_on_the_word_of_who_asks(
    world: World, api: Api, kind: str
) -> None:
    await filled(world, api, power("case", "hmrc", "full", conditions=f"conditions: [{{kind: {kind}, source: s1}}],"))
    answer = await api.post("/v1/known", DESCRIBED | {"met": [{"kind": kind, "stated": "He said yes."}]}, "fire")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.met.0.kind")


@pytest.mark.parametrize("question", [PERSON, {"described": {"company_number": "01234567"}}], ids=str)
async def test_one_premises_only_cannot_be_said_of_a_question_about_more(api: Api, question: dict[str, Any]) -> None:
    answer = await api.post("/v1/known", question | {"met": MET}, "fire")
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, ["body.met"])


async def test_the_audit_log_is_told_of_the_power_the_records_and_the_conditions(world: World, api: Api) -> None:
    await filled(world, api, CONDITIONAL, FIELDS)
    answer = await api.post("/v1/known", DESCRIBED | {"met": MET}, "fire")
    assert read_granted(answer.headers) == Granted(
        ("case", "some"),
        tuple(sorted(id_of(agency, "1") for agency in ("council", "hmrc"))),
        (
            "case_by_case: Case F/17, 23 November",
            "one_premises_only: 12 The Broadway, Southall",
        ),
    )


async def test_whom_no_power_lets_answer_cannot_be_told_from_who_holds_nothing(world: World, api: Api) -> None:
    """Byte for byte: hmrc may answer nothing, and holds the shop in one world and nothing in the other."""
    await under(world, api, FIELDS)
    await world.take(received("fire", "1", record(SHOP)))
    questions = [DESCRIBED, NEVER, PERSON, DOOR, DESCRIBED | {"met": MET}, {"about": "person"} | DOOR]
    questions += [{"business_id": business_id(id_of("fire", "1"))}, {"business_id": business_id(id_of("hmrc", "1"))}]

    async def told() -> list[tuple[Any, ...]]:
        answers = [await api.post("/v1/known", question, "fire") for question in questions]
        return [(answer.status_code, _without_trace(answer.text), sorted(answer.headers.items())) for answer in answers]

    before = await told()
    await world.take(received("hmrc", "1", HELD), *(received("hmrc", str(n), HELD) for n in range(2, 9)))
    assert await told() == before
    await world.take(retracted("hmrc", "1"))
    assert await told() == before


def _without_trace(text: str) -> str:
    return re.sub(r'"trace_id":"[^"]*"', "", text)


async def test_hits_and_misses_are_answered_in_the_same_steps_of_time(world: World, api: Api) -> None:
    await filled(world, api, KNOWN)
    for question in (DESCRIBED, NEVER, {"described": {}}):
        began = time.monotonic()
        await api.post("/v1/known", question, "fire")
        assert time.monotonic() - began > 0.24


async def test_what_is_seen_in_full_is_not_asked_for_again(world: World, api: Api) -> None:
    await under(world, api, KNOWN, FIELDS, shares=(("hmrc", "fire"), ("council", "fire")))
    await world.take(received("hmrc", "1", HELD))
    assert await ask(api, DESCRIBED) == {}


async def test_a_power_for_another_purpose_answers_those_who_act_for_it(world: World, api: Api) -> None:
    await filled(world, api, power("other", "hmrc", "known, contact: x", purpose="licensing"))
    assert await ask(api, DESCRIBED) == {}
    claims = {"claims": {"purpose": "licensing"}}
    assert (await ask(api, DESCRIBED, **claims))["hmrc"]["hit"]
    answer = await api.post("/v1/known", {"business_id": business_id(id_of("fire", "1"))}, "fire", **claims)
    assert answer.status_code == 403, "views are worked out for one purpose"


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"described": {}}, "body.described"),
        ({"about": "person", "described": {"people": [{"name": "Jane Quux"}]}}, "body.described"),
        ({"about": "premises", "described": {"names": [{"value": SHOP}]}}, "body.described"),
        ({}, "body"),
    ],
)
async def test_who_says_too_little_is_told_what_to_add(
    world: World, api: Api, question: dict[str, Any], field: str
) -> None:
    await filled(world, api, KNOWN)
    answer = await api.post("/v1/known", question, "fire")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)
    assert "Jane" not in answer.text
