from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from services.linker.domain.search import rank
from services.linker.domain.search.rank import Place
from services.linker.domain.search.said import WHOLE_FIELDS, source_of
from services.linker.handlers.searching import Search
from services.linker.store import postings, tables
from services.linker.store import search as store
from services.linker.store.holdings import audience_number
from services.linker.store.reading import Filters
from shared.contracts.record import Address, Name, NameKind, Observation, ObservationKind, Person, Record
from tests.integration.linker.test_api import Api, api  # noqa: F401 - a fixture
from tests.integration.linker.world import CATEGORY, THREE_AUDIENCES, World, id_of, received, record, retracted

Find = Callable[..., Any]

SHOP = Record(
    names=(
        Name(kind=NameKind.trading, value="The Golden Chicken"),
        Name(kind=NameKind.legal, value="Bluedoor Foods Ltd"),
    ),
    address=Address(lines=("Flat 2, 12a The Broadway",), town="Southall", postcode="UB1 1AA"),
    phones=("020 8574 1234",),
    emails=("Info@golden-chicken.co.uk",),
    company_number="SC123456",
    licence_numbers=("PREM/0815",),
    people=(Person(name="Mr Harjit Singh", role="owner"),),
    sector="Takeaway/sandwich shop",
    observation=Observation(kind=ObservationKind.concern, severity=3, observed_on=date(2026, 10, 1)),
)
TYRES = record("Southall Tyres", 240, postcode="UB2 4XX", phone="020 8999 5678")
CHICKENS = record("Chickens of Acton", 7, postcode="W3 6AA", severity=4)
CAFE = record("Café Zoë", 9, postcode="W5 2BY", severity=1)


@pytest.fixture
async def known(world: World, api: Api) -> Api:  # noqa: F811
    await world.settle(THREE_AUDIENCES)
    await world.take(
        received("council", "FH-77123", SHOP),
        received("hmrc", "2", TYRES),
        received("hmrc", "3", CHICKENS),
        received("council", "4", CAFE),
    )
    return api


@pytest.fixture
def find(known: Api) -> Find:
    async def _find(q: str, agency: str = "hmrc", **params: Any) -> Any:
        answer = await known.get("/v1/search", agency, params={"q": q, **params})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return _find


async def names(find: Find, q: str, agency: str = "hmrc", **params: Any) -> list[str]:
    return [business["name"] for business in (await find(q, agency, **params))["businesses"]]


@pytest.mark.parametrize(
    ("q", "phrase"),
    [
        ("golden", "name"),
        ("GOLDEN CHICKEN", "name"),
        ("goldenchicken", "name"),
        ("blue door foods", "name"),
        ("golden chiken", "name"),
        ("oglden", "name (one letter different: golden)"),
        ("gold", "name (begins so: golden)"),
        ("goldun", "name (one letter different: golden)"),
        ("12a broadway", "number in the street"),
        ("ub1 1aa", "postcode"),
        ("UB11AA", "postcode"),
        ("ub1", "postcode district"),
        ("(020) 8574-1234", "phone number"),
        ("+44 20 8574 1234", "phone number"),
        ("741234", "phone number (the last six digits)"),
        ("info@golden-chicken.co.uk", "e-mail address"),
        ("golden-chicken.co.uk", "web or e-mail domain"),
        ("SC123456", "company number"),
        ("prem/0815", "licence number"),
        ("fh77123", "reference"),
        ("harjit", "owner's name"),
        ("Singh, Harjit", "owner's name"),
        ("harjitt", "owner's name (one letter different: harjit)"),
        ("sandwich", "type of business"),
        ("takeaways southall", "type of business (one letter different: takeaway)"),
    ],
)
async def test_whatever_is_known_of_a_business_finds_it(find: Find, q: str, phrase: str) -> None:
    page = await find(q)
    assert page["businesses"][0]["name"] == "The Golden Chicken"
    assert phrase in [match["phrase"] for match in page["businesses"][0]["matches"]]
    verb = "is" if phrase in WHOLE_FIELDS | {"number in the street"} else "is in"
    assert f"” {verb} its {phrase}" in page["businesses"][0]["summary"]


async def test_nearer_comes_first_then_the_more_worrying(find: Find) -> None:
    assert await names(find, "chicken") == ["The Golden Chicken", "Chickens of Acton"]
    assert await names(find, "chickens ") == ["Chickens of Acton", "The Golden Chicken"]
    assert await names(find, "southall") == ["Chickens of Acton", "The Golden Chicken", "Café Zoë", "Southall Tyres"]


async def test_more_of_what_was_typed_comes_before_less(find: Find) -> None:
    assert (await names(find, "tyres broadway"))[0] == "Southall Tyres"


