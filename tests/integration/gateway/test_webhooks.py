"""Webhooks as an agency registers and manages them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.runtime.db import Database
from tests.integration.gateway.delivering import Delivering
from tests.integration.gateway.receiver import Receiver

URL = "https://events.fire.example/joinedup"


@pytest.fixture
async def gateway(tmp_path, issuer) -> AsyncIterator[Delivering]:
    """In production: what it calls is on the public internet."""
    database = Database(f"sqlite:///{tmp_path}/gateway.db", "gateway")
    made = Delivering(tmp_path, database, issuer, profile="production", register_file=_register(tmp_path))
    yield made
    await made.close()
    await database.close()


def _register(folder: Path) -> Path:
    (folder / "register.yaml").write_text("{}")
    return folder / "register.yaml"


async def made(gateway: Delivering, **wish: object) -> dict:
    answer = await gateway.call("POST", "/v1/webhooks", json={"url": URL} | wish)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_the_secret_is_shown_once_and_lies_sealed_in_the_store(gateway):
    webhook = await made(gateway)
    assert webhook["secret"].startswith("whsec_")
    listed = await gateway.call("GET", "/v1/webhooks")
    one = await gateway.call("GET", f"/v1/webhooks/{webhook['id']}")
    assert listed.json() == [one.json()]
    assert one.json() == {
        name: value for name, value in webhook.items() if name not in ("secret", "previous_valid_until")
    }
    async with gateway.database.read() as connection:
        kept = (await connection.exec_driver_sql("SELECT secret FROM webhook")).scalar_one()
    assert webhook["secret"].encode()[6:] not in kept
    assert len(kept) > 32


@pytest.mark.parametrize(
    "url",
    [
        "http://events.fire.example/",
        "https://",
        "https://:443/",
        "https://user:key@events.fire.example/",
        "https://events.fire.example/#top",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/",
        "https://events.fire.example:99999/",
        "ftp://events.fire.example/",
        "http://127.0.0.1:8402/v1/businesses",
        "https://events fire.example/",
        "events",
    ],
)
async def test_an_address_that_will_not_do_is_refused_and_not_repeated(gateway, url):
    answer = await gateway.call("POST", "/v1/webhooks", json={"url": url})
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["field"] == "body.url"
    assert "fire.example" not in answer.text
    assert "10.1.2.3" not in answer.text


async def test_another_agency_finds_nothing_and_changes_nothing(gateway):
    webhook = await made(gateway)
    path = f"/v1/webhooks/{webhook['id']}"
    tried = [
        await gateway.call("GET", path, "police"),
        await gateway.call("PUT", path, "police", json={"url": "https://police.example/"}),
        await gateway.call("DELETE", path, "police"),
        await gateway.call("POST", f"{path}/secret", "police"),
        await gateway.call("POST", f"{path}/test", "police"),
        await gateway.call("POST", f"{path}/replay", "police", json={"since": "2026-11-01T00:00:00Z"}),
        await gateway.call("GET", f"{path}/deliveries", "police"),
    ]
    never = await gateway.call("GET", f"/v1/webhooks/whk_{'0' * 32}", "police")
    assert {answer.status_code for answer in tried} == {404}
    assert tried[0].text == never.text
    assert (await gateway.call("GET", "/v1/webhooks", "police")).json() == []
    assert (await gateway.call("GET", path)).json()["url"] == URL


async def test_a_webhook_is_changed_and_ended(gateway):
    webhook = await made(gateway, types=["risk.changed", "risk.changed"])
    assert webhook["types"] == ["risk.changed"]
    path = f"/v1/webhooks/{webhook['id']}"
    changed = (
        await gateway.call("PUT", path, json={"url": f"{URL}/2", "types": ["finding.raised"], "enabled": False})
    ).json()
    assert (changed["url"], changed["types"], changed["enabled"]) == (f"{URL}/2", ["finding.raised"], False)
    assert (await gateway.call("POST", f"{path}/test")).status_code == 409
    assert (await gateway.call("DELETE", path)).status_code == 204
    assert (await gateway.call("GET", path)).status_code == 404


async def test_an_agency_has_so_many_webhooks_and_no_more(gateway):
    for _ in range(20):
        await made(gateway)
    assert (await gateway.call("POST", "/v1/webhooks", json={"url": URL})).status_code == 409
    assert (await gateway.call("POST", "/v1/webhooks", "police", json={"url": URL})).status_code == 201


async def test_events_are_given_for_the_purpose_of_the_streams_and_no_other(gateway):
    other = await gateway.call("POST", "/v1/webhooks", json={"url": URL}, claims={"purpose": "prosecution"})
    same = await gateway.call("POST", "/v1/webhooks", json={"url": URL}, claims={"purpose": "compliance"})
    assert (other.status_code, same.status_code) == (403, 201)


async def test_tests_and_replays_of_one_webhook_are_limited(gateway):
    webhook, other = await made(gateway), await made(gateway)
    answers = [await gateway.call("POST", f"/v1/webhooks/{webhook['id']}/test") for _ in range(21)]
    assert [answer.status_code for answer in answers] == [202] * 20 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (await gateway.call("POST", f"/v1/webhooks/{other['id']}/test")).status_code == 202


async def test_in_production_a_name_that_leads_inside_is_never_dialled(gateway):
    """The name is looked up at each delivery: what it led to when it was registered says nothing."""
    receiver = Receiver()
    url = f"https://localhost:{receiver.port}/"
    webhook = (await gateway.call("POST", "/v1/webhooks", json={"url": url})).json()
    await gateway.call("POST", f"/v1/webhooks/{webhook['id']}/test")
    await gateway.send()
    [delivery] = await gateway.deliveries(webhook)
    assert (delivery["state"], delivery["answered"], delivery["attempts"]) == ("waiting", "address_not_public", 0)
    assert receiver.calls == []
    receiver.close()
