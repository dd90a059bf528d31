"""The catalogue: every entry a template that nobody has reviewed, none of them usable as it stands."""

import pytest

from shared.sharing import ConditionKind, catalogue
from shared.sharing.catalogue import Entry, Kind
from shared.sharing.legal_gateway import Agency

HMRC = Agency(id="hmrc", title="HMRC", classes=("revenue-and-customs",))
IMMIGRATION = Agency(id="immigration", title="Immigration", classes=("immigration-authority",))
COUNCIL = Agency(id="council", title="Council", classes=("unitary-council", "trading-standards"))
POLICE = Agency(id="police", title="Police", classes=("police-force",))
WANTED = {
    "Crime and Disorder Act 1998", "Enterprise Act 2002", "Commissioners for Revenue and Customs Act 2005",
    "Immigration and Asylum Act 1999", "UK Borders Act 2007", "Gangmasters (Licensing) Act 2004", "Housing Act 2004",
    "Digital Economy Act 2017", "Data Protection Act 2018", "Licensing Act 2003", "Local Government Act 1972",
    "Regulatory Enforcement and Sanctions Act 2008", "Fire and Rescue Services Act 2004", "Immigration Act 2016",
    "Employment Agencies Act 1973", "Modern Slavery Act 2015", "National Minimum Wage Act 1998", "Children Act 2004",
}  # fmt: skip


def powers(owner: Agency, viewer: Agency) -> set[str]:
    return {id_ for id_, entry in catalogue().items() if entry.may_become_a_gateway and entry.joins(owner, viewer)}


def test_every_statute_that_partnerships_speak_of_is_there():
    assert {entry.statute for entry in catalogue().values()} == WANTED


@pytest.mark.parametrize("entry", catalogue().values(), ids=lambda entry: entry.id)
def test_an_entry_says_that_it_needs_review_what_is_uncertain_and_for_what_it_is(entry):
    assert entry.legal_review == "needed"
    assert entry.uncertain
    assert entry.purposes or not entry.may_become_a_gateway, "a power without a purpose would be a power for anything"
    assert len({condition.kind for condition in entry.conditions}) == len(entry.conditions)


def test_the_power_to_tell_the_home_office_leaves_hmrc_out_and_does_not_run_back():
    assert "immigration-and-asylum-1999-s20" in powers(COUNCIL, IMMIGRATION)
    assert "immigration-and-asylum-1999-s20" not in powers(HMRC, IMMIGRATION)
    assert "immigration-and-asylum-1999-s20" not in powers(IMMIGRATION, COUNCIL)
    assert "uk-borders-2007-s40" in powers(HMRC, IMMIGRATION)
    assert "uk-borders-2007-s40" not in powers(COUNCIL, IMMIGRATION)


def test_the_crime_and_disorder_power_runs_to_police_and_councils_and_not_to_hmrc():
    assert "crime-and-disorder-1998-s115" in powers(HMRC, COUNCIL) & powers(COUNCIL, POLICE)
    assert "crime-and-disorder-1998-s115" not in powers(COUNCIL, HMRC) | powers(COUNCIL, IMMIGRATION)


def test_hmrcs_gateway_to_the_home_office_is_for_single_cases_with_an_authorising_officer():
    kinds = {condition.kind for condition in catalogue()["uk-borders-2007-s40"].conditions}
    assert {ConditionKind.case_by_case, ConditionKind.authorising_officer} <= kinds


def test_what_is_often_mistaken_for_a_power_is_called_none():
    mistaken = {"data-protection-2018-schedule-2-paragraph-2", "local-government-1972-s111", "housing-2004-s237"}
    assert {catalogue()[id_].kind for id_ in mistaken} == {Kind.no_power}


def test_a_class_that_there_is_not_is_refused():
    text = catalogue()["enterprise-2002-s237"].model_dump(by_alias=True)
    with pytest.raises(ValueError, match="does not list"):
        Entry.model_validate(text | {"to": ["guild"]})
