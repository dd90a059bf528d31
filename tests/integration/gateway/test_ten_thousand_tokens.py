"""10,000 tokens made at random out of good ones: none gets in."""

import base64
import json
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from shared.runtime.auth import Keys, TokenVerifier
from shared.runtime.clock import utc_now
from shared.runtime.errors import Unauthenticated
from tests.support.tokens import AUDIENCE, ISSUER, Issuer

TOKENS = 10_000
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_STRANGER = ECKey.generate_key("P-256", {"kid": "test"})


def other_character(chance: random.Random, good: str) -> str:
    """One character of a good token is another. Of each part's last one, some bits mean nothing: those are left."""
    ends = {index - 1 for index, letter in enumerate(good) if letter == "."} | {len(good) - 1}
    place = chance.choice([index for index in range(len(good)) if good[index] != "." and index not in ends])
    letter = chance.choice(_BASE64.replace(good[place], ""))
    return good[:place] + letter + good[place + 1 :]


def cut(chance: random.Random, good: str) -> str:
    return good[: chance.randrange(len(good) - 1)]


def other_claims(chance: random.Random, good: str) -> str:
    """The good signature over an agency, roles or an expiry that the caller would like better."""
    header, body, signature = good.split(".")
    wish = chance.choice([{"agency": "police"}, {"roles": ["auditor"]}, {"exp": 10**10}, {"purpose": "policing"}])
    return f"{header}.{encoded(decoded(body) | wish | {'n': chance.random()})}.{signature}"


def other_algorithm(chance: random.Random, good: str) -> str:
    header, body, signature = good.split(".")
    names = ["none", "None", "NONE", "HS256", "HS384", "HS512", "RS256", "PS256", "EdDSA", "ES384", "ES256K", "", 7]
    end = chance.choice([signature, "", encoded({"n": chance.random()})])
    return f"{encoded(decoded(header) | {'alg': chance.choice(names)})}.{body}.{end}"


def rubbish(chance: random.Random, _good: str) -> str:
    parts = [chance.choices(_BASE64, k=chance.randrange(0, 80)) for _ in range(chance.randrange(0, 6))]
    return ".".join("".join(part) for part in parts)


def of_a_stranger(chance: random.Random, good: str) -> str:
    return jwt.encode({"alg": "ES256", "kid": "test"}, decoded(good.split(".")[1]) | {"n": chance.random()}, _STRANGER)


MADE: list[Callable[[random.Random, str], str]] = [
    other_character, cut, other_claims, other_algorithm, rubbish, of_a_stranger,
]  # fmt: skip


def encoded(content: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def decoded(part: str) -> dict[str, object]:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def unlucky(chance: random.Random, issuer: Issuer) -> str:
    """Signed by the right key, and expired, or by or for somebody else."""
    past = int((utc_now() - timedelta(seconds=chance.randrange(1, 10**6))).timestamp())
    wrong = [{"exp": past}, {"aud": f"other-{chance.random()}"}, {"iss": f"urn:{chance.random()}"}, {"sub": ""}]
    return issuer.token("fire", **chance.choice(wrong))


async def test_none_of_ten_thousand_gets_in(tmp_path):
    issuer, chance = Issuer(tmp_path), random.Random(4)
    verifier = TokenVerifier(ISSUER, AUDIENCE, Keys(str(issuer.jwks_path)))
    good = issuer.token("fire", ["analyst"], jti="tok_1")
    assert (await verifier.verify(good)).agency == "fire"
    for number in range(TOKENS):
        if number % 10 == 0:
            made, text = unlucky, unlucky(chance, issuer)
        else:
            made = chance.choice(MADE)
            text = made(chance, good)
        with pytest.raises(Unauthenticated):
            await verifier.verify(text)
            pytest.fail(f"{made.__name__} got in: {text}")
