"""Commands against running services and a real log."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from joinedup.stack import DEFAULT_PARTNERSHIP
from shared.contracts.events.ingest import RECORDS_TOPIC
from shared.runtime.dead_letter import dead_letter
from shared.runtime.eventlog import Delivered, open_log
from tests.support.processes import ROOT, start
from tests.support.whole import whole

pytestmark = pytest.mark.slow

FOOD = (
    "fhrsid,business_name,address1,address2,address3,address4,postcode,lat,lon,phone,business_type,rating,rating_date\n"
    "1,The Chicken Shop,12 The Broadway,,,,UB1 1AA,,,,Takeaway,0,2026-01-31\n"
    "2,Blue Anchor,3 Fore Street,,,,UB1 2BB,,,,Pub,eleven,2026-01-31\n"
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with whole(tmp_path_factory.mktemp("whole"), DEFAULT_PARTNERSHIP, takes_files=True) as found:
        yield found


def test_a_sent_file_is_answered_with_a_receipt_that_names_each_rejected_row_and_its_remedy(
    url: str, tmp_path: Path
) -> None:
    food = tmp_path / "food.csv"
    food.write_text(FOOD)
    done, again = (_joinedup("feed", "send", f"ealing-food-hygiene={food}", "--url", url) for _ in range(2))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 taken, 1 in quarantine" in done.stdout
    assert "rating" in done.stdout
    assert "eleven" not in done.stdout
    assert "1 taken, 1 in quarantine" in again.stdout


def test_who_listens_sees_what_arrives_and_leaves_no_webhook_behind(url: str) -> None:
    listening = start([sys.executable, "-m", "joinedup", "webhook", "listen", "--url", url], output=subprocess.PIPE)
    assert listening.stdout
    told = [listening.stdout.readline().decode() for _ in range(2)]
    with httpx.Client(base_url=url, trust_env=False) as http:
        token = http.post("/dev/token", json={"agency": "food-safety", "roles": ["agency_system"]}).json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        during = http.get("/v1/webhooks", headers=headers).json()
        listening.send_signal(signal.SIGINT)
        listening.wait(20)
        after = http.get("/v1/webhooks", headers=headers).json()
    assert during[0]["id"] in told[0]
    assert "webhook.test" in told[1]
    assert after == []


def test_sending_to_an_address_where_nothing_runs_says_how_to_start_it(tmp_path: Path) -> None:
    food = tmp_path / "food.csv"
    food.write_text(FOOD)
    done = _joinedup("feed", "send", f"ealing-food-hygiene={food}", "--url", "http://127.0.0.1:1")
    assert done.returncode == 1
    assert "joinedup up" in done.stderr


def test_dead_letters_are_listed_without_their_content_and_replayed_once(tmp_path: Path) -> None:
    asyncio.run(_set_one_aside(tmp_path))
    listed = _joinedup("log", "dead-letters", "--data-dir", str(tmp_path))
    assert "ValueError" in listed.stdout
    assert "secret" not in listed.stdout
    replayed = [_joinedup("log", "dead-letters", "--replay", "--data-dir", str(tmp_path)) for _ in range(2)]
    assert [answer.stdout.split()[0] for answer in replayed] == ["1", "0"]


async def _set_one_aside(folder: Path) -> None:
    log = await open_log(f"embedded://{folder}/log.db")
    message = Delivered(RECORDS_TOPIC, "key", b"secret", {}, 0, 0)
    await log.append([dead_letter(message, ValueError("secret"), 5, "linker")])
    await log.close()


def _joinedup(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "joinedup", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
