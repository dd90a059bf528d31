"""What names this machine, and what only looks as if it did."""

import pytest

from services.gateway.domain.loopback import host_name, household, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.255.0.3", "::1", "localhost"])
def test_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "::", "10.0.0.1", "localhost.example", "127.0.0.1.example", "1270.0.1", "2130706433"]
)
def test_anywhere_else(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("header", "name"),
    [("localhost:8400", "localhost"), ("LocalHost", "localhost"), ("[::1]:80", "::1"), ("[::1]", "::1"), ("", "")],
)
def test_the_host_of_a_host_header(header, name):
    assert host_name(header) == name


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.7"),
        ("", ""),
    ],
)
def test_one_machine_cannot_come_from_many_addresses_of_its_own(address, counted):
    assert household(address) == counted
