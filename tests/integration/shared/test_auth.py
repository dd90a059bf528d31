"""The verifier, beyond what the gateway's tests show: keys that change, keys that are away, roles as types."""

from datetime import timedelta

import orjson
import pytest
from joserfc.jwk import ECKey, KeySet

from shared.contracts.roles import Role
from shared.runtime import auth
from shared.runtime.auth import Keys, Principal, TokenVerifier, permitted
from shared.runtime.clock import utc_now
from shared.runtime.errors import Forbidden, Unauthenticated, Unavailable
from tests.support.tokens import AUDIENCE, ISSUER, Issuer


@pytest.fixture
def issuer(tmp_path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture
def verifier(issuer) -> TokenVerifier:
    return TokenVerifier(ISSUER, AUDIENCE, Keys(str(issuer.jwks_path)))


async def test_a_token_becomes_its_agency_roles_subject_purpose_and_expiry(verifier, issuer):
    principal = await verifier.verify(issuer.token("fire", ["analyst", "wizard"], purpose="compliance", exp=4e9))
    assert principal == Principal("fire", frozenset({Role.analyst}), "fire-system", "compliance", 4e9)


async def test_a_new_key_of_the_issuer_is_fetched_when_a_token_needs_it(verifier, issuer, monkeypatch):
    await verifier.verify(issuer.token("fire"))
    issuer.key = ECKey.generate_key("P-256", parameters={"kid": "test", "use": "sig", "alg": "ES256"})
    issuer.jwks_path.write_bytes(orjson.dumps(KeySet([issuer.key]).as_dict(private=False)))
    with pytest.raises(Unauthenticated):
        await verifier.verify(issuer.token("fire"))
    monkeypatch.setattr(auth, "_KEYS_ASKED_AGAIN_SECONDS", 0.0)
    assert (await verifier.verify(issuer.token("fire"))).agency == "fire"


async def test_bad_tokens_do_not_make_us_ask_the_issuer_again_and_again(issuer):
    asked = 0

    class Counted(Keys):
        async def _read(self) -> bytes:
            nonlocal asked
            asked += 1
            return await super()._read()

    verifier = TokenVerifier(ISSUER, AUDIENCE, Counted(str(issuer.jwks_path)))
    for _ in range(50):
        with pytest.raises(Unauthenticated):
            await verifier.verify("a.b.c")
    assert asked == 1


@pytest.mark.parametrize("source", ["/nowhere/jwks.json", "http://127.0.0.1:1/jwks.json", ""])
async def test_keys_that_are_away_are_our_fault_and_not_the_callers(issuer, source):
    with pytest.raises(Unavailable):
        await TokenVerifier(ISSUER, AUDIENCE, Keys(source)).verify(issuer.token("fire"))


def ahead(seconds: float) -> int:
    return int((utc_now() + timedelta(seconds=seconds)).timestamp())


async def test_a_token_from_a_clock_a_little_ahead_is_good_and_one_from_the_future_is_not(verifier, issuer):
    for claim in ("iat", "nbf"):
        assert await verifier.verify(issuer.token("fire", **{claim: ahead(20)}))
        with pytest.raises(Unauthenticated):
            await verifier.verify(issuer.token("fire", **{claim: ahead(300)}))


async def test_an_expired_token_is_not_good_for_a_second_longer(verifier, issuer):
    with pytest.raises(Unauthenticated):
        await verifier.verify(issuer.token("fire", exp=ahead(-1)))


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "Jane\x00"},
        {"sub": "\u2028"},
        {"sub": "x" * 321},
        {"agency": "a" * 64},
        {"agency": "a b\n"},
        {"purpose": "\x00"},
        {"purposes": ["licensing", "\u2028"]},
        {"purposes": [7]},
        {"jti": "\x00"},
    ],
)
async def test_what_could_be_written_in_no_log_names_nobody(verifier, issuer, claims):
    with pytest.raises(Unauthenticated):
        await verifier.verify(issuer.token(**{"agency": "fire"} | claims))


@pytest.mark.parametrize("roles", [[], ["officer"], ["wizard"]])
async def test_a_caller_without_one_of_the_roles_is_told_which_are_needed(verifier, issuer, roles):
    principal = await verifier.verify(issuer.token("fire", roles))
    with pytest.raises(Forbidden, match="analyst or tasking chair"):
        await permitted(Role.analyst, Role.tasking_chair)(principal)
