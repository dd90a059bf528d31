"""Skewed data: what many businesses share is known from a model's version, and no block outgrows its cap."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest

from joinedup.linking import candidate_pairs
from joinedup.synthetic import generate
from services.linker.domain.block import block_keys
from services.linker.domain.hubs import CAP, capped_keys, hub_values, overfull
from services.linker.domain.model import Model, default_model, digest
from services.linker.domain.normalise import Mention, normalise
from shared.contracts.record import Record
from tests.unit.linker.build import named, person, record

MODEL = default_model()
PHONE = "020 7946 0123"

Mentions = Mapping[str, Mention]


def mentions_of(records: list[Record]) -> Mentions:
    return {f"r{i:05}": normalise(one) for i, one in enumerate(records)}


def published_on(mentions: Mentions, cap: int = CAP) -> Model:
    """The shipped model with the hubs and capped keys of these records."""
    with_hubs = replace(MODEL, hubs=MODEL.hubs | hub_values(mentions.values()))
    capped = capped_keys(mentions.values(), with_hubs, cap)
    return replace(with_hubs, capped=frozenset(digest(MODEL.version, key) for key in capped))


def candidates_each(mentions: Mentions, model: Model) -> float:
    """How many others a record meets, one met in two blocks counted twice."""
    keys = [block_keys(mention, model) for mention in mentions.values()]
    held = Counter(key for each in keys for key in (*each.shared, *each.held))
    met = sum(held[key] for each in keys for key in (*each.shared, *each.sought))
    return (met - sum(len(each.shared) for each in keys)) / len(mentions)  # nobody meets himself


def word(i: int) -> str:
    return "".join(chr(ord("a") + i // 20**k % 20) for k in range(4))


def one_phone_everywhere(i: int) -> Record:
    return record(f"{word(i)} Cafe", f"{i % 97 + 1} {word(i * 7)} Road", town=f"{word(i % 50)}ton", phones=(PHONE,))


def one_phone_in_one_town(i: int) -> Record:
    return record(f"{word(i)} Cafe", f"{i % 97 + 1} {word(i * 7)} Road", town="Truro", phones=(PHONE,))


def branch(i: int) -> Record:
    where = {"town": f"{word(i)}ton", "postcode": f"TR{i % 90 + 1} {i % 9}AA"}
    door = f"{i % 97 + 1} {word(i * 7)} Road"
    return record("Pasty Crown", door, **where, phones=("0306 999 0179",), company_number="01261512")


def branch_with_its_switchboard_in_london(i: int) -> Record:
    return branch(i).model_copy(update={"phones": (PHONE,)})


def at_a_serviced_office(i: int) -> Record:
    return record(f"{word(i)} Ltd", "20-22 Wenlock Road, London", postcode="N1 7GU", phones=("N/A",))


def flat(i: int) -> Record:
    return record(None, f"Flat {i + 1}, Tower Court", postcode="UB1 1LS")


def nameless(i: int) -> Record:
    return record(None, "9 Zyzzo Road", town=f"{word(i)}ton")


def company_without_address(i: int) -> Record:
    return record(f"{word(i)} {word(i * 7)}", company_number="01261512")


@pytest.mark.parametrize(
    ("make", "many", "at_most"),
    [
        (branch, 500, 40),
        (flat, 200, 8),
        (nameless, 2_000, 0),
        (company_without_address, 2_000, 0),
    ],
)
def test_before_any_training_keys_are_compound_and_work_stays_bounded(make, many: int, at_most: float) -> None:  # type: ignore[no-untyped-def]
    assert candidates_each(mentions_of([make(i) for i in range(many)]), MODEL) <= at_most


@pytest.mark.parametrize(
    ("make", "many", "before", "after"),
    [
        (one_phone_everywhere, 10_000, 100, 1),
        (one_phone_in_one_town, 2_000, 900, 1),
        (branch_with_its_switchboard_in_london, 500, 200, 40),
        (at_a_serviced_office, 2_000, 900, 30),
    ],
)
def test_a_model_trained_on_skewed_records_bounds_the_work(make, many: int, before: float, after: float) -> None:  # type: ignore[no-untyped-def]
    mentions = mentions_of([make(i) for i in range(many)])
    assert candidates_each(mentions, MODEL) > before
    assert candidates_each(mentions, published_on(mentions)) <= after


def test_no_block_of_a_trained_model_is_larger_than_its_cap() -> None:
    mentions = mentions_of([at_a_serviced_office(i) for i in range(500)])
    model = published_on(mentions, cap=20)
    assert not capped_keys(mentions.values(), model, cap=20) - capped_keys(mentions.values(), MODEL, cap=20)


def test_capping_loses_almost_no_pair_that_would_have_met() -> None:
    truth = {
        f"{feed}:{ref}": (one, business)
        for feed, ref, one, business in generate(3, businesses=700, records=1_400).records()
    }
    mentions = {id_: normalise(one) for id_, (one, _) in truth.items()}
    capped = capped_keys(mentions.values(), MODEL, cap=6)
    model = replace(MODEL, capped=frozenset(digest(MODEL.version, key) for key in capped))
    found, kept = (
        {pair for pair in candidate_pairs(mentions, each) if truth[pair[0]][1] == truth[pair[1]][1]}
        for each in (MODEL, model)
    )
    assert len(capped) > 20
    assert len(found - kept) < 0.01 * len(found)


def test_finer_keys_are_the_same_in_whatever_order_a_record_gives_its_names() -> None:
    names = named(trading="Zyzzo Quux", legal="Amber Birch Ltd")
    a, b = (
        normalise(record(None, "20 Wenlock Road", postcode="N1 7GU", names=order)) for order in (names, names[::-1])
    )
    overfull_door = {"door:N17GU:02", *(f"door:N17GU:02:~{stem}" for stem in ("ambe", "birc", "quux", "zyzz"))}
    model = replace(MODEL, capped=frozenset(digest(MODEL.version, key) for key in overfull_door))
    assert "door:N17GU:02:~ambe:~zyzz" in block_keys(a, model).shared
    assert block_keys(a, model) == block_keys(b, model)


def test_two_tenants_of_a_capped_serviced_office_still_meet_by_name_or_telephone() -> None:
    office = [at_a_serviced_office(i) for i in range(300)]
    model = published_on(mentions_of(office))
    other = {"postcode": "N1 7GU", "phones": ("07700 900123",)}
    pair = mentions_of(
        [record("Zyzzo Ltd", "20-22 Wenlock Road", **other), record("Quux Trading", "20 Wenlock Rd", **other)]
    )
    named = mentions_of([office[0], office[0]])
    assert candidates_each(pair, model) > 0
    assert candidates_each(named, model) > 0


def test_hub_values_are_what_many_businesses_give_and_not_what_one_business_repeats() -> None:
    feeds = [record("Spice Hut", "9 King Street", town="Truro", phones=("01872 260123",)) for _ in range(40)]
    agents = [record(f"{word(i)}", f"{i + 1} {word(i)} Road", phones=(PHONE,)) for i in range(40)]
    owners = [record(word(i), people=(person("Anne Smith", "1980-03-04"),)) for i in range(40)]
    chain = [branch(i) for i in range(40)]
    streets = [record(word(i), f"{i} Lemon Street", postcode=f"TR{i} 1AA") for i in range(1, 60)]
    office = [at_a_serviced_office(i) for i in range(40)]
    found = hub_values(mentions_of([*feeds, *agents, *owners, *chain, *streets, *office]).values())
    assert found == {
        "phone:442079460123",
        "phone:443069990179",
        "person:anne smith|1980-03-04",
        "street:lemon",
        "premises:N17GU:20:",
    }


def test_overfull_counts_records_not_repeats_of_other_keys() -> None:
    keys = [("a", "b"), ("a", "c"), ("a", "d")]
    assert overfull(lambda: keys, cap=2) == {"a"}
    assert overfull(lambda: keys, cap=3) == set()
