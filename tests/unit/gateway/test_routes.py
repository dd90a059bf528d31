"""Paths lead to exactly one service, or nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.routes import (
    ROUTES,
    Service,
    UnsafePath,
    could_be_a_guess,
    is_calendar_feed,
    is_file_upload,
    service_for,
)


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/v1/feeds", Service.ingest),
        ("/v1/feeds/food/records/LN%2F1", Service.ingest),
        ("/v1/feed-templates", Service.ingest),
        ("/v1/coverage", Service.ingest),
        ("/v1/businesses/biz_1/why", Service.linker),
        ("/v1/records/rec_1/compare/rec_2", Service.linker),
        ("/v1/decisions/dec_1/withdrawal", Service.linker),
        ("/v1/review-queue", Service.linker),
        ("/v1/network/path", Service.linker),
        ("/v1/findings/fnd_1", Service.linker),
        ("/v1/gaps", Service.linker),
        ("/v1/exports/businesses.csv", Service.linker),
        ("/v1/search", Service.linker),
        ("/v1/funnel", Service.linker),
        ("/v1/risk-policy", Service.linker),
        ("/v1/referrals/x", Service.referrals),
        ("/v1/visits/", Service.calendar),
        ("/v1/feedsx", None),
        ("/v1", None),
        ("/v1/feeds%2Fx", None),
        ("", None),
    ],
)
def test_a_path_leads_to_the_service_of_its_prefix(path, service):
    assert service_for(path) is service


@pytest.mark.parametrize(
    "path", ["/v1/feeds/..", "/v1/feeds/%2e%2E/x", "/v1/feeds/a%2F..%2Fb", "/v1/x\\y", "/v1/é", "/ "]
)
def test_a_path_that_may_be_read_in_two_ways_is_refused(path):
    with pytest.raises(UnsafePath):
        service_for(path)


@given(st.text(alphabet="/.%25eEfFv1dsabx\\", max_size=30))
def test_what_is_passed_on_has_a_listed_prefix_however_it_is_decoded(tail):
    from urllib.parse import unquote

    path = f"/v1/{tail}"
    try:
        service = service_for(path)
    except UnsafePath:
        return
    if service is not None:
        seen = unquote(path)
        assert any(route.covers(seen) and route.service is service for route in ROUTES)
        assert ".." not in seen.split("/")


def test_only_the_files_of_a_feed_may_be_large():
    assert is_file_upload("/v1/feeds/food/files")
    assert not any(map(is_file_upload, ["/v1/feeds/food/records", "/v1/feeds/a/b/files", "/v1/feeds/food/files/x"]))


def test_no_route_hides_another():
    prefixes = [route.prefix for route in ROUTES]
    assert not [(a, b) for a in prefixes for b in prefixes if a != b and b.startswith(a + "/")]


@pytest.mark.parametrize(
    ("path", "guess"),
    [
        ("/v1/known", True),
        ("/v1/visits/vis_1/clashes", True),
        ("/v1/visits/vis_1/%63onfirm", True),
        ("/v1/visits/vis_1", False),
    ],
)
def test_what_could_be_a_guess_is_known_however_it_is_written(path, guess):
    assert could_be_a_guess(path) is guess


@pytest.mark.parametrize(
    ("path", "secret"),
    [
        ("/v1/calendar/ics/a-B_9.ics", True),
        ("/v1/calendar/ics/", False),
        ("/v1/calendar/ics/a/b.ics", False),
        ("/v1/calendar/ics/a.ics/../feeds", False),
        ("/v1/calendar/feeds", False),
        ("/v1/calendar/ics%2Fa.ics", False),
    ],
)
def test_only_the_secret_address_of_a_feed_needs_no_token(path, secret):
    assert is_calendar_feed(path) is secret
