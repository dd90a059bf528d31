"""May I share X with Y for Z? What the answer says, and that it speaks of nothing but the rules between these two."""

import ast
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shared.sharing
from shared.contracts.api.sharing import SharingAnswer, SharingQuestion, Verdict
from shared.sharing import ConditionKind, Level, Partnership, answer, catalogue
from shared.sharing.catalogue import Kind
from shared.sharing.wording import RULES_ALONE
from tests.unit.shared.sharing import build
from tests.unit.shared.sharing.build import DAY, condition, granted, power, rules, signed, under

MEMORANDUM = {
    "id": "mou",
    "title": "Sharing in Testshire",
    "parties": ["fire", "food", "police"],
    "why": "To find them.",
    "how": "In the service.",
    "what_for": ["compliance"],
    "signatures": signed("food"),
}


def ask(partnership: Partnership, **changed: object) -> SharingAnswer:
    question = {"owner": "food", "viewer": "fire", "category": "hygiene", "purpose": "compliance"} | changed
    return answer(SharingQuestion.model_validate(question), DAY, partnership, catalogue())


def said(given: SharingAnswer) -> str:
    return "\n".join(given.says)


def test_yes_cites_the_statute_the_section_the_end_and_who_signed():
    given = ask(rules(power(regime="food-hygiene", url="https://law.example/1", review_on="2026-12-01")))
    (citation,) = given.now.under
    assert (given.verdict, given.now.level, given.standing) == (Verdict.yes, Level.full, True)
    assert (citation.statute, citation.section, citation.regime) == ("Test Act 2020", "section 1", "food-hygiene")
    assert (citation.url, citation.ends, citation.review_on) == (
        "https://law.example/1",
        date(2026, 12, 31),
        date(2026, 12, 1),
    )
    assert (citation.reviewed_by, {one.agency for one in citation.signed}) == ("a lawyer", {"food", "fire"})
    assert said(given).startswith("Yes. Fire may have Food's hygiene records for compliance, in full.")
    assert "The power is the Test Act 2020, section 1, until 2026-12-31." in given.says
    assert "Dashboards, search and streams show it without being asked each time." in given.says
    assert given.could_apply == given.not_in_force == given.stands_in_the_way == ()


def test_own_records_need_no_power():
    given = ask(rules(memoranda=[MEMORANDUM]), viewer="food")
    assert (given.verdict, given.now.under, given.memoranda) == (Verdict.yes, (), ())
    assert given.says == ("Yes. These are Food's own records.",)


def test_a_part_is_named_in_words_and_in_the_records_fields():
    given = ask(rules(power(grant="fields", field_groups=["address", "identity"])))
    assert given.now.field_groups == ("identity", "address")
    assert given.now.fields == (
        "names",
        "company_number",
        "vat_number",
        "charity_number",
        "licence_numbers",
        "address",
    )
    assert (
        "Fire may have only these parts of Food's hygiene records for compliance: names and numbers of the business; "
        in said(given)
    )
    assert not given.standing


def test_hit_or_no_hit_names_the_contact():
    given = ask(rules(power(grant="known", contact="desk@food.example")))
    assert (given.verdict, given.now.contact) == (Verdict.yes, "desk@food.example")
    assert "(hit or no hit), and whom to speak to: desk@food.example." in said(given)
    assert "dashboards, search and streams do not show it" in said(given)


def test_a_conditional_power_is_a_yes_if_and_becomes_a_yes_once_its_conditions_will_be_met():
    shared_ = rules(power(conditions=[condition("case_by_case"), condition("no_onward_sharing")]))
    given = ask(shared_)
    assert (given.verdict, given.now, given.standing) == (Verdict.yes_if, None, False)
    (option,) = given.if_met
    assert [one.kind for one in option.under[0].conditions] == ["case_by_case", "no_onward_sharing"]
    assert any("Test Act 2020, section 2, case_by_case" in sentence for sentence in given.says)
    assert given.could_apply == (), "no power is missing"
    met = ask(shared_, met=["case_by_case"])
    assert (met.verdict, met.now.level, met.standing, met.if_met) == (Verdict.yes, Level.full, False, ())
    assert any(sentence.startswith("Condition: Do not pass it on") for sentence in met.says)


def test_what_more_could_be_had_under_conditions_is_told_beside_what_may_be_had_now():
    given = ask(rules(power(id="now", grant="known"), power(id="more", conditions=[condition("authorising_officer")])))
    assert (given.verdict, given.now.level) == (Verdict.yes, Level.known)
    assert [one.level for one in given.if_met] == [Level.full]
    less = power(id="less", grant="known", conditions=[condition("authorising_officer")])
    assert ask(rules(power(), less)).if_met == (), "no conditions for what may be had without"


def test_a_no_says_which_power_is_missing_and_who_can_help():
    given = ask(rules(), viewer="police", purpose="crime-and-disorder")
    assert (given.verdict, given.now, given.if_met) == (Verdict.no, None, ())
    first = given.could_apply[0]
    assert (first.entry, first.fits_purpose, first.legal_review) == ("crime-and-disorder-1998-s115", True, "needed")
    assert "Crime and Disorder Act 1998, section 115." in given.says
    assert given.help.contact == "ig@food.example"
    assert "Food's information governance can help: ig@food.example." in given.says
    assert given.says[-1] == RULES_ALONE


