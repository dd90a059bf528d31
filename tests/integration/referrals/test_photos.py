"""Photographs: only the picture is kept, and who may not see the words does not see it."""

import sys
import uuid
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from services.referrals.clients.scanner import Scanner
from tests.integration.referrals.beat import Beat

OFFICER = "council/ann"
PLACE_TAKEN = 0x8825
MAKER = 0x010F


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20)) -> bytes:
    """With a maker, a place and a turned camera in its metadata."""
    taken = Image.new("RGB", size, (200, 10, 10))
    exif = Image.Exif()
    exif[MAKER] = "A telephone"
    exif[0x0112] = 6
    exif.get_ifd(PLACE_TAKEN)[2] = (51.0, 30.0, 0.0)
    written = BytesIO()
    taken.save(written, kind, exif=exif)
    return written.getvalue()


@pytest.fixture
async def sent(beat: Beat) -> Any:
    fire = await beat.adopt("fire")
    return await beat.file(OFFICER, fire["blocked-exits"])


async def put(beat: Beat, sent: Any, content: bytes, kind: str = "image/jpeg", **given: Any) -> httpx.Response:
    path = f"/v1/cards/{sent['card_id']}/photos/{given.pop('photo', uuid.uuid4())}"
    who = given.pop("who", OFFICER)
    return await beat.call(who, "PUT", path, content=content, headers={"Content-Type": kind})


async def shown(beat: Beat, who: str, sent: Any, photo: str) -> httpx.Response:
    return await beat.call(who, "GET", f"/v1/cards/{sent['card_id']}/photos/{photo}")


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
async def test_a_photograph_loses_its_metadata_and_stands_upright(
    beat: Beat, sent: Any, kind: str, media_type: str
) -> None:
    original = picture(kind)
    assert b"A telephone" in original
    answer = await put(beat, sent, original, media_type)
    assert (answer.status_code, answer.json()["width"], answer.json()["height"]) == (201, 20, 40)
    kept = await shown(beat, "fire/bob", sent, answer.json()["photo_id"])
    assert (kept.status_code, kept.headers["content-type"]) == (200, media_type)
    opened = Image.open(BytesIO(kept.content))
    assert (dict(opened.getexif()), opened.size, opened.format) == ({}, (20, 40), kind)
    assert b"A telephone" not in kept.content


async def test_adding_it_again_is_adding_it_once_and_another_under_its_id_is_refused(beat: Beat, sent: Any) -> None:
    photo, content = str(uuid.uuid4()), picture()
    first, again = [await put(beat, sent, content, photo=photo) for _ in range(2)]
    assert first.json() == again.json()
    assert (await put(beat, sent, picture(size=(10, 10)), photo=photo)).status_code == 409
    whole = await beat.get(OFFICER, f"/v1/cards/{sent['card_id']}")
    assert [one["photo_id"] for one in whole["photos"]] == [photo]


async def test_what_is_no_photograph_is_refused_without_saying_what_it_was(beat: Beat, sent: Any) -> None:
    assert (await put(beat, sent, b"not a picture")).status_code == 422
    assert (await put(beat, sent, picture("PNG"), "image/jpeg")).status_code == 422
    assert (await put(beat, sent, picture(), "image/svg+xml")).status_code == 415
    assert (await put(beat, sent, b"x" * ((10 << 20) + 1))).status_code == 413


async def test_who_does_not_see_the_card_whole_sees_no_photograph(beat: Beat, sent: Any) -> None:
    photo = (await put(beat, sent, picture())).json()["photo_id"]
    assert (await shown(beat, "border/bea", sent, photo)).status_code == 404
    beat.rules("council-to-fire")
    assert (await shown(beat, "fire/bob", sent, photo)).status_code == 404
    assert (await put(beat, sent, picture(), who="fire/bob")).status_code == 404


SCRIPT = "import sys; sys.exit(1 if b'virus' in sys.stdin.buffer.read() else 0)"


async def test_what_the_scanner_does_not_let_in_is_not_kept(beat: Beat, sent: Any) -> None:
    shared = beat.app.state.referrals
    beat.app.state.referrals = type(shared)(
        shared.database, shared.rules, shared.linker, Scanner(f'{sys.executable} -c "{SCRIPT}"')
    )
    assert (await put(beat, sent, picture() + b"virus")).status_code == 422
    assert (await put(beat, sent, picture())).status_code == 201
    beat.app.state.referrals = type(shared)(shared.database, shared.rules, shared.linker, Scanner("no-such-command"))
    assert (await put(beat, sent, picture())).status_code == 503
