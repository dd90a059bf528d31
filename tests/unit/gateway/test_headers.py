"""A Location leads to the public address or nowhere."""

import pytest

from services.gateway.api.headers import public_location

HOME = "http://ingest:8000"


@pytest.mark.parametrize(
    ("location", "public"),
    [
        ("/v1/submissions/s", "/v1/submissions/s"),
        ("http://ingest:8000/v1/x?a=b", "/v1/x?a=b"),
        ("http://ingest:9000/v1/x", None),
        ("https://example.org/", None),
        ("//example.org/x", None),
        ("http://ingest:8000//example.org", None),
        ("x/y", None),
        ("", None),
    ],
)
def test_a_location_keeps_its_path_and_query_only_if_it_is_the_services_own(location, public):
    assert public_location(location, HOME) == public
