"""A change of the key that signs: nobody's token is refused because of it, and old keys go."""

from datetime import UTC, datetime, timedelta

import pytest
from joserfc.errors import JoseError

from services.gateway.domain.signing import AFTER, AHEAD, new_key, published, read_ring, rotated, signing, written
from services.gateway.settings import GatewaySettings
from shared.runtime import auth

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TICK = timedelta(seconds=1)
FIRST = [new_key(NOW - timedelta(days=365))]
SECOND = rotated(FIRST, NOW)
OLD, NEW = (one.key.kid for one in SECOND)


def known(at: datetime) -> set[str]:
    return {one.key.kid for one in published(SECOND, at)}


def test_a_new_key_is_known_before_it_signs_and_the_old_one_after_it_has():
    begins = NOW + AHEAD
    assert (signing(SECOND, NOW).kid, known(NOW)) == (OLD, {OLD, NEW})
    assert signing(SECOND, begins - TICK).kid == OLD
    assert (signing(SECOND, begins).kid, known(begins)) == (NEW, {OLD, NEW})
    assert known(begins + AFTER - TICK) == {OLD, NEW}
    assert (signing(SECOND, begins + AFTER).kid, known(begins + AFTER)) == (NEW, {NEW})


def test_the_overlaps_are_longer_than_keys_are_kept_and_than_tokens_live():
    longest = [GatewaySettings.model_fields[name].metadata for name in ("token_seconds", "dev_token_seconds")]
    assert AHEAD.total_seconds() > auth.KEYS_KEPT_SECONDS
    assert all(bounds[1].le < AFTER.total_seconds() for bounds in longest)


def test_a_change_drops_what_nobody_needs_and_changes_may_follow_closely():
    third = rotated(SECOND, NOW + TICK)
    assert [one.key.kid for one in third][:2] == [OLD, NEW]
    assert signing(third, NOW + AHEAD).kid == NEW
    later = rotated(third, NOW + timedelta(days=1))
    assert [one.key.kid for one in later][:1] == [third[2].key.kid]
    assert len(later) == 2


def test_a_replica_whose_clock_is_late_signs_with_the_first_key_there_is():
    assert signing([new_key(NOW)], NOW - TICK)


def test_a_ring_is_read_as_it_was_written():
    again = read_ring(written(SECOND).decode())
    assert [(one.signs_from, one.key.kid, one.key.is_private) for one in again] == [
        (one.signs_from, one.key.kid, True) for one in SECOND
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", "[{}]", '[{"signs_from": "soon", "key": {}}]'])
def test_what_is_no_ring_is_not_read_as_one(text):
    with pytest.raises((ValueError, KeyError, TypeError, JoseError)):
        read_ring(text)
