import pytest

from services.ingest.domain.feed import CONTENT, mapped_columns
from services.ingest.domain.spec_text import BadSpec, load_spec
from tests.unit.ingest.support import make_spec

SPEC = """
id: fire-audits
title: Fire safety audits
agency: fire
regime: fire-safety
category: inspection
format: {kind: csv}
mode: snapshot
retention_days: 365
expected_every_hours: 24
mapping:
  source_ref: Ref
  names: [{column: Premises, kind: trading}]
  sector: {constant: Shop}
  observation:
    rating: Risk
    outcomes: {No: nothing_found, 0: 0, Yes: 3}
"""


def faults(text: str) -> dict[str, str]:
    with pytest.raises(BadSpec) as caught:
        load_spec(text)
    return {problem.field: problem.code for problem in caught.value.errors}


def test_a_yaml_specification_is_loaded_and_its_words_stay_text() -> None:
    spec = load_spec(SPEC)
    assert spec.mapping.source_ref == ("Ref",)
    assert spec.mapping.observation.outcomes == {"No": "nothing_found", "0": 0, "Yes": 3}
    assert spec.retract_guard_share == 0.2


def test_every_fault_is_named_at_once_by_field() -> None:
    broken = SPEC.replace("fire-audits", "Fire Audits").replace("mode: snapshot\n", "").replace("Yes: 3", "Yes: 9")
    found = faults(broken + "  extra: 1\n")
    assert set(found) == {"id", "mode", "mapping.observation.outcomes.Yes", "mapping.extra"}


def test_a_fault_is_told_without_repeating_what_was_sent() -> None:
    with pytest.raises(BadSpec) as caught:
        load_spec(SPEC.replace("retention_days: 365", "retention_days: secret-value"))
    assert "secret-value" not in "".join(problem.model_dump_json() for problem in caught.value.errors)


@pytest.mark.parametrize("text", ["a: [1", "a: &x 1\nb: *x", "a: 1\na: 2", "{[1]: 2}", "\x00", "[" * 50_000])
def test_yaml_that_is_malformed_aliased_or_repeats_a_key_is_a_problem_not_a_crash(text: str) -> None:
    assert "yaml_invalid" in faults(text).values()


@pytest.mark.parametrize("text", ["", "[]", "just words"])
def test_yaml_that_is_not_a_mapping_is_a_problem(text: str) -> None:
    assert set(faults(text)) == {"spec"}


@pytest.mark.parametrize("dates", [["%d/%m/%y"], ["%d/%m/%Y", "%m/%d/%Y"]])
def test_date_formats_that_could_mean_two_days_are_refused(dates: list[str]) -> None:
    with pytest.raises(BadSpec) as caught:
        make_spec(dates=dates)
    assert [problem.field for problem in caught.value.errors] == ["mapping.dates"]


def test_a_rating_needs_outcomes_and_an_address_has_one_form() -> None:
    with pytest.raises(BadSpec):
        make_spec(observation={"rating": "Risk"})
    with pytest.raises(BadSpec):
        make_spec(address={"lines": ["a"], "text": "b"})
    with pytest.raises(BadSpec):
        make_spec(address={"lines": ["a"], "name_first": "trading"})


def test_mapped_columns_are_every_column_that_the_mapping_reads() -> None:
    spec = make_spec(
        source_ref=["ref", "site"],
        names=[{"column": "name"}],
        address={"lines": ["a1", "a2"], "town": {"constant": "Truro"}, "postcode": "pc", "uprn": "u"},
        phones=["tel"],
        people=[{"name": ["fore", "sur"], "role": "role", "date_of_birth": "dob"}],
        sector={"constant": "Shop"},
        status={"column": "state", "open": ["o"]},
        deleted={"column": "gone", "values": ["Y"]},
        observation={"rating": "risk", "outcomes": {"x": 1}, "observed_on": "seen"},
    )
    expected = "ref site name a1 a2 pc u tel fore sur role dob state gone risk seen"
    assert mapped_columns(spec) == tuple(expected.split())
    assert mapped_columns(make_spec(source_ref=CONTENT)) == ()
