"""What an address may be, what answers mean, when to try again, and who may still have what."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.gateway.domain.basis import Sight
from services.gateway.domain.notices import told
from services.gateway.domain.sealing import KEY_BYTES, Seal, SealBroken
from services.gateway.domain.webhooks import Fate, answered, fault_of, hold, wait_after_refusal
from shared.contracts.envelope import Event, EventData
from shared.contracts.events import BY_DATA
from shared.contracts.events.linker import FindingEnded, RiskChanged
from shared.runtime.public_only import is_own, is_public
from shared.sharing import View

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "http://events.fire.example/",
        "https://",
        "https://:443/",
        "https://user:key@events.fire.example/",
        "https://events.fire.example/#top",
        "https://events.fire.example:99999/",
        "https://[::1/",
        "ftp://events.fire.example/",
        "http://127.0.0.1/",
        "events",
        "//events.fire.example/",
    ],
)
def test_an_address_that_will_not_do_has_a_remedy(url: str) -> None:
    assert fault_of(url, allow_loopback=False)


def test_https_will_do_and_in_a_demonstration_this_machine_without_it() -> None:
    assert fault_of("https://events.fire.example:8443/a?b=c", allow_loopback=False) is None
    assert fault_of("http://localhost:8000/", allow_loopback=True) is None
    assert fault_of("http://[::1]:8000/", allow_loopback=True) is None
    assert fault_of("http://events.fire.example/", allow_loopback=True)
    assert fault_of("ftp://localhost/", allow_loopback=True)


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (200, Fate.delivered), (204, Fate.delivered), (301, Fate.refused), (400, Fate.refused), (404, Fate.refused),
        (410, Fate.gone), (429, Fate.away), (500, Fate.refused), (502, Fate.away), (503, Fate.away), (504, Fate.away),
    ],
)  # fmt: skip
def test_an_answer_is_about_the_delivery_the_receiver_or_for_ever(status: int, fate: Fate) -> None:
    assert answered(status, None, NOW).fate is fate


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("999999999999", timedelta(hours=24)),
        ("Mon, 23 Nov 2026 09:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 23 Nov 2026 08:00:00 GMT", timedelta()),
        ("Mon, 23 Nov 2099 08:00:00 GMT", timedelta(hours=24)),
        ("soon", None),
        ("-1", None),
        ("²", None),
        (None, None),
    ],
)
def test_a_receiver_that_says_when_to_come_back_is_left_alone_until_then_but_for_a_day_at_most(
    said: str | None, wait: timedelta | None
) -> None:
    assert answered(429, said, NOW).wait == wait


def test_a_refused_delivery_is_tried_ten_times_over_three_days() -> None:
    waits = [wait_after_refusal(refusals, 0.5) for refusals in range(1, 11)]
    assert waits[-1] is None
    whole = sum((wait for wait in waits if wait), timedelta())
    assert whole == timedelta(hours=75, minutes=35, seconds=5), "as Standard Webhooks proposes"
    assert wait_after_refusal(2, 0.0) == timedelta(minutes=4)
    assert wait_after_refusal(2, 1.0) == timedelta(minutes=6)


def test_a_receiver_that_stays_away_is_asked_less_and_less_often_but_every_hour() -> None:
    holds = [hold(failures, 0.5) for failures in range(1, 100)]
    assert holds[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert holds == sorted(holds)
    assert holds[-1] == timedelta(hours=1)


def test_an_agency_may_have_what_rests_on_what_it_still_sees() -> None:
    sight = Sight(visible=frozenset({("a", "x"), ("b", "x")}))
    more = View("aud_more", ("fire",), frozenset({("a", "x"), ("b", "x"), ("c", "x")}))
    less = View("aud_less", ("police",), frozenset({("a", "x")}))
    assert sight.is_open_to("fire", (more, less))
    assert not sight.is_open_to("police", (more, less))
    assert not sight.is_open_to("stranger", (more, less))


def test_what_is_sealed_for_one_owner_opens_for_no_other_and_with_no_other_key() -> None:
    seal = Seal(b"k" * KEY_BYTES)
    closed = seal.close(b"secret", "whk_1")
    assert seal.open(closed, "whk_1") == b"secret"
    assert b"secret" not in closed
    for other, owner in ((seal, "whk_2"), (Seal(b"l" * KEY_BYTES), "whk_1")):
        with pytest.raises(SealBroken):
            other.open(closed, owner)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::"],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_an_address_of_this_machine_is_its_own_and_others_are_not() -> None:
    assert is_own("127.0.0.1")
    assert is_public("93.184.215.14")
    assert not is_own("93.184.215.14")
    assert not is_own("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


def test_what_an_agency_sees_no_more_is_told_under_no_view() -> None:
    before = {"id": "aud_old", "agencies": ("fire",)}
    ended = {"finding_id": "fnd_1", "type": "network", "business_ids": ("biz_1",), "audience": before}
    risk = {
        "business_id": "biz_1",
        "sequence": 2,
        "audience": before,
        "area": None,
        "as_of": NOW.date(),
        "band": "none",
    }
    risk |= {"previous_band": "high", "score": 0.0, "regimes": ()}
    for data in (FindingEnded(**ended, cause="withdrawn"), RiskChanged(**risk, visible=False, cause="withdrawn")):
        assert _told(data) == (frozenset({"fire"}), None)
    for data in (
        FindingEnded(**ended),
        RiskChanged(**risk),
        RiskChanged(**risk, visible=False),
        RiskChanged(**risk, cause="withdrawn"),
    ):
        assert _told(data) == (frozenset({"fire"}), "aud_old")


def _told(data: EventData) -> tuple[frozenset[str], str | None]:
    spec = BY_DATA[type(data)]
    said = told(
        Event[Any](id="e", source="/l", type=spec.type, subject="b", time=NOW, partitionkey="b", data=data)  # type: ignore[misc]
    )
    assert said
    return said.agencies, said.basis