def test_a_power_for_another_purpose_is_named_with_the_purpose_that_it_is_for():
    given = ask(rules(), viewer="police", purpose="compliance")
    found = next(one for one in given.could_apply if one.entry == "crime-and-disorder-1998-s115")
    assert not found.fits_purpose
    assert any("but it is for crime-and-disorder, not for what you ask" in sentence for sentence in given.says)


def test_the_powers_that_fit_best_come_first_and_what_is_no_power_is_not_among_them():
    found = ask(rules(), viewer="police", purpose="public-sector-fraud").could_apply
    assert [one.entry for one in found][:1] == ["digital-economy-2017-s56"]
    assert [one.fits_purpose for one in found] == sorted((one.fits_purpose for one in found), reverse=True)
    assert all(catalogue()[one.entry].kind in (Kind.power, Kind.duty) for one in found)


def test_powers_are_looked_for_in_the_direction_of_the_question():
    assert "crime-and-disorder-1998-s115" not in {one.entry for one in ask(rules()).could_apply}, "fire is no recipient"
    restricted = build.file()
    restricted["agencies"][0]["classes"] = ["revenue-and-customs"]
    made = Partnership.model_validate(restricted)
    assert [one.entry for one in ask(made, owner="fire", viewer="food").stands_in_the_way] == [
        "revenue-and-customs-2005-s18"
    ]
    assert ask(made).stands_in_the_way == ()


def test_a_gateway_that_does_not_count_is_named_with_the_reason():
    given = ask(rules(power(status="legal_review", signatures=[])))
    (pending,) = given.not_in_force
    assert pending.why == (
        "Its status is legal review, not active.",
        "The agency whose records they are had not signed it by then.",
    )


def test_a_memorandum_is_cited_and_is_not_the_power():
    given = ask(rules(memoranda=[MEMORANDUM]))
    assert (given.verdict, given.memoranda[0].id, given.memoranda[0].signed_by_both) == (Verdict.no, "mou", False)
    assert any("(not signed by both). It is not itself a power." in sentence for sentence in given.says)
    assert ask(rules(memoranda=[MEMORANDUM | {"what_for": ["tasking"]}])).memoranda == ()


def test_the_day_of_the_disclosure_counts_not_that_of_the_question():
    shared_ = rules(power(starts="2026-12-01"))
    assert ask(shared_).verdict is Verdict.no
    assert ask(shared_, day="2026-12-01").verdict is Verdict.yes


def test_a_purpose_other_than_the_streams_is_not_shown_on_dashboards():
    both = rules(power(purposes=["compliance", "tasking"]))
    assert ask(both).standing
    assert (ask(both, purpose="tasking").verdict, ask(both, purpose="tasking").standing) == (Verdict.yes, False)


@pytest.mark.parametrize("strange", [{"owner": "nobody"}, {"viewer": "nobody"}, {"category": "nothing"}])
def test_a_question_about_another_partnership_has_no_answer(strange):
    with pytest.raises(ValueError, match="not about this partnership"):
        ask(rules(), **strange)


@settings(deadline=None, max_examples=150)
@given(build.powers(), build.questions, build.met_sets)
def test_the_answer_is_the_decision_and_never_less_helpful(found, asked, met):
    viewer, purpose, owner, category = asked
    made = rules(*found)
    given = ask(made, viewer=viewer, purpose=purpose, owner=owner, category=category, met=sorted(met))
    grant = granted(made, viewer, purpose, owner, category, DAY, met)
    assert (given.now is not None) == (grant is not None) == (given.verdict is Verdict.yes)
    if grant:
        assert tuple(one.legal_gateway for one in given.now.under) == under(grant)
    whole = granted(made, viewer, purpose, owner, category, DAY, frozenset(ConditionKind))
    assert (given.verdict is Verdict.no) == (whole is None)
    assert (given.verdict is Verdict.no) <= bool(given.could_apply)


@settings(deadline=None, max_examples=150)
@given(build.powers(), build.powers(), build.met_sets, st.sampled_from(build.PURPOSES))
def test_what_others_have_agreed_changes_no_byte_of_the_answer(found, others, met, purpose):
    """Between food and fire, whatever stands between either of them or police and somebody else."""
    elsewhere = [
        one | {"id": f"q{one['id']}", "from": ["police"] if number % 2 else ["fire"], "to": ["police"]}
        for number, one in enumerate(others)
    ]
    worlds = (rules(*found), rules(*elsewhere, *found, memoranda=[MEMORANDUM | {"parties": ["fire", "police"]}]))
    one, other = (ask(made, purpose=purpose, met=sorted(met)).model_dump_json() for made in worlds)
    assert one == other


def test_nothing_in_the_decision_can_reach_data():
    """It imports words, dates and the law: no store, no log, no client."""
    allowed = {"shared", "pydantic", "yaml", "collections", "dataclasses", "datetime", "enum", "functools", "itertools"}
    folder = Path(shared.sharing.__file__).parent
    for file in folder.glob("*.py"):
        found = [
            node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        modules = [name for node in found for name in _modules(node)]
        assert {name.partition(".")[0] for name in modules} <= allowed | {"pathlib", "typing"}, file.name
        ours = {name for name in modules if name.startswith("shared.")}
        assert all(name.startswith(("shared.contracts", "shared.sharing")) for name in ours), file.name


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
