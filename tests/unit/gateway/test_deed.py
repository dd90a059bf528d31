"""What an audit entry says, and how it comes by it."""

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.deed import Deed, Finder, Operation, holds_records, in_target, operation, read
from shared.contracts.identifiers import record_id

BUSINESS = "biz_" + "a2" * 10
RECORD = "rec_" + "z7" * 10
VISIT = "vis_" + "0f" * 16
DEED = Deed(
    entry_id="aud_1",
    at="2026-11-22T10:00:00.000+00:00",
    operation=Operation.disclosure,
    agency="fire",
    person="p-17",
    roles=("analyst",),
    purpose="compliance",
    legal_gateways=("lg-1", "lg-2"),
    method="GET",
    route="/v1/businesses/{business_id}",
    asked=(BUSINESS,),
    shown=(BUSINESS, RECORD),
    status=200,
    trace_id=None,
)


def test_a_deed_is_read_as_it_was_written():
    assert read(DEED.canonical()) == DEED


def test_what_was_asked_for_and_not_shown_is_found_as_asked():
    refused = replace(DEED, shown=(), status=404)
    assert ("asked", BUSINESS) in refused.mentions()
    assert not any(kind == "shown" for kind, _ in refused.mentions())


def test_a_deed_is_found_by_agency_person_each_power_and_each_subject():
    assert DEED.mentions() == {
        ("agency", "fire"),
        ("person", "p-17"),
        ("gateway", "lg-1"),
        ("gateway", "lg-2"),
        ("shown", BUSINESS),
        ("shown", RECORD),
    }


@pytest.mark.parametrize("field", [name for name in DEED.__slots__ if name != "operation"])
def test_no_field_can_change_without_changing_the_bytes(field):
    assert replace(DEED, **{field: ("other",)}).canonical() != DEED.canonical()


@pytest.mark.parametrize(
    ("method", "path", "gateways", "kind"),
    [
        ("GET", "/v1/businesses", ("lg",), Operation.disclosure),
        ("GET", "/v1/feeds", (), Operation.consultation),
        ("HEAD", "/v1/feeds", (), Operation.consultation),
        ("POST", "/v1/feeds/f/records", (), Operation.collection),
        ("POST", "/v1/feedsx", (), Operation.alteration),
        ("POST", "/v1/decisions", ("lg",), Operation.combination),
        ("POST", "/v1/decisions/d/withdrawal", (), Operation.combination),
        ("POST", "/compare/a/b", (), Operation.combination),
        ("POST", "/decisions/d", (), Operation.combination),
        ("POST", "/card", (), Operation.alteration),
        ("POST", "/card/find", (), Operation.disclosure),
        ("POST", "/v1/sharing/dry-run", (), Operation.consultation),
        ("POST", "/v1/submissions/s/confirm", (), Operation.alteration),
        ("POST", "/dev/token", (), Operation.sign_in),
        ("PUT", "/v1/feeds/f", (), Operation.alteration),
        ("DELETE", "/v1/feeds/f/records/r", (), Operation.erasure),
    ],
)
def test_the_kind_of_processing_follows_from_method_and_path(method, path, gateways, kind):
    assert operation(method, path, gateways) is kind


@pytest.mark.parametrize(
    ("path", "holds"),
    [
        ("/v1/businesses/x", True),
        ("/v1/statistics", True),
        ("/v1/events/risk-changes", True),
        ("/v1/feeds/f/records/r", False),
        ("/v1/me", False),
        ("/v1/audit", False),
        ("/v1/models", False),
        ("/v1/models/m", False),
        ("/v1/models/m/hubs", True),
        ("/v1/modelsx", False),
    ],
)
def test_a_power_is_cited_only_where_the_answer_may_hold_what_is_others(path, holds):
    assert holds_records(path) is holds


def test_a_request_names_the_ids_in_its_path_and_query_and_nothing_else():
    path, query = f"/v1/businesses/{BUSINESS}/why", f"q=Jane+Doe&from={RECORD}&to=Jane_Doe_1980_01_01"
    assert in_target(path, query) == (BUSINESS, RECORD)


def test_an_agencys_own_reference_is_named_by_the_id_of_its_record():
    assert in_target("/v1/feeds/licences/records/LIC%2F7%20Jane", "") == (record_id("licences", "LIC/7 Jane"),)


WORDS = st.sampled_from([BUSINESS, RECORD, VISIT, "Jane Doe", "biz_", '","id":"', "_" * 30])


@given(st.lists(WORDS, max_size=30), st.data())
def test_every_id_of_an_answer_is_found_however_it_is_cut_up(words, data):
    text = " ".join(words).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    finder = Finder()
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    found = [one for piece in pieces for one in finder.in_piece(piece)]
    assert set(found) == {word for word in words if word in (BUSINESS, RECORD, VISIT)}
    assert all(found.count(one) <= words.count(one) for one in found), "the end of a piece is not read twice"


def test_a_business_is_found_where_follow_the_money_writes_it_its_own_way():
    line = orjson.dumps({"id": BUSINESS.replace("_", "-"), "schema": "Company"})
    assert Finder().in_piece(line) == (BUSINESS,)
    assert Finder().in_piece(line + BUSINESS.encode()) == (BUSINESS,), "it is one business"


def test_a_business_that_comes_twice_in_a_stream_is_found_twice():
    finder = Finder()
    assert finder.in_piece(f"data: {BUSINESS}\n\n".encode()) == (BUSINESS,)
    assert finder.in_piece(f"data: {BUSINESS}\n\n".encode()) == (BUSINESS,)
