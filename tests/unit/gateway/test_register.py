"""Who acts as what on which day, and what no register may say."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from joserfc.jwk import ECKey
from pydantic import ValidationError

from services.gateway.domain.handover import CannotHandOver, handed_over
from services.gateway.domain.register import Register, found, load_register
from services.gateway.domain.standing import Standing, acts_in, of_claims, of_person, still_stands
from shared.contracts.roles import Role

EXAMPLE = Path(__file__).parents[3] / "deploy" / "register.example.yaml"
DAY = date(2026, 11, 22)
HOLIDAY = date(2026, 12, 28)
REGISTER = """\
issuers:
- id: town
  url: https://town.example
  audience: joinedup
  agencies: [fire, licensing]
  mappings:
  - {claim: realm.groups, value: /inspectors, post: inspectors, starts: 2026-01-01, ends: 2026-12-31}
  - {claim: role, value: clerk, post: clerks, starts: 2026-01-01}
posts:
- {id: inspectors, agency: fire, title: Inspectors, roles: [officer], purposes: [compliance]}
- {id: clerks, agency: licensing, title: Clerks, roles: [analyst], purposes: [licensing]}
- id: chief
  agency: fire
  title: Chief
  roles: [tasking_chair]
  purposes: [compliance, licensing]
  holders: [{person: ann, starts: 2026-01-01}, {person: bob, starts: 2026-06-01}]
  deputies: [{person: cy, starts: 2026-01-01, ends: 2026-12-31}]
