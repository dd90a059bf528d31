"""The code in docs/how-to/receive-events.md, run as it stands."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.gateway.receiver import Receiver
from tests.integration.gateway.risk import change
from tests.integration.gateway.served import gateway as served

GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "receive-events.md"


@pytest.fixture
def code() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL):
        exec(block, found)
    return found


async def test_its_ten_lines_know_our_signature_and_no_other(gateway, code):
    receiver = Receiver()
    webhook = await gateway.register(receiver)
    newer = (await gateway.call("POST", f"/v1/webhooks/{webhook['id']}/secret")).json()
    await gateway.happens(change("fire", name="Café “Zum Löwen”"))
    await gateway.send()
    receiver.close()
    [call] = receiver.calls
    is_ours, secret = code["is_ours"], webhook["secret"]
    assert is_ours(secret, call.headers, call.body)
    assert is_ours(newer["secret"], call.headers, call.body)
    assert not is_ours(secret, call.headers, call.body.replace(b"high", b"none"))
    assert not is_ours(secret, call.headers | {"webhook-id": "evt_other"}, call.body)
    assert not is_ours("whsec_" + "A" * 43 + "=", call.headers, call.body)
    old = str(int(call.headers["webhook-timestamp"]) - 600)
    assert not is_ours(secret, call.headers | {"webhook-timestamp": old}, call.body)


async def test_its_loop_fetches_everything_and_leaves_nothing_new(tmp_path, issuer, gateway, code):
    await gateway.call("PUT", "/v1/collection", json={})
    await gateway.happens(*(change("fire", f"biz_{number}") for number in range(150)))
    kept: list[str] = []
    with (
        served(tmp_path, auth_jwks=str(issuer.jwks_path), profile="demo") as url,
        httpx.Client(base_url=url, headers=issuer.headers("fire"), trust_env=False) as http,
    ):
        code["fetch"](http, lambda event: kept.append(event["data"]["business_id"]))
        assert http.get("/v1/collection/new").json() == {"events": [], "next": None}
    assert sorted(kept) == sorted(f"biz_{number}" for number in range(150))
