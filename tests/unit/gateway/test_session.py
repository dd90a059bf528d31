"""What a session with a browser holds."""

from datetime import UTC, datetime, timedelta

from services.gateway.domain.session import Session, Token, Way, read, written

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TOKEN = Token("secret-token", NOON, NOON + timedelta(minutes=10))
VOUCHED, CHOSEN = Way(issuer="town", refresh_token="secret-refresh"), Way(agency="fire", roles=("officer", "analyst"))


def session(way: Way) -> Session:
    return Session("id", "compliance", NOON, TOKEN, way)


def test_what_is_written_is_read_again():
    assert read(written(TOKEN, VOUCHED)) == (TOKEN, VOUCHED)
    assert read(written(TOKEN, CHOSEN)) == (TOKEN, CHOSEN)


def test_a_token_is_renewed_from_half_its_time_on_where_there_is_a_next_one():
    for way in (VOUCHED, CHOSEN):
        assert not session(way).needs_token(NOON + timedelta(minutes=4, seconds=59))
        assert session(way).needs_token(NOON + timedelta(minutes=5))
    assert not session(Way(issuer="town")).needs_token(NOON + timedelta(minutes=9, seconds=59))
    assert session(Way(issuer="town")).needs_token(NOON + timedelta(minutes=10))


def test_no_log_line_with_a_session_has_its_secrets():
    assert "secret" not in repr(session(VOUCHED))
