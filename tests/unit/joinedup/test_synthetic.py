"""The synthetic partnership: right sizes, known truth, hard enough, and nobody real in it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations, islice

import phonenumbers
import pytest
from rapidfuzz.fuzz import token_set_ratio

from joinedup.synthetic import Partnership, generate
from shared.contracts.record import ObservationKind, Record

Row = tuple[str, str, Record, str]
DRAMA = (
    "+441632960", "+442079460", "+441134960", "+441144960", "+441154960", "+441164960", "+441174960", "+441184960",
    "+441214960", "+441314960", "+441414960", "+441514960", "+441614960", "+441914980", "+442896496", "+442920180",
    "+447700900", "+443069990",
)  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Cornwall's size."""
    return list(generate(1).records())


def share(rows: list[Row], said: Iterable[object]) -> float:
    return sum(map(bool, said)) / len(rows)


def test_the_default_is_exactly_cornwalls_size(rows: list[Row]) -> None:
    assert len(rows) == 8088
    assert len({business for *_, business in rows}) == 3975


@pytest.mark.parametrize(("businesses", "records"), [(1, 1), (3, 18), (50, 50), (700, 2500), (1301, 1999)])
def test_any_possible_size_is_met_exactly(businesses: int, records: int) -> None:
    entries = list(generate(5, businesses, records).entries())

    assert len(entries) == records
    assert len({entry.business for entry in entries}) == businesses


@pytest.mark.parametrize(("businesses", "records"), [(0, 0), (10, 9), (10, 61)])
def test_an_impossible_size_is_refused(businesses: int, records: int) -> None:
    with pytest.raises(ValueError, match="records must be between"):
        generate(1, businesses, records)


def test_the_first_rows_of_a_million_come_without_making_the_rest() -> None:
    first = list(islice(generate(1, 491_500, 1_000_000).entries(), 100))

    assert len({(entry.agency.feed, entry.source_ref) for entry in first}) == 100


def test_each_row_has_a_reference_of_its_own_in_its_feed(rows: list[Row]) -> None:
    assert len({(feed, reference) for feed, reference, *_ in rows}) == len(rows)


def test_only_the_complaints_feed_holds_a_business_twice(rows: list[Row]) -> None:
    held = Counter((feed, business) for feed, _, _, business in rows)

    assert {feed for (feed, _), times in held.items() if times > 1} == {"kerrow-trading-standards"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_as_in_the_seed_57_per_cent_of_businesses_are_known_to_two_or_more_agencies(seed: int) -> None:
    known: defaultdict[str, set[str]] = defaultdict(set)
    for entry in generate(seed).entries():
        known[entry.business].add(entry.agency.feed)

    assert sum(len(feeds) > 1 for feeds in known.values()) / len(known) == pytest.approx(0.57, abs=0.02)


def test_identifiers_are_as_rare_as_in_real_feeds(rows: list[Row]) -> None:
    records = [record for _, _, record, _ in rows]

    assert share(rows, (record.company_number for record in records)) == pytest.approx(0.40, abs=0.02)
    assert share(rows, (record.people for record in records)) == pytest.approx(0.30, abs=0.03)
    assert share(rows, (record.address and record.address.postcode for record in records)) == pytest.approx(
        0.84, abs=0.02
    )
    assert share(rows, (record.names for record in records)) == pytest.approx(0.94, abs=0.02)


def test_every_telephone_number_is_one_of_ofcoms_drama_numbers(rows: list[Row]) -> None:
    numbers = [phonenumbers.parse(phone, "GB") for *_, record, _ in rows for phone in record.phones]
    written = {phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) for number in numbers}

    assert len(written) > 2000
    assert {number for number in written if not (number.startswith(DRAMA) and len(number) == 13)} == set()


def test_when_drama_numbers_run_out_landlines_stay_in_the_area_code_that_nobody_has() -> None:
    rows = generate(3, 30_000, 30_000).records()
    numbers = {phone for *_, record, _ in rows for phone in record.phones}
    spare = {number for number in numbers if not number.startswith(DRAMA)}

    assert spare
    assert {number for number in spare if not number.startswith("+441632")} == set()


