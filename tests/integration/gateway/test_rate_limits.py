"""Too many requests of a client or an agency are refused, at every replica, and nobody else's are."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import time_machine

from services.gateway.domain.allowance import Limit
from services.gateway.handlers.meter import SHARED_EVERY, Meter, of
from services.gateway.handlers.secrets import hashed, matches
from services.gateway.store.tables import request_count
from shared.runtime.auth import Principal
from shared.runtime.db import Database
from shared.runtime.errors import TooMany, Unavailable
from shared.runtime.migrate import migrate
from tests.integration.gateway.served import gateway, http
from tests.integration.gateway.signing_in import assertion, by_assertion, by_secret, issuing

NOON = 1_800_000_000


def meter(database: Database, client: int = 1000, agency: int = 1000, seconds: int = 60) -> Meter:
    return Meter(database, [Limit("client", client, seconds), Limit("agency", agency, seconds)])


def caller(agency: str = "fire", subject: str = "one") -> Principal:
    return Principal(agency, frozenset(), subject)


def admitted(meter: Meter, who: Principal, tries: int) -> int:
    """How many of `tries` requests at once; those that are not are told when to come back."""
    waits = [_wait(meter, who) for _ in range(tries)]
    assert all(wait is None or int(wait) >= 1 for wait in waits)
    return waits.count(None)


def _wait(meter: Meter, who: Principal) -> str | None:
    try:
        meter.admit(of(who))
    except TooMany as refused:
        return refused.headers["Retry-After"]
    return None


async def test_a_client_and_an_agency_each_have_a_limit_of_their_own(database):
    counted = meter(database, client=5, agency=8)
    assert admitted(counted, caller(subject="one"), 10) == 5
    assert admitted(counted, caller(subject="two"), 10) == 3
    assert admitted(counted, caller("police", "one"), 10) == 5


async def test_what_one_replica_admits_the_others_know_once_they_ask(database):
    one, two = meter(database, client=10), meter(database, client=10)
    with time_machine.travel(NOON, tick=False):
        assert admitted(one, caller(), 6) == 6
        assert admitted(two, caller(), 1) == 1
        await one.share()
        await two.share()
        assert admitted(two, caller(), 10) == 3
        await two.share()
        assert admitted(one, caller(), 1) == 1  # it has not asked since
        await one.share()
        assert admitted(one, caller(), 10) == 0


async def test_a_replica_that_starts_anew_knows_what_was_used_of_a_quota(database):
    with time_machine.travel(NOON, tick=False):
        before = meter(database, agency=5, seconds=86_400)
        assert admitted(before, caller(), 4) == 4
        await before.share()
        after = meter(database, agency=5, seconds=86_400)
        assert admitted(after, caller(), 1) == 1
        await after.share()
        assert admitted(after, caller(), 5) == 0


async def test_the_window_slides_and_the_store_forgets(database):
    counted = meter(database, client=10)
    with time_machine.travel(NOON, tick=False) as clock:
        assert admitted(counted, caller(), 20) == 10
        await counted.share()
        clock.shift(90)
        assert admitted(counted, caller(), 20) == 5
        clock.shift(600)
        assert admitted(counted, caller(), 20) == 10
        await counted.share()
    async with database.read() as connection:
        periods = {row.period for row in await connection.execute(request_count.select())}
    assert periods == {(NOON + 690) // 60}


async def test_while_the_store_is_away_a_replica_limits_alone_and_tells_later(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/gateway.db", "gateway")
    counted = meter(database, client=10)
    with time_machine.travel(NOON, tick=False):
        assert admitted(counted, caller(), 6) == 6
        await counted.share()
        assert admitted(counted, caller(), 10) == 4
        await migrate(database)
        await counted.share()
        another = meter(database, client=10)
        assert admitted(another, caller(subject="another"), 1) == 1
        await another.share()
        assert admitted(another, caller(), 10) == 0
    await database.close()


def status_when(ask: Callable[[], int], wanted: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while ask() != wanted:
        assert time.monotonic() < deadline


def test_at_the_public_address_every_route_counts_and_says_when_to_come_back(tmp_path, issuer):
    given = {"auth_jwks": str(issuer.jwks_path), "client_requests_per_minute": 20}
    headers = issuer.headers("fire", ["analyst"])
    with gateway(tmp_path, **given) as one, gateway(tmp_path, **given) as two:
        for place in ("/v1/me", "/v1/businesses"):
            for _ in range(10):
                assert http.get(one + place, headers=headers).status_code in (200, 503)
        for place in ("/v1/me", "/v1/businesses", "/v1/events/risk-changes"):
            refused = http.get(one + place, headers=headers)
            assert (place, refused.status_code) == (place, 429)
            assert 1 <= int(refused.headers["retry-after"]) <= 120
            assert refused.headers["content-type"] == "application/problem+json"
        time.sleep(SHARED_EVERY)
        status_when(lambda: http.get(f"{two}/v1/me", headers=headers).status_code, 429, 10)
        assert http.get(f"{one}/v1/me", headers=issuer.headers("police", ["analyst"])).status_code == 200
        assert http.get(f"{one}/healthz").status_code == 200


def test_what_is_refused_for_want_of_a_role_or_a_partnership_counts_as_well(tmp_path, issuer):
    """Each refusal is an entry of the audit log: whoever is refused on and on must not fill it."""
    given = {"auth_jwks": str(issuer.jwks_path), "client_requests_per_minute": 10}
    with gateway(tmp_path, **given) as url:
        for agency, roles, path in (
            ("fire", ["officer"], "/v1/audit"),
            ("police", [], "/v1/businesses"),
            ("stranger", ["officer"], "/v1/me"),
        ):
            headers = issuer.headers(agency, roles)
            answers = [http.get(url + path, headers=headers).status_code for _ in range(12)]
            assert answers == [403] * 10 + [429] * 2
        with closing(sqlite3.connect(tmp_path / "gateway.db")) as store:
            assert store.execute("SELECT count(*) FROM audit_entry").fetchone() == (30,)


def test_whoever_tries_secrets_on_and_on_is_refused_before_they_are_looked_at(tmp_path):
    with issuing(tmp_path, sign_ins_per_minute=5) as url:
        answers = [by_secret(url, "small-system", "wrong").status_code for _ in range(5)]
        assert answers == [401] * 5
        for answer in (
            by_secret(url, "small-system"),
            by_assertion(url, assertion()),
            http.post(f"{url}/oauth/revoke", data={"token": "x"}),
        ):
            assert answer.status_code == 429
            assert 1 <= int(answer.headers["retry-after"]) <= 120


def test_nobody_unknown_sends_more_than_a_form(tmp_path):
    with issuing(tmp_path) as url:
        for path in ("/oauth/token", "/oauth/revoke"):
            assert http.post(url + path, data={"token": "x" * 70_000}).status_code == 413


async def test_of_many_secrets_at_once_the_last_are_not_looked_at_and_the_next_is():
    """Two are worked out at a time, and as many wait as are answered within a second."""
    kept = hashed("right")
    told = await asyncio.gather(*(matches("wrong", kept) for _ in range(40)), return_exceptions=True)
    assert [type(one) for one in told] == [bool] * 32 + [Unavailable] * 8
    assert await matches("right", kept)


def test_whoever_asks_too_often_what_could_be_a_guess_waits_and_may_ask_all_else(tmp_path, issuer):
    with gateway(tmp_path, auth_jwks=str(issuer.jwks_path), guesses_per_day=2) as url:
        one, two = (issuer.headers("fire", ("analyst",), sub=sub) for sub in ("one", "two"))
        asked = [http.post(f"{url}/v1/known", json={}, headers=who).status_code for who in (one, one, one, two)]
        assert [status == 429 for status in asked] == [False, False, True, False]
        assert http.get(f"{url}/v1/me", headers=one).status_code == 200
