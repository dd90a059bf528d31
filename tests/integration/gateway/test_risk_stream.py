"""The stream of risk changes: exactly the reader's own, exactly once, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta

import httpx
import pytest

from shared.contracts.api.gateway import VIEW_CHANGED
from shared.contracts.events.linker import RISK_TOPIC, Audience, RiskBand
from shared.runtime.clock import utc_now
from shared.runtime.eventlog import Message
from tests.integration.gateway.risk import (
    STREAM,
    Refused,
    audience_of,
    change,
    concern_of,
    farewell,
    say,
    stream,
)
from tests.integration.gateway.served import PARTNERSHIP, Process, gateway

REVOKED = PARTNERSHIP.replace("status: active", "status: revoked")
QUIET = 0.4
"""Seconds after which what was going to arrive has arrived."""


@pytest.fixture
def url(tmp_path, issuer) -> Iterator[str]:
    with gateway(tmp_path, auth_jwks=str(issuer.jwks_path), streams_per_agency=2) as url:
        yield url


@pytest.fixture
def fire(issuer) -> dict[str, str]:
    return issuer.headers("fire")


async def test_a_change_arrives_on_the_stream_as_its_audience_sees_it(url, fire, log):
    async with stream(url, fire) as reader:
        await say(log, [change("fire", "biz_7", traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01")])
        data = await reader.next()
    assert data["event_id"].startswith("evt_")
    assert (data["business_id"], data["visible"], data["area"], data["sequence"]) == ("biz_7", True, "UB1", 1)
    assert (data["band"], data["previous_band"], data["as_of"]) == ("high", "low", "2026-11-22")
    assert data["regimes"][0]["regime"] == "fire"
    assert data["reasons"] == ["No alarm was found."]
    assert data["traceparent"].startswith("00-aaaa")
    assert "audience" not in data


async def test_an_agency_never_gets_the_events_of_another_audience(url, issuer, fire, log):
    async with stream(url, fire) as mine, stream(url, issuer.headers("police")) as theirs:
        await say(log, [change("police", f"biz_p{number}") for number in range(20)] + [change("fire", "biz_f")])
        assert (await mine.next())["business_id"] == "biz_f"
        got = await theirs.take(20)
        assert {data["business_id"] for data in got} == {f"biz_p{number}" for number in range(20)}
        await nothing_more(mine)
        await nothing_more(theirs)


async def test_an_event_naming_the_agency_for_an_audience_it_is_not_in_today_is_not_delivered(url, fire, log):
    stale = Audience(id="aud_of_yesterday", agencies=("fire",))
    crafted = Audience(id=audience_of("fire").id, agencies=("police",))
    async with stream(url, fire) as reader:
        await say(log, [change("fire", "biz_1", audience=stale), change("fire", "biz_2", audience=crafted)])
        await say(log, [change("fire", "biz_3")])
        assert (await reader.next())["business_id"] == "biz_3"


async def test_a_revocation_in_the_rules_stops_delivery_on_open_streams(tmp_path, url, fire, log):
    async with stream(url, fire) as reader:
        await say(log, [change("fire", "biz_1")])
        await reader.next()
        (tmp_path / "partnership.yaml").write_text(REVOKED)
        await say(log, [change("fire", "biz_2")])
        assert (await reader.next_block()).event == VIEW_CHANGED
        await nothing_more(reader)


async def test_who_loses_a_view_is_told_what_it_sees_no_more_and_nothing_else_of_it(tmp_path, url, fire, log):
    before = audience_of("fire")
    (tmp_path / "partnership.yaml").write_text(REVOKED)
    named = change("fire", "biz_2", 2, audience=before, cause="withdrawn")
    of_others = farewell(Audience(id=before.id, agencies=("police",)))
    async with stream(url, fire, band="high", area="ZE") as reader:
        await say(log, [named, of_others, farewell(before, "biz_1")])
        data = await reader.next()
        assert (data["business_id"], data["cause"], data["regimes"]) == ("biz_1", "withdrawn", [])
        assert not data["visible"]
        await nothing_more(reader)


async def test_a_reader_who_comes_back_to_another_view_is_told_so_first_and_once(tmp_path, url, fire, log):
    async with stream(url, fire) as reader:
        await say(log, [change("fire", "biz_1")])
        await reader.next()
        cursor = reader.cursor
    (tmp_path / "partnership.yaml").write_text(REVOKED)
    new = audience_of("fire", REVOKED)
    await say(log, [change("fire", "biz_2"), change("fire", "biz_3", audience=new, cause="withdrawn")])
    async with stream(url, fire, cursor) as reader:
        told = await reader.next_block()
        assert (told.event, told.data) == (VIEW_CHANGED, {"read_again": ["/v1/businesses"]})
        assert len(told.id) == len(cursor)
    async with stream(url, fire, told.id) as reader:
        assert (await reader.next())["business_id"] == "biz_3"


async def test_while_the_rules_cannot_be_read_nobody_gets_anything(tmp_path, url, fire, log):
    async with stream(url, fire) as reader:
        (tmp_path / "partnership.yaml").write_text("agencies: [")
        await say(log, [change("fire", "biz_1")])
        with pytest.raises((EOFError, httpx.HTTPError)):
            await reader.next()
        cursor = reader.cursor
    with pytest.raises(Refused) as refused:
        await open_and_close(url, fire)
    assert refused.value.response.status_code == 503
    (tmp_path / "partnership.yaml").write_text(PARTNERSHIP)
    async with stream(url, fire, cursor) as reader:
        assert (await reader.next())["business_id"] == "biz_1"


async def test_a_stream_resumes_after_kill_9_of_the_gateway_without_loss_or_repeat(tmp_path, issuer, fire, log):
    """The reader reconnects as a browser does, while the linker goes on publishing."""
    total = 600
    process = Process(tmp_path, auth_jwks=str(issuer.jwks_path))
    publishing = asyncio.create_task(publish_slowly(log, total))
    got: list[tuple[str, str, int]] = []
    async for data in persistent(process, fire, total):
        got.append((data["event_id"], data["business_id"], data["sequence"]))
        if len(got) in (50, 51, 200, 420):
            await asyncio.to_thread(process.kill9)
            await asyncio.to_thread(process.start)
    await publishing
    assert len({event_id for event_id, _, _ in got}) == len(got) == total
    for business in {business for _, business, _ in got}:
        assert [sequence for _, at, sequence in got if at == business] == list(range(1, total // 10 + 1))
    process.kill9()


async def publish_slowly(log, total: int) -> None:
    for sequence in range(1, total // 10 + 1):
        await say(log, [change("fire", f"biz_{number}", sequence) for number in range(10)])
        await say(log, [change("police", f"biz_{number}", sequence) for number in range(10)])
        await asyncio.sleep(0.01)


async def persistent(process: Process, headers: dict[str, str], total: int) -> AsyncIterator[dict]:
    cursor, count = None, 0
    while count < total:
        try:
            async with stream(process.url, headers, cursor, **({} if cursor else {"from": "start"})) as reader:
                while count < total:
                    data = await reader.next()
                    cursor, count = reader.cursor, count + 1
                    yield data
        except (httpx.TransportError, EOFError):
            await asyncio.sleep(0.05)


async def test_a_slow_reader_is_fed_from_the_log_and_costs_no_memory(tmp_path, issuer, fire, log):
    """Far more than the ring, the sockets and one batch could hold: 45 MB."""
    count, name = 3_000, "Chicken Shop " * 1150
    process = Process(tmp_path, auth_jwks=str(issuer.jwks_path), ring_events=50)
    async with stream(process.url, fire) as slow, stream(process.url, fire) as quick:
        before = process.peak_mib()
        draining = asyncio.create_task(quick.take(count))
        for first in range(0, count, 200):
            await say(log, [change("fire", f"biz_{number}", name=name) for number in range(first, first + 200)])
        await draining
        got = [data["business_id"] for data in await slow.take(count)]
        await nothing_more(slow)
        grown = process.peak_mib() - before
    process.kill9()
    assert sorted(got) == sorted(f"biz_{number}" for number in range(count))
    assert grown < 30, f"{grown:.0f} MiB"


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"band": "high"}, {"a", "d"}),
        ({"band": ["high", "low"]}, {"a", "b", "d"}),
        ({"regime": "licensing"}, {"b", "d"}),
        ({"area": "UB1"}, {"a"}),
        ({"area": "ub"}, {"a", "b"}),
        ({"area": "EC1"}, {"c"}),
        ({"area": ["E", "UB10"]}, {"b", "d"}),
        ({"band": "high", "area": "UB"}, {"a"}),
    ],
)
async def test_filters_choose_by_band_regime_and_area(url, fire, log, asked, wanted):
    licensing = concern_of("licensing")
    await say(
        log,
        [
            change("fire", "a"),
            change("fire", "b", band=RiskBand.low, area="UB10", regimes=licensing),
            change("fire", "c", band=RiskBand.medium, area="EC1A"),
            change("fire", "d", area="E1", regimes=licensing),
        ],
    )
    async with stream(url, fire, **{"from": "start"}, **asked) as reader:
        assert {data["business_id"] for data in await reader.take(len(wanted))} == wanted
        await nothing_more(reader)


@pytest.mark.parametrize("asked", [{"band": "huge"}, {"area": "%"}, {"area": "UB1 2AB"}, {"from": "yesterday"}])
async def test_a_filter_that_means_nothing_is_refused(url, fire, asked):
    with pytest.raises(Refused) as refused:
        await open_and_close(url, fire, **asked)
    assert refused.value.response.status_code == 422


async def test_the_first_block_is_a_position_to_resume_from_before_any_event(url, fire, log):
    await say(log, [change("fire", "before")])
    async with stream(url, fire) as reader:
        cursor = reader.cursor
    await say(log, [change("fire", "between")])
    async with stream(url, fire, cursor) as reader:
        assert (await reader.next())["business_id"] == "between"
    async with stream(url, fire, after=cursor) as reader:
        assert (await reader.next())["business_id"] == "between"


async def test_cursors_tell_nothing(url, fire, log):
    """Neither how much others receive, nor whether anything happened at all."""
    cursors = []
    for business in ("one", "two"):
        async with stream(url, fire) as reader:
            cursors.append(reader.cursor)
        async with stream(url, fire, cursors[0]) as reader:
            cursors.append(reader.cursor)
        await say(log, [change("police", business) for _ in range(300)])
    assert len(set(cursors)) == len(cursors)
    assert len({len(cursor) for cursor in cursors}) == 1


async def test_a_cursor_that_is_not_the_readers_own_is_refused(url, issuer, fire, log):
    async with stream(url, issuer.headers("police")) as reader:
        theirs = reader.cursor
    async with stream(url, fire) as reader:
        mine = reader.cursor
    for cursor in (theirs, mine[:-4] + "AAAA", mine[:20], "AAAA", "x" * 300, "%00%00"):
        with pytest.raises(Refused) as refused:
            await open_and_close(url, fire, cursor)
        assert refused.value.response.status_code == 400
        assert refused.value.response.headers["content-type"] == "application/problem+json"
        assert cursor not in refused.value.response.text


async def test_a_cursor_from_a_log_that_is_gone_is_refused_rather_than_waited_for(tmp_path, issuer, fire, log):
    with gateway(tmp_path, auth_jwks=str(issuer.jwks_path)) as url:
        await say(log, [change("fire")])
        async with stream(url, fire) as reader:
            cursor = reader.cursor
    other = f"embedded://{tmp_path}/other.db"
    with gateway(tmp_path, auth_jwks=str(issuer.jwks_path), log_url=other) as url, pytest.raises(Refused) as refused:
        await open_and_close(url, fire, cursor)
    assert refused.value.response.status_code == 400


async def test_a_message_that_cannot_be_read_is_passed_by(url, fire, log):
    async with stream(url, fire) as reader:
        await log.append([Message(RISK_TOPIC, "biz_1", b'{"type": "uk.joinedup.risk.changed.v1"}')])
        await log.append([Message(RISK_TOPIC, "biz_1", b'{"type": "uk.joinedup.risk.changed.v9"}')])
        await say(log, [change("fire", "biz_1")])
        assert (await reader.next())["business_id"] == "biz_1"


async def test_the_stream_ends_with_its_token_and_goes_on_with_a_fresh_one(url, issuer, log):
    ends = int((utc_now() + timedelta(seconds=2)).timestamp())
    async with stream(url, issuer.headers("fire", exp=ends)) as reader:
        with pytest.raises(EOFError):
            await reader.next()
        cursor = reader.cursor
    await say(log, [change("fire", "later")])
    async with stream(url, issuer.headers("fire"), cursor) as reader:
        assert (await reader.next())["business_id"] == "later"


async def test_an_agency_has_so_many_streams_and_closing_one_makes_room(url, issuer, fire):
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(stream(url, fire))
        with pytest.raises(Refused) as refused:
            await open_and_close(url, fire)
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["retry-after"]
        await open_and_close(url, issuer.headers("police"))
    for _ in range(100):
        if await is_open(url, fire):
            break
        await asyncio.sleep(0.05)
    assert await is_open(url, fire)


async def test_an_idle_stream_has_a_heartbeat(url, fire, monkeypatch):
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.05)
    async with stream(url, fire) as reader:
        block = await anext(reader.blocks())
    assert (block.comment, block.id, block.data) == ("ping", None, None)


async def test_open_streams_end_at_once_when_the_gateway_is_told_to_stop(tmp_path, issuer, fire):
    process = Process(tmp_path, auth_jwks=str(issuer.jwks_path), graceful_shutdown_seconds=30)
    async with stream(process.url, fire) as reader:
        stopping = asyncio.create_task(asyncio.to_thread(process.terminate))
        with pytest.raises(EOFError):
            await reader.next()
        assert await stopping < 3


@pytest.mark.parametrize(
    ("roles", "claims", "status"),
    [
        (["officer"], {}, 200),
        (["agency_system"], {"purpose": "compliance"}, 200),
        (["auditor"], {}, 403),
        (["operator", "agency_admin"], {}, 403),
        (["invented"], {}, 403),
        (["analyst"], {"purpose": "curiosity"}, 403),
    ],
)
async def test_the_stream_is_for_the_roles_the_purpose_and_the_agencies_it_was_made_for(
    url, issuer, roles, claims, status
):
    async with (
        httpx.AsyncClient() as client,
        client.stream("GET", url + STREAM, headers=issuer.headers("fire", roles, **claims)) as response,
    ):
        assert response.status_code == status


async def test_the_stream_is_not_for_an_agency_outside_the_partnership(url, issuer):
    with pytest.raises(Refused) as refused:
        await open_and_close(url, issuer.headers("stranger"))
    assert refused.value.response.status_code == 403


async def nothing_more(reader) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.next(), QUIET)


async def open_and_close(url: str, headers: dict[str, str], cursor: str | None = None, **params: str) -> None:
    async with stream(url, headers, cursor, **params):
        pass


async def is_open(url: str, headers: dict[str, str]) -> bool:
    try:
        await open_and_close(url, headers)
    except Refused:
        return False
    return True
