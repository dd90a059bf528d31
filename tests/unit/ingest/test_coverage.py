"""When a comparison of what agencies have submitted would mislead."""

from services.ingest.handlers.coverage import warnings
from shared.contracts.api.ingest import AgencyCount


def counts(**records: int) -> list[AgencyCount]:
    return [AgencyCount(agency=agency, records=number) for agency, number in records.items()]


def test_ten_times_as_many_is_not_lopsided_and_more_is() -> None:
    assert warnings(counts(food=300, fire=30)) == []
    assert warnings(counts(food=301, fire=30)) == ["Lopsided: food has 301 records and fire 30."]


def test_fewer_than_twenty_are_too_few_to_compare() -> None:
    assert warnings(counts(food=20)) == []
    assert warnings(counts(food=19)) == ["food has 19 records: too few to compare."]


def test_nobody_is_nothing_to_warn_about() -> None:
    assert warnings([]) == []