people:
- {id: ann, agency: fire, starts: 2026-01-01, issuer: town, subject: a1}
- {id: bob, agency: fire, starts: 2026-01-01, ends: 2026-11-30, issuer: town, subject: b1}
- {id: cy, agency: fire, starts: 2026-01-01, issuer: town, subject: c1}
absences:
- {person: ann, starts: 2026-12-20, ends: 2027-01-03}
"""


@pytest.fixture
def register() -> Register:
    return load_register(REGISTER)


def standing(register: Register, subject: str, day: date = DAY, **claims: object) -> Standing | None:
    return of_claims({"sub": subject, **claims}, register.issuers[0], register, day)


def acting(register: Register, day: date) -> set[str]:
    chief = register.posts[2]
    return {person.id for person in register.people if acts_in(chief, person.id, register, day)}


@pytest.mark.parametrize(
    ("day", "who"),
    [
        (date(2026, 2, 1), {"ann"}),
        (DAY, {"ann", "bob"}),
        (date(2026, 12, 1), {"ann"}),
        (HOLIDAY, {"cy"}),
        (date(2027, 1, 1), set()),
        (date(2027, 1, 4), {"ann"}),
        (date(2025, 12, 31), set()),
    ],
    ids=["before bob", "both", "bob has left", "nobody else is there", "deputy's time is over", "back", "too early"],
)
def test_holders_act_while_they_are_there_and_deputies_when_none_is(register, day, who):
    assert acting(register, day) == who


def test_claims_are_mapped_to_posts_on_the_days_of_the_mapping(register):
    claims = {"realm": {"groups": ["/inspectors", "/other"]}}
    assert standing(register, "x", **claims) == Standing(
        "town:x", "fire", frozenset({Role.officer}), frozenset({"compliance"})
    )
    assert standing(register, "x", date(2027, 1, 1), **claims) is None
    assert standing(register, "x", realm={"groups": ["inspectors"]}) is None
    assert standing(register, "x", realm="/inspectors") is None


def test_a_person_of_the_register_has_their_posts_and_those_of_their_claims(register):
    found = standing(register, "a1", realm={"groups": ["/inspectors"]})
    assert found
    assert (found.subject, found.roles) == ("ann", {Role.officer, Role.tasking_chair})


def test_who_would_act_for_two_agencies_acts_for_none(register):
    assert standing(register, "x", realm={"groups": ["/inspectors"]}, role="clerk") is None
    assert standing(register, "c1", role="clerk") is None


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2025, 6, 1)], ids=["left", "not yet there"])
def test_the_issuer_cannot_vouch_for_somebody_who_has_left(register, day):
    assert standing(register, "b1", day, realm={"groups": ["/inspectors"]}) is None


def test_a_person_without_a_post_is_nobody(register):
    assert of_person(register.people[2], register, DAY) is None


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("agencies: [fire, licensing]", "agencies: [fire]", "may not vouch"),
        ("id: cy, agency: fire", "id: cy, agency: police", "no person of fire"),
        ("person: bob", "person: dan", "no person of fire"),
        ("id: bob", "id: ann", "twice"),
        ("issuer: town, subject: b1", "issuer: other, subject: b1", "may not vouch"),
        ("- {person: ann, starts: 2026-12-20", "- {person: zoe, starts: 2026-12-20", "not among the people"),
        ("roles: [officer]", "roles: [root]", "Input should be"),
        ("https://town.example", "http://town.example", "should match"),
        ("https://town.example", "http://localhost.town.example", "should match"),
        ("https://town.example", "http://localhost:80@town.example", "should match"),
        ("subject: b1", "subject: a1", "one subject"),
        ("issuer: town, subject: c1", 'secret: "$argon2id$"', "should match"),
    ],
)
def test_a_register_that_would_let_somebody_act_for_others_is_refused(was, now, said):
    assert was in REGISTER
    with pytest.raises(ValidationError, match=said):
        load_register(REGISTER.replace(was, now))


def test_two_issuers_at_one_address_are_refused():
    issuer = {"url": "https://town.example", "audience": "joinedup", "agencies": ["fire"]}
    with pytest.raises(ValidationError, match="one url"):
        load_register(yaml.safe_dump({"issuers": [issuer | {"id": "a"}, issuer | {"id": "b"}]}))


def test_a_private_key_in_the_register_is_refused():
    key = ECKey.generate_key("P-256").as_dict(private=True)
    client = {"id": "c", "agency": "fire", "starts": DAY, "purposes": ["compliance"], "keys": [key]}
    with pytest.raises(ValidationError, match="private key") as refused:
        load_register(yaml.safe_dump({"clients": [client]}))
    assert str(key["d"]) not in str(refused.value)


@pytest.mark.parametrize("key", [{}, {"kty": "EC", "crv": "P-256"}, {"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}])
def test_a_key_that_is_none_is_refused_before_anybody_needs_it(key):
    client = {"id": "c", "agency": "fire", "starts": DAY, "purposes": ["compliance"], "keys": [key]}
    with pytest.raises(ValidationError, match="no JSON Web Key"):
        load_register(yaml.safe_dump({"clients": [client]}))


def test_an_empty_register_has_nobody():
    assert load_register("") == Register()


def test_who_leaves_has_nothing_from_that_day_on_and_the_successor_has_everything(register):
    after = handed_over(register, "ann", "cy", DAY)
    next_day = date(2026, 11, 23)
    assert acting(after, DAY) == acting(register, DAY) == {"ann", "bob"}
    assert acting(after, next_day) == {"cy", "bob"}
    assert found(after.people, "ann", next_day) is None
    assert load_register(yaml.safe_dump(after.model_dump(mode="json", exclude_defaults=True))) == after


@pytest.mark.parametrize(
    ("leaver", "successor", "last_day"),
    [
        ("ann", "ann", DAY),
        ("ann", "nobody", DAY),
        ("nobody", "ann", DAY),
        ("ann", "bob", date(2026, 11, 30)),
        ("ann", "cy", date(2025, 1, 1)),
    ],
)
def test_posts_are_not_handed_to_who_is_not_there(register, leaver, successor, last_day):
    with pytest.raises(CannotHandOver):
        handed_over(register, leaver, successor, last_day)


def test_the_example_is_readable():
    assert {issuer.id for issuer in load_register(EXAMPLE.read_text()).issuers} == {"kerrow-keycloak"}


@pytest.mark.parametrize(
    ("subject", "agency", "day", "stands"),
    [
        ("ann", "fire", DAY, True),
        ("ann", "fire", HOLIDAY, False),
        ("bob", "fire", date(2026, 12, 1), False),
        ("ann", "licensing", DAY, False),
        ("gone", "fire", DAY, False),
        ("town:x1", "licensing", DAY, True),
        ("town:x1", "police", DAY, False),
    ],
)
def test_a_secret_address_is_good_while_its_maker_could_still_sign_in(register, subject, agency, day, stands):
    assert still_stands(subject, agency, register, day) is stands
