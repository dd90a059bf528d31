"""A chain of entries in which one thing is not as it was: found, and the place is told."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.chain import (
    GENESIS,
    Checker,
    Link,
    hash_of,
    is_signed,
    read_anchor,
    signed,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
AT = "2026-11-22T10:00:00+00:00"


def chain(bodies, previous=GENESIS, first=1):
    links = []
    for seq, body in enumerate(bodies, first):
        previous = hash_of(previous, seq, body)
        links.append(Link(seq, body, previous))
    return links


LINKS = chain([f"entry {number}".encode() for number in range(1, 11)])
ANCHORED = {5: LINKS[4].hash, 9: LINKS[8].hash}


def faults(links, anchored=ANCHORED):
    checker = Checker(anchored)
    return [fault.seq for link in links for fault in checker.take(link)] + [fault.seq for fault in checker.end()]


def test_a_chain_as_it_was_written_has_no_fault():
    assert faults(LINKS) == []


@given(st.integers(0, 9), st.data())
def test_one_changed_bit_of_any_entry_is_found_where_it_is(place, data):
    link = LINKS[place]
    bit = data.draw(st.integers(0, 8 * len(link.body) - 1))
    body = bytearray(link.body)
    body[bit // 8] ^= 1 << bit % 8
    assert faults([*LINKS[:place], Link(link.seq, bytes(body), link.hash), *LINKS[place + 1 :]]) == [link.seq]


@pytest.mark.parametrize("place", range(9))
def test_an_entry_that_was_changed_with_its_hash_is_found_at_the_next(place):
    forged = chain([b"forged"], LINKS[place - 1].hash if place else GENESIS, place + 1)
    assert place + 2 in faults([*LINKS[:place], *forged, *LINKS[place + 1 :]])


def test_a_chain_rewritten_to_its_end_does_not_fit_the_anchors():
    assert faults([*LINKS[:2], *chain([b"forged"] * 8, LINKS[1].hash, 3)]) == [5, 9]


def test_entries_that_changed_places_are_found():
    swapped = [*LINKS[:2], Link(3, LINKS[3].body, LINKS[3].hash), Link(4, LINKS[2].body, LINKS[2].hash), *LINKS[4:]]
    assert {3, 4} <= set(faults(swapped))


@pytest.mark.parametrize("place", range(9))
def test_a_missing_entry_is_found_where_it_was(place):
    assert place + 1 in faults([*LINKS[:place], *LINKS[place + 1 :]])


def test_a_cut_before_the_last_anchor_is_found_and_one_after_it_cannot_be():
    assert faults(LINKS[:8]) == [9]
    assert faults(LINKS[:9]) == []


def test_an_empty_log_with_an_anchor_was_cut():
    assert faults([]) == [1]


def test_an_anchor_is_read_as_it_was_written_and_no_other_key_signed_it():
    anchor = signed(KEY, 5, LINKS[4].hash, AT)
    assert read_anchor(anchor.as_json()) == anchor
    assert is_signed(anchor, KEY.public_key())
    assert not is_signed(anchor, Ed25519PrivateKey.generate().public_key())


@pytest.mark.parametrize("change", [{"seq": 6}, {"hash": bytes(32)}, {"at": "2026-11-23T10:00:00+00:00"}])
def test_no_part_of_an_anchor_can_be_changed(change):
    assert not is_signed(replace(signed(KEY, 5, LINKS[4].hash, AT), **change), KEY.public_key())
