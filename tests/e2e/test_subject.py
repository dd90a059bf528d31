"""A person whom a card, its photograph, an intelligence report and a record name asks for access, and then for erasure.

Through the public address alone. Then nothing of the person is in any store, log, spool or payload for a webhook, a
replay and a rebuild give nothing back, and a process that is killed meanwhile changes nothing of that.
"""

import asyncio
import uuid
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shared.contracts.events import SEALED_TOPICS
from shared.contracts.events.referrals import CARD_RECORDS_TOPIC
from shared.runtime.eventlog.sealed import open_sealed_log
from tests.e2e.services import Services
from tests.e2e.test_card_loop import RULES, SHOP, Partner
from tests.e2e.two_worlds.world import FORM, MAPPING
from tests.support.processes import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

PERSON = "Ivy Quillfeather"
NAMED = "Quillfeather and Daughter"
SAID = (b"quillfeather", b"7946 0777", b"2079460777")
PLACE = {"name": NAMED, "address": "14 High Street", "postcode": "UB1 3DB"}
WORDS = f"{PERSON} hid in the store; ring her on 020 7946 0777."
REPORT = {"text": f"{PERSON} is paid in cash.", "received_on": "2026-11-20"}
GRADING = {"source": "2", "assessment": "C", "handling": "P"}


def photograph() -> bytes:
    """Of noise, so that no bytes of it are found anywhere else."""
    written = BytesIO()
    Image.effect_noise((120, 120), 90).save(written, "JPEG")
    return written.getvalue()


class Governance(Partner):
    """Council's information governance."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "council")
        asked = {"agency": "council", "roles": ["information_governance"]}
        token = self._http.post("/dev/token", json=asked).raise_for_status().json()
        self._http.headers["Authorization"] = f"Bearer {token['access_token']}"

    def access(self) -> dict[str, Any]:
        return dict(self.send("POST", "/v1/subject-access", {"name": PERSON}))


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    (tmp_path / "partnership.yaml").write_text(RULES)
    with Services(tmp_path / "data", tmp_path / "partnership.yaml", {}) as found:
        yield found


def written(council: Partner, fire: Partner) -> dict[str, str]:
    """Everything that names the person, and fire has seen it."""
    feed = {"id": "council-shops", "title": "Shops", "agency": "council", "regime": "food", "category": "inspections"}
    council.send("PUT", "/v1/feeds/council-shops", feed | {"mapping": MAPPING} | FORM)
    council.send("POST", "/v1/feeds/council-shops/records", SHOP | {"Landlord": PERSON, "Phone": "020 7946 0777"})
    (exits,) = fire.send(
        "POST", "/v1/indicators/packs/golden-indicators/adoption", {"starts": "2020-01-01", "slugs": ["blocked-exits"]}
    )
    card = {"id": str(uuid.uuid4()), "place": PLACE, "text": WORDS, "indicators": [exits["indicator_id"]]}
    receipt = council.send("POST", "/v1/cards", card)
    council.upload(f"/v1/cards/{receipt['card_id']}/photos/{uuid.uuid4()}", photograph(), "image/jpeg")
    referral = receipt["has_it"][0]["referral_id"]
    fire.send("POST", f"/v1/referrals/{referral}/steps", {"step": "accept"}, **{"If-Match": '"1"'})
    assert fire.get(f"/v1/referrals/{referral}")["text"] == WORDS
    report = council.send("POST", "/v1/intelligence", REPORT)["id"]
    council.send("POST", f"/v1/intelligence/{report}/gradings", GRADING)
    version = council.send("POST", f"/v1/intelligence/{report}/sanitised", {"text": f"{PERSON}: cash in hand."})["id"]
    assert fire.get(f"/v1/intelligence/sanitised/{version}")["text"] == f"{PERSON}: cash in hand."
    return {"card": receipt["card_id"], "intelligence": report, "sanitised": version, "referral": referral}


def test_after_access_and_erasure_nothing_of_a_person_is_found_anywhere(services: Services, tmp_path: Path) -> None:
    council, fire, governance = (
        Partner(services.url, "council"),
        Partner(services.url, "fire"),
        Governance(services.url),
    )
    fire.send("PUT", "/v1/collection", {})
    made = written(council, fire)
    wait_until(lambda: council.get(f"/v1/cards/{made['card']}")["business_id"], 60, "The card's record")
    events = told(fire)
    assert "referral.received" in {event["type"] for event in events}
    assert "quillfeather" not in str(events).casefold()

    wait_until(lambda: all(one["answered"] for one in governance.access()["services"]), 60, "A word of every service")
    found = governance.access()
    assert [one["source_ref"] for one in found["records"]] == [SHOP["Ref"]]
    items = {one["kind"]: one for one in found["items"]}
    assert {kind: one["id"] for kind, one in items.items()} == {
        k: made[k] for k in ("card", "intelligence", "sanitised")
    }
    assert [one["media_type"] for one in items["card"]["attached"]] == ["image/jpeg"]
    for kind in ("card", "sanitised"):
        assert {(one["agency"], *one["legal_gateways"]) for one in items[kind]["given"]} == {("fire", "cards")}

    data = tmp_path / "data"
    assert NAMED.encode() in asyncio.run(opened(data, CARD_RECORDS_TOPIC))
    picture = b64decode(items["card"]["attached"][0]["content"])[-64:]
    before = everything(data)
    assert [said for said in (*SAID[:2], picture) if said not in before and said not in before.lower()] == []
    asked = {"right": "erasure", "asked_by": "data_subject", "outcome": "granted", "ground": "no-longer-necessary"}
    asked |= {"feed": "council-shops", "source_refs": [SHOP["Ref"]]}
    named = [{"kind": kind, "id": one["id"]} for kind, one in items.items()]
    done = governance.send("POST", "/v1/data-requests", asked | {"items": named})
    for name in ("referrals-relay", "ingest-consume"):
        services.kill(name)
    assert {(one["service"], one["said"]) for one in done["parts"]} == {("ingest", "done"), ("referrals", "done")}
    wait_until(lambda: "referral.amended" in {one["type"] for one in told(fire)}, 60, "The word of it")
    wait_until(lambda: not fire.get("/v1/businesses")["businesses"], 60, "The end of the card's record")
    found = governance.access()
    assert (found["records"], found["rows"], found["items"]) == ([], [], [])
    assert fire.get(f"/v1/referrals/{made['referral']}")["text"] is None

    services.rebuild()
    wait_until(council.is_served, 60, "The graph again")
    assert (council.get("/v1/businesses")["businesses"], fire.get("/v1/businesses")["businesses"]) == ([], [])
    services.stop()
    left = everything(data)
    assert [said for said in SAID if said in left.lower()] == []
    assert picture not in left
    said = b"".join(asyncio.run(opened(data, topic)) for topic in SEALED_TOPICS)
    assert [one for one in SAID if one in said.lower()] == []
    assert made["card"].encode() in left, "that there was a card is still known"


def told(partner: Partner) -> list[dict[str, Any]]:
    return list(partner.get("/v1/collection/new", limit="500")["events"])


async def opened(data: Path, topic: str) -> bytes:
    """What the log says there to one who holds the keys."""
    log = await open_sealed_log(f"embedded://{data}/log.db", f"sqlite:///{data}/keys.db", [topic])
    messages = await log.fetch(topic, {}, 100, 0.0)
    await log.close()
    return b"".join(message.value for message in messages)


def everything(data: Path) -> bytes:
    return b"".join(file.read_bytes() for file in data.rglob("*") if file.is_file())
