"""Cursors give back exactly what was sealed, to its owner, and tell nobody anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.cursor import KEY_BYTES, BadCursor, Cursors

CURSORS = Cursors(b"k" * KEY_BYTES, "risk-changes")
positions = st.lists(st.integers(0, 2**63), max_size=40).map(lambda offsets: dict(enumerate(offsets)))


@given(positions)
def test_a_cursor_opens_to_what_was_sealed(held):
    assert CURSORS.open("fire", CURSORS.seal("fire", held)) == held


@given(positions)
def test_only_its_agency_its_stream_and_its_key_open_it(held):
    cursor = CURSORS.seal("fire", held)
    strangers = (
        (CURSORS, "police"),
        (Cursors(b"k" * KEY_BYTES, "other"), "fire"),
        (Cursors(b"x" * KEY_BYTES, "risk-changes"), "fire"),
    )
    for cursors, agency in strangers:
        with pytest.raises(BadCursor):
            cursors.open(agency, cursor)


@given(st.text(max_size=300))
def test_anything_else_is_a_bad_cursor(text):
    with pytest.raises(BadCursor):
        CURSORS.open("fire", text)


def test_every_changed_letter_is_noticed():
    cursor = CURSORS.seal("fire", {0: 5})
    for place, letter in enumerate(cursor[:-1]):
        with pytest.raises(BadCursor):
            CURSORS.open("fire", cursor[:place] + ("A" if letter != "A" else "B") + cursor[place + 1 :])


def test_length_and_looks_are_the_same_whatever_happened():
    quiet, busy = ({0: 0, 1: 0}, {0: 10**9, 1: 7})
    cursors = [CURSORS.seal("fire", held) for held in (quiet, quiet, busy, busy)]
    assert len(set(cursors)) == 4
    assert len({len(cursor) for cursor in cursors}) == 1
