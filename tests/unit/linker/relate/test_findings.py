"""Patterns: what makes one, what does not, and that each says its records, its dates and its reasons."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from services.linker.domain.model import default_model
from services.linker.domain.relate.findings import among, in_one
from services.linker.domain.relate.party import Party
from services.linker.domain.relate.patterns.found import Finding
from services.linker.domain.relate.rules import default_rules, load_rules
from shared.contracts.events.linker import FindingType
from shared.contracts.identifiers import record_id
from tests.unit.linker.relate.build import TODAY, on, party, profile, who

RULES = default_rules()
MOBILE, MAIL = "07700 900123", "agent@accounts.test"
KHAN = who("Amir Khan", "owner", "1980-03-01")


def found_in(*parties: Party, as_of: date = TODAY) -> list[Finding]:
    """Every finding among these businesses, through whatever they share."""
    found = {f.finding_id: f for p in parties for f in in_one(p, RULES, default_model())}
    for trait in sorted({trait for p in parties for trait in p.traits}):
        holders = sorted((p for p in parties if trait in p.traits), key=lambda p: p.business_id)
        found |= {f.finding_id: f for f in among(trait, holders, RULES, as_of)}
    return sorted(found.values(), key=lambda f: (f.type, f.since, f.finding_id))


def types(*parties: Party, as_of: date = TODAY) -> list[str]:
    return [found.type.value for found in found_in(*parties, as_of=as_of)]


def at(ref: str, name: str, **fields: object) -> Party:
    return party(shop(ref, name, **fields))


def shop(ref: str, name: str, **fields: object):
    return profile(ref, name, "12 The Broadway", postcode="UB1 1AA", **fields)


def test_concerns_in_two_regimes_are_found_with_the_day_of_the_second():
    both = party(
        shop("1", "Golden Chicken", severity=3, seen="2025-05-01"),
        shop("2", "Golden Chicken", severity=2, seen="2025-11-01", regime="fire_safety"),
    )
    (found,) = found_in(both)
    assert (found.type, found.since) == (FindingType.multi_regime, on("2025-11-01"))
    assert found.sentence == "Golden Chicken has live concerns in 2 regimes: fire safety and food hygiene."
    assert found.records == both.record_ids


def test_two_concerns_in_one_regime_are_not_several_regimes():
    assert types(party(shop("1", "A", severity=3), shop("2", "A", severity=4))) == []


def closed(ref: str = "1", name: str = "Spice Hut Ltd", seen: str = "2025-03-01", **fields: object):
    return profile(ref, name, "9 High Road", postcode="HA3 7BB", seen=seen, closed=True, **fields)


def reborn(ref: str = "2", name: str = "Curry Corner Ltd", seen: str = "2025-06-01", **fields: object):
    return profile(ref, name, "240 Station Road", postcode="UB2 4XX", seen=seen, **fields)


def test_a_phoenix_is_found_by_person_and_trade_wherever_it_rises():
    old = party(closed(people=(KHAN,), sector="Takeaway/sandwich shop"))
    new = party(reborn(people=(who("KHAN Amir", "director", "1980-03-01"),), sector="Takeaway"))
    (found,) = found_in(old, new)
    assert (found.type, found.since) == (FindingType.phoenix, on("2025-06-01"))
    assert found.sentence == (
        "Spice Hut Ltd, last seen on 1 March 2025, is recorded as closed; Curry Corner Ltd, first seen on 1 June 2025, "
        "has the same person and the same trade."
    )
    assert found.records == tuple(sorted(old.record_ids + new.record_ids))
    assert "Shared: Amir Khan, born 1 March 1980." in found.reasons


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (closed(people=(KHAN,)), reborn(people=(KHAN,))),  # one fact
        (closed(sector="Takeaway"), reborn(sector="Takeaway")),  # nobody and nothing leads from one to the other
        (closed(people=(KHAN,), sector="Shop"), reborn(people=(KHAN,), sector="Other shops")),  # no trade
        (closed(people=(KHAN,), sector="Takeaway"), reborn(people=(KHAN,), sector="Takeaway", seen="2028-12-01")),
        (closed(people=(KHAN,), sector="Takeaway"), reborn(people=(KHAN,), sector="Takeaway", seen="2024-01-01")),
        (closed(phones=(MOBILE,), emails=(MAIL,)), reborn(phones=(MOBILE,), emails=(MAIL,))),
        (closed(phones=(MOBILE,), sector="Takeaway"), reborn(phones=(MOBILE,), sector="Takeaway")),
        (closed(people=(who("Amir Khan"),), sector="Takeaway"), reborn(people=(who("Amir Khan"),), sector="Takeaway")),
    ],
    ids=[
        "one fact",
        "trade alone",
        "no real trade",
        "years later",
        "long before",
        "an agent",
        "one mobile, one trade",
        "name without birth date",
    ],
)
def test_what_is_no_phoenix(old, new):
    assert types(party(old), party(new)) == []


def test_a_person_by_name_alone_counts_where_the_premises_are_the_same():
    old = party(shop("1", "Otter Alehouse", seen="2025-03-01", closed=True, people=(who("William Tregenza"),)))
    new = party(shop("2", "Miner's Club", seen="2025-06-01", people=(who("W Tregenza", "owner", "1970-01-01"),)))
    assert "phoenix" in types(old, new)
    other = party(shop("2", "Miner's Club", seen="2025-06-01", people=(who("Mary Tregenza"),)))
    assert "phoenix" not in types(old, other)


def test_company_numbers_that_a_slip_tells_apart_are_no_phoenix():
    fields = {"people": (KHAN,), "phones": (MOBILE,)}
    one = party(
        closed("1", "Railway Inn", company_number="01234568", **fields),
        closed("2", "Railway Inn", seen="2025-04-01", company_number="01234658", **fields),
    )
    assert types(one) == []


def test_without_a_person_a_phoenix_takes_three_facts():
    fields = {"phones": (MOBILE,), "emails": (MAIL,), "sector": "Takeaway"}
    old = party(closed(name="Spice Hut Ltd", **fields))
    (found,) = found_in(old, party(reborn(name="Spice Hut", **fields)))
    assert found.sentence.endswith("has the same telephone number or e-mail address, the same trade and the same name.")


def test_a_business_that_did_not_close_has_no_phoenix():
    old = party(closed(people=(KHAN,), phones=("07700 900123",)), shop("3", "x", trading=True, seen="2025-04-01"))
    new = party(reborn(people=(KHAN,), phones=("07700 900123",)))
    assert types(old, new) == []


def test_a_phoenix_at_the_old_premises_is_found_inside_one_business():
    one = party(
        closed("1", "Spice Hut Ltd", company_number="01234568", people=(KHAN,)),
        profile("2", "Spice Hut", "9 High Road", postcode="HA3 7BB", seen="2025-04-01", company_number="07654321",
                people=(KHAN,)),
    )  # fmt: skip
    (found,) = found_in(one)
    assert found.type is FindingType.phoenix
    assert found.business_ids == (one.business_id,)
    assert "(company 01234568), last seen on 1 March 2025, is recorded as closed" in found.sentence


def occupiers() -> list[Party]:
    """Two that were found in breach at one door, and closed."""
    first = party(
        shop("1", "Golden Chicken", severity=3, seen="2023-02-01"),
        shop("2", "Golden Chicken", severity=2, seen="2023-09-01", regime="fire_safety"),
        shop("3", "Golden Chicken", closed=True, seen="2024-01-10"),
    )
    second = party(
        shop("4", "Pizza Palace", severity=4, seen="2024-06-01"),
        shop("5", "Pizza Palace", closed=True, seen="2025-02-01"),
    )
    return [first, second]


def test_premises_with_repeated_breaches_under_different_occupiers_are_tainted():
    (found,) = [f for f in found_in(*occupiers()) if f.type is FindingType.tainted_building]
    assert found.sentence == (
        "3 breaches under 2 occupiers of 12 The Broadway, UB1 1AA in 5 years: Golden Chicken and Pizza Palace."
    )
    assert found.since == on("2024-06-01")
    assert found.records == tuple(sorted(record_id("feed", ref) for ref in "124"))
    assert found.reasons[0] == "Food hygiene, severity 3 of 4: Golden Chicken, 1 February 2023."


def test_a_new_occupier_of_a_tainted_building_alerts():
    newcomer = at("6", "Nail Bar", seen="2026-03-01")
    (found,) = [f for f in found_in(*occupiers(), newcomer) if f.type is FindingType.new_occupier]
    assert found.since == on("2026-03-01")
    assert found.sentence.startswith("Nail Bar was first seen on 1 March 2026 at 12 The Broadway, UB1 1AA")
    assert newcomer.business_id in found.business_ids


def test_an_occupier_that_was_there_before_is_not_new():
    neighbour = party(shop("6", "Nail Bar", seen="2022-03-01"), shop("7", "Nail Bar"))
    assert "new_occupier" not in types(*occupiers(), neighbour)


@pytest.mark.parametrize(
    "others",
    [
        [party(shop("1", "Golden Chicken", severity=3), shop("2", "Golden Chicken", severity=3, seen="2025-01-01"))],
        [at("1", "Golden Chicken", severity=3), at("2", "Pizza Palace", severity=3)],
        [at("1", "A", severity=3), at("2", "B", severity=3), at("3", "C", severity=1)],
    ],
    ids=["one occupier", "two breaches", "a slight one"],
)
def test_what_is_no_tainted_building(others):
    assert "tainted_building" not in types(*others)


def test_a_retail_park_is_no_premises_and_its_unit_is():
    def there(ref, name, line):
        return party(profile(ref, name, line, postcode="UB1 1AA", severity=3))

    park = [there(str(n), f"Shop {n}", "Broadway Retail Park") for n in range(4)]
    unit = [there(str(n), f"Shop {n}", "Unit 4, Broadway Retail Park") for n in range(4)]
    assert "tainted_building" not in types(*park)
    assert "tainted_building" in types(*unit)


def test_a_building_is_not_tainted_for_ever():
    assert "tainted_building" in types(*occupiers(), as_of=on("2027-12-01"))
    assert "tainted_building" not in types(*occupiers(), as_of=on("2029-12-01"))


def test_premises_with_a_uprn_as_well_have_one_history():
    both = [party(*(replace_uprn(p) for p in found.profiles)) for found in occupiers()]
    assert types(*both).count("tainted_building") == 1


def replace_uprn(found):
    premises = replace(found.mention.premises, uprn="10001")
    return replace(found, mention=replace(found.mention, premises=premises))


def let(ref: str, number: int, severity: int | None = None) -> Party:
    landlord = who("Broadway Estates Ltd", "landlord")
    return party(
        profile(ref, f"Shop {ref}", f"{number} High Road", postcode="HA3 7BB", people=(landlord,), severity=severity)
    )


def test_one_landlord_of_several_properties_with_concerns():
    six = [let("1", 2, 3), let("2", 4, 2), *(let(str(n), 2 * n) for n in range(3, 7))]
    (found,) = found_in(*six)
    assert found.type is FindingType.shared_landlord
    assert found.sentence == (
        "One landlord or agent, Broadway Estates Ltd: 6 businesses, of which 2 have live concerns."
    )
    assert len(found.business_ids) == 6


def test_a_landlord_with_concerns_in_one_property_is_no_finding():
    assert types(let("1", 2, 3), let("2", 4)) == []


def test_one_person_behind_several_businesses_with_concerns_is_a_network():
    three = [
        party(profile(str(n), f"Shop {n}", f"{n} High Road", postcode="HA3 7BB", people=(KHAN,), severity=severity))
        for n, severity in ((1, 3), (2, 3), (3, None))
    ]
    assert types(*three) == ["network"]
    assert types(*three[:2]) == []


def test_findings_do_not_depend_on_the_order_of_businesses():
    everyone = [*occupiers(), at("6", "Nail Bar", seen="2026-03-01")]
    told = [found_in(*order) for order in permutations(everyone)]
    assert all(found == told[0] for found in told)


def test_each_rule_reads_with_its_numbers():
    texts = [rule.in_words for rule in RULES.rules]
    assert all("{" not in text and text.endswith(".") for text in texts)
    assert "at least 3 concerns of severity 2 or more" in texts[2]
    assert RULES.status == "review needed"


def test_rules_with_a_fault_are_refused_by_field():
    with pytest.raises(ValueError, match=r"rules\.0\.multi_regime\.regimes"):
        load_rules(b'{"version": "x", "in_force_from": "2026-01-01", "status": "s", "source": "s", "rules": '
                   b'[{"id": "a", "type": "multi_regime", "title": "t", "text": "t", "regimes": 0}]}')  # fmt: skip