async def test_what_nobody_wrote_is_said_to_be_unknown(find: Find) -> None:
    page = await find("golden xyzzyq")
    assert (page["unknown"], len(page["businesses"])) == (["xyzzyq"], 1)
    assert await find("%_|") == {"businesses": [], "unknown": [], "next": None}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"area": "UB1"}, ["The Golden Chicken"]),
        ({"area": "w"}, ["Chickens of Acton"]),
        ({"sector": "takeaways"}, ["The Golden Chicken"]),
        ({"sector": "car wash"}, []),
        ({"band": "medium"}, ["The Golden Chicken", "Chickens of Acton"]),
        ({"regime": "tax"}, ["Chickens of Acton"]),
        ({"agency": "council"}, ["The Golden Chicken"]),
        ({"min_agencies": 2}, []),
        ({"min_regimes": 1}, ["The Golden Chicken", "Chickens of Acton"]),
    ],
)
async def test_what_is_found_can_be_narrowed(find: Find, params: dict[str, str], expected: list[str]) -> None:
    assert await names(find, "chicken", **params) == expected


async def test_pages_follow_each_other_without_gap_or_repeat(find: Find) -> None:
    seen, cursor = [], {}
    while True:
        page = await find("southall", limit=1, **cursor)
        seen += [business["name"] for business in page["businesses"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == await names(find, "southall")


@pytest.mark.parametrize("cursor", ["x", "MQ==", "LTEgMSBiaXpfYQ==", "MSAxIGJpel8n", "é"])
async def test_a_cursor_that_was_never_given_out_is_refused(known: Api, cursor: str) -> None:
    answer = await known.get("/v1/search", params={"q": "golden", "cursor": cursor})
    assert answer.status_code == 422
    assert "golden" not in answer.text


async def test_what_is_held_already_is_not_sent_again(known: Api) -> None:
    first = await known.get("/v1/search?q=golden")
    again = await known.get("/v1/search?q=golden", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


# fire sees its own records alone; council's, hmrc's and whatever stands in them are hidden from it.
TYPED = (
    *(
        "golden",
        "goldn",
        "gol",
        "ub1 1aa",
        "741234",
        "020 8574 1234",
        "harjit",
        "SC123456",
        "info@golden-chicken.co.uk",
    ),
    *("takeaway", "fh77123", "southall", "broadway", "xyzzyq golden", "tyres", "tyre", "12a", "chicken"),
)


async def test_a_word_of_hidden_records_is_a_word_that_nobody_wrote(known: Api, world: World) -> None:
    await world.take(received("fire", "9", record("Corner Chippy", 3, postcode="UB1 1AB")))
    with_hidden = {q: (await known.get("/v1/search", "fire", params={"q": q})).content for q in TYPED}
    hidden = [retracted("council", "FH-77123"), *(retracted("hmrc", ref) for ref in "23"), retracted("council", "4")]
    await world.take(*hidden)
    without = {q: (await known.get("/v1/search", "fire", params={"q": q})).content for q in TYPED}
    assert with_hidden == without


async def test_hidden_records_move_nothing_on_a_page_of_visible_ones(known: Api, world: World) -> None:
    """Nor do they make a word common or rare, or push a near word out of what is looked at."""
    await world.take(*(received("fire", f"f{n}", record(f"Chick{n:03} Grill", n, severity=1)) for n in range(1, 9)))
    ask = partial(known.get, "/v1/search", "fire", params={"q": "grill chick", "limit": 3})
    before = (await ask()).content
    await world.take(*(received("hmrc", f"h{n}", record(f"Chick{n:03} Chicka Grill", n)) for n in range(100, 160)))
    assert (await ask()).content == before


async def test_a_corrected_record_is_found_by_what_it_says_now(find: Find, world: World) -> None:
    await world.take(received("hmrc", "2", record("Bargain Batteries", 240, postcode="UB2 4XX"), version=2))
    assert await names(find, "tyres") == []
    assert await names(find, "batteries") == ["Bargain Batteries"]


async def test_a_retracted_record_is_found_no_more_and_leaves_no_word_behind(find: Find, world: World) -> None:
    await world.take(retracted("council", "FH-77123"), retracted("council", "4"), retracted("hmrc", "3"))
    assert await names(find, "golden") == []
    await world.take(retracted("hmrc", "2"))
    assert await world.rows(select(func.count().label("n")).select_from(tables.posting)) == [{"n": 0}]


async def test_a_new_rating_leaves_the_words_as_they_are(world: World, find: Find) -> None:
    before = await world.rows(select(tables.posting))
    await world.take(received("hmrc", "2", TYRES.model_copy(update={"observation": CAFE.observation}), version=2))
    assert await world.rows(select(tables.posting)) == before


async def test_no_word_of_another_source_is_read(known: Api, world: World) -> None:
    council, hmrc = ([source_of(agency, CATEGORY)] for agency in ("council", "hmrc"))
    async with world.database.read() as connection:
        words = [await postings.vocabulary(connection, source, ["go", "ty", "so"]) for source in (council, hmrc)]
        counts = [
            await postings.counts(connection, source, ["golden", "tyres", "southall"]) for source in (council, hmrc)
        ]
        hits = [
            await postings.hits(connection, source, ["southall"], ["golden", "tyres"]) for source in (council, hmrc)
        ]
    assert [set(found) for found in words] == [
        {"golden", "goldenchicken", "southall"},
        {"tyres", "southall", "southalltyres"},
    ]
    assert counts == [{"golden": 1, "southall": 2}, {"tyres": 1, "southall": 2}]
    assert [{hit.word for hit in found} for found in hits] == [{"southall", "golden"}, {"southall", "tyres"}]
    assert {hit.record for hit in hits[0]}.isdisjoint({hit.record for hit in hits[1]})


async def test_only_sources_with_records_are_asked_and_only_those_of_the_audience(known: Api, world: World) -> None:
    async with world.database.read() as connection:
        found = {
            agency: await postings.sources(connection, audience_number(await world.audience_of(agency)))
            for agency in ("fire", "council", "hmrc")
        }
    council, hmrc = source_of("council", CATEGORY), source_of("hmrc", CATEGORY)
    assert {agency: sorted(sources) for agency, sources in found.items()} == {
        "fire": [],
        "council": [council],
        "hmrc": sorted([council, hmrc]),
    }


@pytest.fixture
async def many(world: World, api: Api) -> World:  # noqa: F811
    """Sixty shops, every second a Pizza, every third in Acton, in three bands of worry."""
    await world.settle(THREE_AUDIENCES)
    shops = [
        received(
            "hmrc",
            str(n),
            record(
                f"{'Pizza' if n % 2 else 'Kebab'} Number{n:03}", n, postcode=f"W{n % 3 + 1} 6AA", severity=n % 4 or None
            ),
        )
        for n in range(1, 61)
    ]
    await world.take(*shops)
    return world


async def test_what_is_common_is_found_in_order_of_worry_page_by_page(many: World) -> None:
    audience = audience_number(await many.audience_of("hmrc"))
    rows = await many.shown("hmrc")
    expected = sorted(
        (
            Place(0, row["priority"], row["business_id"])
            for row in rows
            if "Pizza" in row["name"] and row["area"] == "W1"
        ),
        key=lambda place: place.order,
    )
    found: list[Place] = []
    async with many.database.read() as connection:
        ask = partial(store.by_priority, connection, audience, [source_of("hmrc", CATEGORY)], [("pizza",), ("w1",)])
        while page := await ask(Filters(area="W1"), found[-1] if found else None, 3):
            found += page
    assert found == expected
    assert len(found) == 10


async def test_records_that_have_all_common_words_are_found_with_the_words_they_have(many: World) -> None:
    asked = [("pizza", "pizzas"), ("w1", "w2")]
    async with many.database.read() as connection:
        hits = await postings.with_all(connection, [source_of("hmrc", CATEGORY)], asked)
        elsewhere = await postings.with_all(connection, [source_of("fire", CATEGORY)], asked)
    assert hits is not None
    assert {word for _, word in hits} == {"pizza", "w1", "w2"}
    assert len({record for record, _ in hits}) == 20
    assert len(hits) == 40
    assert elsewhere == []


async def test_where_no_record_has_all_common_words_the_rarest_is_looked_for(
    many: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rank, "LOOKED_AT", 5)
    audience = audience_number(await many.audience_of("hmrc"))
    async with many.database.read() as connection:
        box = Search(connection, audience, Filters())
        together, apart = [await box.run(text, None, 100) for text in ("pizza w1 ", "kebab pizza ")]
    assert {(found.row.name.split()[0], found.row.area) for found in together.found} == {("Pizza", "W1")}
    assert {found.row.name.split()[0] for found in apart.found} == {"Kebab"}
    assert len(apart.found) == 30


async def test_a_business_that_others_see_more_of_is_found_as_the_reader_sees_it(world: World, api: Api) -> None:  # noqa: F811
    await world.settle(THREE_AUDIENCES)
    refs = sorted("abcdefghij", key=lambda ref: id_of("fire", ref))
    others = {agency: max("abcdefghij", key=partial(id_of, agency)) for agency in ("council", "hmrc")}
    await world.take(
        received("fire", refs[0], record()), *(received(who, ref, record()) for who, ref in others.items())
    )
    found = {
        who: (await api.get("/v1/search?q=chicken", who)).json()["businesses"] for who in ("fire", "council", "hmrc")
    }
    assert len({business["business_id"] for (business,) in found.values()}) == 1, "one id, three views of it"
    assert {who: business["agencies"] for who, (business,) in found.items()} == {
        "fire": ["fire"],
        "council": ["council", "fire"],
        "hmrc": ["council", "fire", "hmrc"],
    }
