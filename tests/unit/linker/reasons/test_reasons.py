"""What an officer reads about two records, and about how a business came to be."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from services.linker.domain.decide import Decision
from services.linker.domain.reasons import Exhibit, chain, finding, history, in_bits, path, what_if
from shared.contracts.record import Record
from tests.unit.linker.build import record
from tests.unit.linker.reasons.scenes import MODEL, decided, exhibit, scene

SOUTHALL = {"town": "Southall", "postcode": "UB1 1LS"}


def shop(name: str | None, *lines: str, **more: object) -> Record:
    return record(name, *lines, **SOUTHALL, **more)


SHOP = exhibit("a", shop("The Chicken Shop", "12 The Broadway"), "council", date(2026, 11, 2))
LIMITED = exhibit("b", shop("Chicken Shop Ltd", "12 The Broadway"), "fire", date(2026, 11, 3))
UNNUMBERED = exhibit("c", shop("Chicken Shop", "The Broadway"), "hmrc", date(2026, 11, 5))
DRAGON = exhibit("d", shop("Golden Dragon", "14 The Broadway"), "police", date(2026, 11, 6))
EVERYBODY = (SHOP, LIMITED, UNNUMBERED, DRAGON)


def said(exhibits: tuple[Exhibit, ...], a: str, b: str, *decisions: Decision) -> tuple[str, ...]:
    return finding(scene(exhibits, decisions), a, b).sentences


def test_two_records_that_agree_are_one_business_by_their_own_evidence() -> None:
    found = finding(scene(EVERYBODY), "a", "b")
    assert found.one_business
    assert found.sentences == (
        f"They are one business: {found.evidence.weight:.1f} bits of evidence, where 2.0 bits are needed.",
    )
    assert abs(sum(line.bits for line in found.evidence.lines) - found.evidence.weight) < 1e-9


def test_bits_have_a_true_minus_sign_and_nought_has_none() -> None:
    assert [in_bits(bits) for bits in (-2.04, -0.04, 3.0)] == ["−2.0 bits", "0.0 bits", "3.0 bits"]


def test_two_records_that_do_not_agree_are_two_and_the_worst_is_named() -> None:
    first, worst = said(EVERYBODY, "a", "d")
    assert first.startswith("They are two businesses: −")
    assert worst.startswith("What speaks most against it (−")
    assert "Golden Dragon" in worst


def test_a_decision_is_given_with_agency_day_and_reason() -> None:
    sentences = said(EVERYBODY, "a", "d", decided("a", "d", "same", reason="one till"))
    assert sentences[0].startswith("They are one business because a person decided so; their own evidence is −")
    assert sentences[1] == "On 20 November 2026 council decided that they are one business: “one till”."


def test_records_held_together_by_others_say_through_which() -> None:
    sentences = said(EVERYBODY, "b", "d", decided("a", "d", "same"))
    assert sentences[0].endswith("they hang together through The Chicken Shop (council).")
    assert path(scene(EVERYBODY, [decided("a", "d", "same")]), "b", "d") == ["b", "a", "d"]


def test_records_parted_by_a_decision_on_others_say_on_which() -> None:
    sentences = said(EVERYBODY, "b", "c", decided("a", "c", "different"))
    assert (
        "would be enough, but a person decided that The Chicken Shop (council) and Chicken Shop (hmrc)" in sentences[0]
    )


def test_records_that_would_link_but_for_their_neighbours_say_which_are_against_it() -> None:
    unit = exhibit("e", shop("Chicken Shop", "The Broadway"), "gla", date(2026, 11, 8))
    bits = {("a", "b"): 20.0, ("a", "c"): 20.0, ("b", "c"): 20.0, ("a", "e"): -30.0, ("b", "e"): -30.0, ("c", "e"): 5.0}
    found = finding(scene((SHOP, LIMITED, UNNUMBERED, unit), bits=bits), "c", "e")
    assert not found.one_business
    assert found.evidence.weight >= MODEL.clustering.threshold
    assert "it is business against business that counts: the 3 pairs of their records have −18.3" in found.sentences[0]
    assert found.sentences[1].startswith(
        "Most against it are The Chicken Shop (council) and Chicken Shop (gla): −30.0 bits."
    )


def test_two_of_a_crowd_say_that_what_fits_so_many_is_not_enough() -> None:
    vague = exhibit("v", record("Shine Car Wash", "The Broadway"), "gla")
    placed = exhibit("w", record("Shine Car Wash", "The Broadway", town="Southall", postcode="UB1 1AA"), "council")
    apart = replace(scene((vague, placed)), home={"v": "biz_v", "w": "biz_w"})
    (sentence,) = finding(apart, "v", "w").sentences
    assert sentence.startswith("Their own evidence, 5.")
    assert "evidence as slight as this joins more than 50 records here" in sentence
    assert sentence.endswith("up to 6.0 bits are needed.")


def test_two_agencies_who_disagree_see_that_different_holds_and_why() -> None:
    sentences = said(EVERYBODY, "a", "b", decided("a", "b", "same", "fire"), decided("a", "b", "different", hours=-5))
    assert sentences[0] == "They are two businesses because a person decided so, whatever else the records say."
    assert sentences[-1] == (
        "That The Chicken Shop (council) and Chicken Shop Ltd (fire) are one business, as fire decided, is not "
        "followed: it contradicts what council decided on 20 November 2026 of The Chicken Shop (council) and "
        "Chicken Shop Ltd (fire)."
    )


def test_the_facts_that_would_join_two_records_are_named_strongest_first() -> None:
    other = exhibit("e", shop("Pizza Hut", "12 The Broadway"), "police")
    found = what_if(scene((SHOP, other)), "a", "e")
    assert {"email", "company_number", "name"} <= {each.fact for each in found}
    assert [abs(each.bits) for each in found] == sorted((abs(each.bits) for each in found), reverse=True)
    assert "phone" not in {each.fact for each in found}  # two names under one roof may share a telephone
    company = next(each for each in found if each.fact == "company_number")
    change = f"+{company.bits:.1f} bits"
    assert company.sentence == f"If both gave the same company number ({change}), they would be one business."


def test_the_facts_that_would_part_two_records_are_named() -> None:
    found = {each.fact: each for each in what_if(scene(EVERYBODY), "a", "b")}
    assert found["name"].sentence.endswith("they would be two businesses.")
    assert all(each.bits < 0 and each.changes for each in found.values())


def test_where_no_single_fact_would_do_the_one_that_comes_closest_is_named() -> None:
    elsewhere = exhibit("e", record("Golden Dragon", "9 Quay Street", town="Truro", postcode="TR1 2HB"), "police")
    (closest,) = what_if(scene((SHOP, elsewhere)), "a", "e")
    assert not closest.changes
    assert closest.sentence.endswith("they would still be two businesses.")


def test_where_a_person_decided_no_fact_counts() -> None:
    assert what_if(scene(EVERYBODY, [decided("a", "b", "different")]), "a", "b") == []
    assert what_if(scene(EVERYBODY, [decided("a", "b", "unsure")]), "a", "b") != []


def test_the_chain_has_one_link_fewer_than_the_business_has_records() -> None:
    steps = chain(scene(EVERYBODY, [decided("c", "d", "same", reason="one owner")]), "abcd")
    assert [(step.a, step.b) for step in steps] == [("c", "d"), ("a", "b"), ("a", "c")]
    assert "because council decided so on 20 November 2026: “one owner”" in steps[0].sentence
    assert steps[1].sentence.startswith("The Chicken Shop (council) and Chicken Shop Ltd (fire): ")


def test_a_weak_link_also_says_what_speaks_against_it() -> None:
    pair = exhibit("e", shop("Pizza Hut", "12 The Broadway"), "police"), SHOP
    (step,) = chain(scene(pair), "ae")
    assert step.weight is not None
    assert step.weight < MODEL.clustering.upper
    assert "Against it: The names " in step.sentence


def kinds(*decisions: Decision, members: str = "abc") -> list[tuple[str, int]]:
    return [(event.kind, event.size) for event in history(scene(EVERYBODY, decisions), decisions, members)]


def test_the_history_tells_how_records_joined_one_after_another() -> None:
    assert kinds() == [("began", 1), ("joined", 2), ("joined", 3)]
    events = history(scene(EVERYBODY), (), "abc")
    assert events[0].sentence == "On 2 November 2026 The Chicken Shop (council) came in: the business began."
    assert events[1].sentence.startswith(
        "On 3 November 2026 Chicken Shop Ltd (fire) joined The Chicken Shop (council): "
    )


def test_the_history_tells_of_decisions_superseded_ones_and_those_taken_back_included() -> None:
    first, second = decided("a", "d", "same"), decided("a", "d", "withdrawn", hours=3)
    assert kinds(first, second) == [*kinds(), ("merged", 4), ("split", 3)]
    assert kinds(decided("a", "b", "unsure"))[-1] == ("decided", 3)


def test_the_history_tells_of_a_record_that_brings_two_businesses_together() -> None:
    first = exhibit("a", shop("Ali's Grill", "12 The Broadway", company_number="01234567"), "council", date(2026, 1, 1))
    second = exhibit("b", shop(None, "12 The Broadway", phones=("020 7946 0018",)), "fire", date(2026, 1, 2))
    both = shop("Ali's Grill", "12 The Broadway", company_number="01234567", phones=("020 7946 0018",))
    events = history(scene((first, second, bridge := exhibit("c", both, "hmrc", date(2026, 2, 1)))), (), "abc")
    assert events[-1].size == 3
    assert bridge.called in events[-1].sentence


def test_the_history_tells_what_a_decision_parted_beside_the_two_that_it_speaks_of() -> None:
    twin = exhibit("e", shop("Golden Dragon", "14 The Broadway"), "gla", date(2026, 11, 8))
    bits = dict.fromkeys([("a", "d"), ("a", "e"), ("c", "d")], -9.0)
    bits |= {("a", "c"): 3.0, ("d", "e"): 30.0, ("c", "e"): -30.0}
    here = scene((SHOP, UNNUMBERED, DRAGON, twin), [ruling := decided("a", "d", "same")], bits)
    events = history(here, [ruling], "ade")
    assert [event.kind for event in events] == ["began", "joined", "arrived", "joined", "merged", "split"]
    assert events[-1].sentence == (
        "On 20 November 2026, after what council decided, Chicken Shop (hmrc) no longer belonged with "
        "The Chicken Shop (council)."
    )


verdicts = st.sampled_from(["same", "different", "unsure", "withdrawn"])
made = st.lists(
    st.builds(
        lambda pair, verdict, agency, hours: decided(pair[0], pair[1], verdict, agency, hours),
        st.sampled_from(["ab", "ac", "ad", "bc", "bd", "cd"]),
        verdicts,
        st.sampled_from(["council", "fire"]),
        st.integers(0, 500),
    ),
    max_size=6,
    unique_by=lambda decision: decision.decision_id,
)


@settings(deadline=None, max_examples=60)
@given(made, st.sampled_from("abcd"))
def test_the_last_event_of_a_history_leaves_the_business_as_it_is(decisions: list[Decision], member: str) -> None:
    here = scene(EVERYBODY, decisions)
    members = here.beside(member)
    events = history(here, decisions, members)
    assert events[-1].size == len(members)
    assert [event.on for event in events] == sorted(event.on for event in events)
    told = {event.decision_id for event in events if event.decision_id}
    assert told == {decision.decision_id for decision in decisions if {decision.a, decision.b} & {*members}}


@settings(deadline=None, max_examples=60)
@given(made, st.sampled_from(["ab", "ac", "ad", "bc", "bd", "cd"]))
def test_what_is_said_of_two_records_agrees_with_the_clustering(decisions: list[Decision], pair: str) -> None:
    here = scene(EVERYBODY, decisions)
    found = finding(here, *pair)
    assert found.one_business == (here.home[pair[0]] == here.home[pair[1]])
    together = "They are one business" in found.sentences[0] or "they hang together" in found.sentences[0]
    assert together == found.one_business
    assert "different" not in {decision.verdict for decision in found.decisions} or not found.one_business
    for would in what_if(here, *pair):
        assert would.changes or "still" in would.sentence