def test_no_email_domain_company_number_or_postcode_area_is_in_use(rows: list[Row]) -> None:
    domains = {email.rpartition("@")[2] for *_, record, _ in rows for email in record.emails}
    companies = {record.company_number for *_, record, _ in rows if record.company_number}
    postcodes = [record.address.postcode for *_, record, _ in rows if record.address and record.address.postcode]

    reserved = {"example.com", "example.net", "example.org"}
    assert {domain for domain in domains if domain not in reserved and not domain.endswith(".example")} == set()
    assert sum(not number.startswith("9") for number in companies) < 0.01 * len(companies)  # transposed digits
    assert sum(postcode[0] != "Z" or postcode[1] == "E" for postcode in postcodes) < 0.02 * len(postcodes)


def test_the_police_hold_nothing_of_note_about_nearly_all(rows: list[Row]) -> None:
    kinds = Counter(record.observation.kind for feed, _, record, _ in rows if feed == "kerrow-police-premises")

    assert kinds[ObservationKind.presence] / kinds.total() > 0.9


def test_concerns_meet_in_some_businesses_and_some_are_closed(rows: list[Row]) -> None:
    regimes: defaultdict[str, set[str]] = defaultdict(set)
    for feed, _, record, business in rows:
        if record.observation.kind is ObservationKind.concern:
            regimes[business].add(feed)
    seen = [(record.observation.observed_on, record.observation.closed_on) for *_, record, _ in rows]
    closed = [(observed, closed) for observed, closed in seen if observed and closed]

    assert sum(len(feeds) > 1 for feeds in regimes.values()) > 300
    assert sum(len(feeds) > 2 for feeds in regimes.values()) > 50
    assert len(closed) > 500
    assert all(closed_on >= observed_on for observed_on, closed_on in closed)


def test_a_name_means_several_businesses_in_one_town(rows: list[Row]) -> None:
    holders: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for *_, record, business in rows:
        for name in record.names:
            holders[name.value, record.address.town if record.address and record.address.town else ""].add(business)

    assert sum(len(businesses) > 1 for (_, town), businesses in holders.items() if town) > 50


def test_joining_on_postcode_and_an_alike_name_fails(rows: list[Row]) -> None:
    """The obvious way (same postcode, token set ratio of 85) is far from good enough; it was 0.68 when written."""
    found = components(alike_in_one_postcode(rows), len(rows))
    truth = [business for *_, business in rows]
    pairs = [pair for members in found for pair in combinations(members, 2)]
    right = sum(truth[a] == truth[b] for a, b in pairs)
    wanted = sum(size * (size - 1) // 2 for size in Counter(truth).values())

    assert 2 * right / (len(pairs) + wanted) < 0.85


def alike_in_one_postcode(rows: list[Row]) -> list[tuple[int, int]]:
    neighbours: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, (*_, record, _) in enumerate(rows):
        if record.address and record.address.postcode:
            neighbours[record.address.postcode].extend((number, name.value.lower()) for name in record.names)
    pairs = (pair for names in neighbours.values() for pair in combinations(names, 2))
    return [(a, b) for (a, one), (b, other) in pairs if a != b and token_set_ratio(one, other) >= 85]


def components(pairs: list[tuple[int, int]], size: int) -> list[list[int]]:
    home = list(range(size))
    members = [[number] for number in range(size)]
    for a, b in pairs:
        if home[a] != home[b]:
            gone = home[b]
            for number in members[gone]:
                home[number] = home[a]
            members[home[a]] += members[gone]
            members[gone] = []
    return members


def test_each_use_of_chance_is_a_source_of_its_own() -> None:
    """Iterating twice, or two partnerships at once, changes nothing."""
    partnership = generate(8, 300, 700)
    again = Partnership(8, 300, 700, partnership.today)

    pairs = list(zip(partnership.entries(), again.entries(), strict=True))

    assert all(one == other for one, other in pairs)
    assert [entry for entry, _ in pairs] == list(partnership.entries())
