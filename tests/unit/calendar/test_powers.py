"""The powers catalogue: dated, sourced, and reviewed by nobody yet."""

from datetime import date

import pytest
from pydantic import ValidationError

from services.calendar.domain.policy import as_shipped
from services.calendar.domain.powers import catalogue, powers_on
from shared.contracts.api.calendar.powers import NoticeUnit, Power, PowerKind
from shared.sharing.words import agency_classes

BY_ID = {power.id: power for power in catalogue()}


def test_each_power_stands_there_once_and_is_held_by_classes_that_there_are():
    assert len(BY_ID) == len(catalogue())
    assert {holder for power in catalogue() for holder in power.holders} <= agency_classes().keys()


def test_every_regime_is_for_a_class_that_holds_a_power_for_it():
    for regime, classes in as_shipped().regimes.regimes.items():
        holders = {holder for power in catalogue() if regime in power.regimes for holder in power.holders}
        assert set(classes) <= holders, regime


def test_routine_entry_by_trading_standards_takes_two_working_days():
    notice = BY_ID["consumer-rights-2015-sch5-p23-entry"].notice
    assert notice is not None
    assert (notice.length, notice.unit, notice.waived_on_suspicion) == (2, NoticeUnit.working_days, True)


def test_a_power_counts_from_the_day_it_began_to_the_day_it_ended():
    def on(day: date) -> set[str]:
        return {power.id for power in powers_on(day)}

    assert "licensing-2003-s179-immigration-entry" not in on(date(2015, 3, 1))
    assert "licensing-2003-s179-immigration-entry" in on(date(2026, 11, 23))
    old, new = "minimum-wage-1998-s14-entry", "employment-rights-2025-s97-entry"
    assert on(date(2026, 4, 6)) & {old, new} == {old}
    assert on(date(2026, 4, 7)) & {old, new} == {new}


def test_no_regime_is_without_a_power_today():
    regimes = {regime for power in powers_on(date(2026, 11, 23)) for regime in power.regimes}
    assert as_shipped().regimes.regimes.keys() <= regimes


def test_primary_authority_is_a_route_and_opens_no_door():
    route = BY_ID["primary-authority-2008-part2"]
    assert (route.kind, route.premises, route.authority) == (PowerKind.route, (), None)


@pytest.mark.parametrize(
    "change",
    [{"premises": []}, {"authority": None}, {"reach": 3}, {"legal_review": "done"}, {"url": "https://a.example"}],
)
def test_a_power_that_says_what_its_kind_does_not_is_refused(change):
    entry = BY_ID["food-safety-1990-s32-entry"].model_dump(mode="json")
    with pytest.raises(ValidationError):
        Power.model_validate({**entry, **change})
